/** Signing in and out: a key is exchanged for a session, which lives in a cookie that no script can read. */
import { call } from '../gateway/gateway.js';
import { forgetAllTokens } from './held-tokens.js';

/** @throws GatewayError, ConnectionLost */
export async function signIn(key: string): Promise<void> {
  await call('createSession', { key });
}

export function useSignOut(): () => void {
  return () => {
    forgetAllTokens();
    void call('endSession').finally(() => location.assign('/'));
  };
}
