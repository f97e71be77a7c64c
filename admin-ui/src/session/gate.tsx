/** Before the console: who is here? Nobody: they sign in. */
import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import type { ReactElement } from 'react';
import { GatewayError } from '../gateway/gateway-error.js';
import { useRead } from '../gateway/use-gateway.js';
import { Problem } from '../shell/problem.js';
import { Shell } from '../shell/shell.js';
import { MeContext } from './me.js';
import { SignInAgain } from './sign-in-again.js';
import { SignInPage } from './sign-in-page.js';

export function Gate(): ReactElement {
  const me = useRead('getSession');
  // A session that ends later is renewed above the page (sign-in-again.tsx): who was here stays until they sign out.
  if (me.data !== undefined) {
    return (
      <MeContext value={me.data}>
        <SignInAgain />
        <Shell />
      </MeContext>
    );
  }
  if (me.error instanceof GatewayError && me.error.status === 401) return <SignInPage onSignedIn={() => void me.refetch()} />;
  return (
    <main className="sign-in">
      {me.error === null ? (
        <Box textAlign="center" color="text-status-inactive">
          <Spinner /> Loading the Admin Console
        </Box>
      ) : (
        <Problem error={me.error} retry={() => void me.refetch()} />
      )}
    </main>
  );
}
