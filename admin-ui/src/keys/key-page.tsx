/** One key: what it is, what happened with it, who used it, and why it was refused. */
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactElement } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { ApiKey } from '../gateway/operation-types.js';
import { useRead } from '../gateway/use-gateway.js';
import { AuthEventsTable } from '../diagnostics/auth-events-table.js';
import { AuditTable } from '../audit/audit-table.js';
import { useIsAdmin } from '../session/me.js';
import { Loaded } from '../shell/loaded.js';
import { Page } from '../shell/page.js';
import { Time } from '../shell/time.js';
import { KeyActions } from './key-actions.js';
import { KeyCheck } from './key-check.js';
import { KeyFacts } from './key-facts.js';
import { KeySecrets } from './key-secrets.js';
import { titleOf } from './key-words.js';
import { RotationUnderWay } from './rotation-under-way.js';

const path = [{ text: 'API Keys', href: '/api-keys' }];

export function KeyPage(): ReactElement {
  const { id = '' } = useParams();
  const key = useRead('getApiKey', { id, every: 15_000 });
  return (
    <Page title={key.data === undefined ? id : titleOf(key.data)} path={path} actions={key.data !== undefined && <KeyActions item={key.data} />}>
      <Loaded query={key} what="the key">
        {(item) => <OneKey item={item} />}
      </Loaded>
    </Page>
  );
}

function OneKey({ item }: { readonly item: ApiKey }): ReactElement {
  const administers = useIsAdmin();
  const [parameters, setParameters] = useSearchParams();
  return (
    <SpaceBetween size="l">
      <DeadNotice item={item} />
      {item.rotation !== null && <RotationUnderWay item={item} rotation={item.rotation} />}
      {item.advice.map(({ code, detail }) => (
        <Alert key={code} type={code === 'expires_soon' || code === 'rotation_due' ? 'warning' : 'info'}>
          {detail}.
        </Alert>
      ))}
      <KeyFacts item={item} />
      <Tabs
        activeTabId={parameters.get('tab') ?? 'secrets'}
        onChange={({ detail }) => setParameters({ tab: detail.activeTabId }, { replace: true })}
        ariaLabel="More about this key"
        tabs={[
          { id: 'secrets', label: 'Secrets', content: <KeySecrets item={item} /> },
          { id: 'auth-events', label: 'Sign-ins', content: <AuthEventsTable keyId={item.key_id} /> },
          { id: 'check', label: 'Why did it fail?', content: <KeyCheck item={item} /> },
          ...(administers ? [{ id: 'history', label: 'History', content: <AuditTable about={item.key_id} /> }] : []),
        ]}
      />
    </SpaceBetween>
  );
}

function DeadNotice({ item }: { readonly item: ApiKey }): ReactElement | null {
  if (item.state === 'active') return null;
  const words = {
    disabled: ['Disabled', item.disabled_at, 'Its requests are refused until somebody enables it.'],
    expired: ['Expired', item.expires_at, 'Its requests are refused. Edit the expiry to bring it back.'],
    revoked: ['Revoked', item.revoked_at, 'Its requests are refused for good. Create a new key where one is still needed.'],
  } as const;
  const [word, since, what] = words[item.state];
  return (
    <Alert type={item.state === 'revoked' ? 'error' : 'warning'} header={<>{word} <Time iso={since} absent="" /></>}>
      {what}
    </Alert>
  );
}
