/** The token of a session, `fbs_<32 hex>_<secret>`: a secret and a checksum as a key's token has them (../keys/token.ts). */
import { randomBytes } from 'node:crypto';
import { isSessionId, type SessionId } from '../contract/identifiers.js';
import { isSealed, sealedSecretForm, withSecret } from '../keys/token.js';

const form = new RegExp(`^fbs_([0-9a-f]{32})_${sealedSecretForm}$`);

/** The session that a token names; undefined for text that is no token, or one with a typo. */
export function parseSessionToken(token: string): SessionId | undefined {
  const id = form.exec(token)?.[1];
  return id !== undefined && isSessionId(id) && isSealed(token) ? id : undefined;
}

/** A new session's id and token. */
export function createSessionToken(): { readonly id: SessionId; readonly token: string } {
  const id = randomBytes(16).toString('hex');
  if (!isSessionId(id)) throw new Error(`Not a session id: ${id}`);
  return { id, token: withSecret(`fbs_${id}_`) };
}
