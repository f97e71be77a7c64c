/** What stands where a page needs a scope that the person does not have. */
import Alert from '@cloudscape-design/components/alert';
import type { ReactElement, ReactNode } from 'react';
import { scopeDescriptions, type Scope } from '../../../lambdas/contract/scopes.js';
import { Page } from '../shell/page.js';
import { nameOf, useHolds, useMe } from './me.js';

/** The page, or why there is none. */
export function Needs({ scope, title, children }: { readonly scope: Scope; readonly title: string; readonly children: ReactNode }): ReactElement {
  const holds = useHolds(scope);
  const me = useMe();
  if (holds) return <>{children}</>;
  return (
    <Page title={title}>
      <Alert type="info" header={`This page needs the scope ${scope}`}>
        {scopeDescriptions[scope]}. You are signed in as {nameOf(me)}, which holds {me.scopes.join(', ')}. Ask an administrator for a key with that
        scope, and sign in with it.
      </Alert>
    </Page>
  );
}
