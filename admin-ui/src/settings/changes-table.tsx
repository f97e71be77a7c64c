/** What a change of settings changes: before and after. */
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { SettingsVersion } from '../gateway/operation-types.js';
import { inWords } from './setting-draft.js';

export function ChangesTable({ changes }: Pick<SettingsVersion, 'changes'>): ReactElement {
  return (
    <Table
      variant="embedded"
      items={changes}
      trackBy="name"
      wrapLines
      empty="Nothing changes"
      ariaLabels={{ tableLabel: 'Changes' }}
      columnDefinitions={[
        { id: 'name', header: 'Setting', cell: ({ name }) => <span className="mono">{name}</span>, isRowHeader: true },
        { id: 'from', header: 'Before', cell: ({ from }) => inWords(from) },
        { id: 'to', header: 'After', cell: ({ to }) => <b>{inWords(to)}</b> },
      ]}
    />
  );
}
