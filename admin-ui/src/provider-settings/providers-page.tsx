/** Settings → Providers: who sends the faxes, in which order, and whether their credentials are in. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactElement } from 'react';
import { sandboxWarning } from '../../../lambdas/contract/providers.js';
import type { ProviderSettings } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { useFollow } from '../shell/follow.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { PageLink } from '../shell/page-link.js';
import { Time } from '../shell/time.js';
import { OrderDialog } from './order-dialog.js';
import { roleOf, type Provider } from './provider-words.js';

const path = [{ text: 'Settings', href: '/settings' }];

export function ProvidersPage(): ReactElement {
  const settings = useRead('getProviders');
  const [ordering, setOrdering] = useState(false);
  const follow = useFollow();
  return (
    <Page
      title="Providers"
      path={path}
      description="Who sends the faxes. The first is the default; the next one is tried only where the one before certainly sent nothing."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button href="/settings/providers/new" onFollow={follow}>
            Add by manifest
          </Button>
          <Button variant="primary" disabled={settings.data === undefined} onClick={() => setOrdering(true)}>
            Change order
          </Button>
        </SpaceBetween>
      }
    >
      <Loaded query={settings} what="the providers">
        {(data) => (
          <SpaceBetween size="l">
            {data.warnings.filter((warning) => warning !== sandboxWarning).map((warning) => (
              <Alert key={warning} type="warning">
                {warning}.
              </Alert>
            ))}
            <ProvidersTable settings={data} />
            {ordering && <OrderDialog settings={data} onClose={() => setOrdering(false)} />}
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function ProvidersTable({ settings }: { readonly settings: ProviderSettings }): ReactElement {
  const place = ({ position }: Provider): number => position ?? settings.providers.length;
  return (
    <Table
      items={[...settings.providers].sort((one, other) => place(one) - place(other))}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'Providers' }}
      header={<Header variant="h2" counter={`(${settings.providers.length})`}>Providers</Header>}
      columnDefinitions={[
        { id: 'name', header: 'Provider', isRowHeader: true, cell: (one) => <PageLink to={`/settings/providers/${one.id}`}>{one.name}</PageLink> },
        { id: 'role', header: 'Use', cell: (one) => <Role provider={one} /> },
        { id: 'credentials', header: 'Credentials', cell: (one) => <Credentials provider={one} /> },
        { id: 'saved', header: 'Saved', cell: ({ saved_at }) => <Time iso={saved_at} absent="–" /> },
      ]}
    />
  );
}

function Role({ provider }: { readonly provider: Provider }): ReactElement {
  const inUse = provider.position !== null;
  return <StatusIndicator type={!inUse ? 'stopped' : provider.configured ? 'success' : 'warning'}>{roleOf(provider)}</StatusIndicator>;
}

function Credentials({ provider: { id, configured, validated_at } }: { readonly provider: Provider }): ReactElement {
  if (id === 'sandbox') return <>None needed</>;
  if (!configured) return <>–</>;
  return validated_at === null ? (
    <StatusIndicator type="warning">Not checked</StatusIndicator>
  ) : (
    <>
      Taken by the provider <Time iso={validated_at} />
    </>
  );
}
