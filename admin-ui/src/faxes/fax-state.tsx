/** The state of a fax at a glance, with what it means. */
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import { stateWords, type FaxState as State } from './fax-words.js';

export function FaxState({ state }: { readonly state: State }): ReactElement {
  const { title, indicator, meaning } = stateWords[state];
  return (
    <span title={meaning}>
      <StatusIndicator type={indicator}>{title}</StatusIndicator>
    </span>
  );
}
