/** The secrets of a key, and when each was last used. */
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { ApiKey } from '../gateway/operation-types.js';
import { Time } from '../shell/time.js';

export function KeySecrets({ item }: { readonly item: ApiKey }): ReactElement {
  return (
    <Table
      items={item.secrets}
      header={
        <Header variant="h3" description="A rotation with an overlap has two in force. Once the old one rests, finish the rotation.">
          Secrets
        </Header>
      }
      ariaLabels={{ tableLabel: 'Secrets' }}
      columnDefinitions={[
        { id: 'version', header: 'Version', cell: ({ version }) => version, isRowHeader: true },
        {
          id: 'state',
          header: 'State',
          cell: ({ live }) =>
            live && item.state === 'active' ? <StatusIndicator type="success">In force</StatusIndicator> : <StatusIndicator type="stopped">Over</StatusIndicator>,
        },
        { id: 'token', header: 'Token ends in', cell: ({ token_last_four }) => <span className="mono">…{token_last_four}</span> },
        { id: 'created', header: 'Created', cell: ({ created_at }) => <Time iso={created_at} /> },
        { id: 'used', header: 'Last used', cell: ({ last_used_at }) => <Time iso={last_used_at} absent="Never" /> },
        { id: 'ends', header: 'Ends', cell: ({ ends_at }) => <Time iso={ends_at} absent="With the key" /> },
      ]}
    />
  );
}
