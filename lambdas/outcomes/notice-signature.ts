/**
 * Signs notices as the Standard Webhooks specification says (https://www.standardwebhooks.com), for which receivers find a
 * library in every language: HMAC-SHA256 over `id.timestamp.body`, in base64, under a secret that begins with `whsec_`.
 */
import { createHmac } from 'node:crypto';
import type { Owner } from '../contract/identifiers.js';

const prefix = 'whsec_';

/** The secret of an owner, as its receivers enter it: drawn from the stack's own, so there is nothing to store for each. */
export function signingSecretOf(owner: Owner, stackSecret: string): string {
  return `${prefix}${createHmac('sha256', stackSecret).update(`notices of ${owner}`).digest('base64')}`;
}

/** @param at epoch milliseconds; the header counts seconds */
export function signedHeaders(notice: { readonly id: string; readonly body: string }, secret: string, at: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${notice.id}.${timestamp}.${notice.body}`).digest('base64');
  return { 'webhook-id': notice.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
