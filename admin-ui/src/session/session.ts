/** Signing in and out: a key is exchanged for a session, which lives in a cookie that no script can read. */
import { useQueryClient } from '@tanstack/react-query';
import { call } from '../gateway/gateway.js';
import { notify } from '../shell/notifications.js';
import { describe } from '../shell/problem.js';
import { forgetAllTokens } from './held-tokens.js';

/** @throws GatewayError where the key is refused, ConnectionLost */
export async function signIn(key: string): Promise<void> {
  await call('createSession', { key });
}

/** Ends the session, forgets every token, and starts the console anew. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    try {
      await call('endSession');
    } catch (error) {
      notify('error', `You are still signed in: ${describe(error)}`);
      return;
    }
    forgetAllTokens();
    queries.clear();
    location.assign('/');
  };
}
