/** What a key is, at a glance. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { Time, exactTime } from '../shell/time.js';
import { KeyState, TokenHint } from './key-state.js';

export function KeyFacts({ item }: { readonly item: ApiKey }): ReactElement {
  return (
    <Container header={<Header variant="h2">Key</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'State', value: <KeyState state={item.state} /> },
          { label: 'Token', value: <TokenHint item={item} /> },
          { label: 'Owner', value: item.owner },
          { label: 'Tier', value: item.tier },
          { label: 'Scopes', value: item.scopes.join(', ') },
          { label: 'Last used', value: <Time iso={item.last_used_at} absent="Never" /> },
          { label: 'Expires', value: item.expires_at === null ? 'Never' : exactTime(item.expires_at) },
          { label: 'Created', value: `${exactTime(item.created_at)}, by ${item.created_by === 'bootstrap' ? 'the bootstrap key' : item.created_by}` },
          { label: 'IP ranges', value: item.allowed_ips.length === 0 ? 'Any address' : item.allowed_ips.join(', ') },
          { label: 'Requests per minute', value: item.requests_per_minute ?? "Its tier's, or the gateway's" },
          { label: 'Rotate every', value: item.rotate_every_days === null ? 'No policy' : `${item.rotate_every_days} days` },
          { label: 'Note', value: item.note ?? '–' },
        ]}
      />
    </Container>
  );
}
