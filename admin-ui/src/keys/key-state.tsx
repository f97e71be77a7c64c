/** The state of a key at a glance. */
import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactElement, ReactNode } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { PageLink } from '../shell/page-link.js';
import { isDead, stateTitles, titleOf } from './key-words.js';

const types = { active: 'success', disabled: 'stopped', expired: 'stopped', revoked: 'error' } as const satisfies Record<ApiKey['state'], StatusIndicatorProps.Type>;

export function KeyState({ state }: Pick<ApiKey, 'state'>): ReactElement {
  return <StatusIndicator type={types[state]}>{stateTitles[state]}</StatusIndicator>;
}

/** The name of a key as a link to it; that of a dead one looks dead. */
export function KeyName({ item }: { readonly item: ApiKey }): ReactElement {
  const title = titleOf(item);
  return <PageLink to={`/api-keys/${item.key_id}`}>{isDead(item) ? <s>{title}</s> : title}</PageLink>;
}

/** A value of a key; of a dead one in the colour of what is over. */
export function OfKey({ item, children }: { readonly item: ApiKey; readonly children: ReactNode }): ReactElement {
  return isDead(item) ? <Box color="text-status-inactive">{children}</Box> : <>{children}</>;
}

/** As much of a token as anybody may see. It may break after its prefix. */
export function TokenHint({ item }: { readonly item: Pick<ApiKey, 'token_prefix' | 'token_last_four'> }): ReactElement {
  return (
    <span className="mono">
      {item.token_prefix}
      <wbr />…{item.token_last_four}
    </span>
  );
}
