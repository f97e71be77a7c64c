/**
 * For providers that sign nothing: a password in the callback address, good for one attempt alone. Whoever knows it can only make
 * the gateway ask the provider how that fax is doing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isAttemptId, type AttemptId } from '../contract/identifiers.js';
import type { WebhookRequest } from './provider.js';

const user = 'faxbot';

/** The address with the password in it. */
export function withCallbackPassword(callbackUrl: URL, callbackKey: string, attemptId: AttemptId): URL {
  const url = new URL(callbackUrl);
  url.username = user;
  url.password = passwordOf(callbackKey, attemptId);
  return url;
}

/** The attempt whose password a request carries; undefined where it carries none or a wrong one. */
export function attemptOfCallback({ url, headers }: WebhookRequest, callbackKey: string): AttemptId | undefined {
  const attempt = url.searchParams.get('attempt') ?? '';
  if (callbackKey === '' || !isAttemptId(attempt)) return undefined;
  const [, credentials = ''] = /^basic ([a-z0-9+/]+=*)$/i.exec(headers['authorization'] ?? '') ?? [];
  return sameText(Buffer.from(credentials, 'base64').toString('latin1'), `${user}:${passwordOf(callbackKey, attempt)}`) ? attempt : undefined;
}

/** Takes the same time wherever the two differ. */
export function sameText(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function passwordOf(callbackKey: string, attemptId: AttemptId): string {
  return createHmac('sha256', callbackKey).update(attemptId).digest('hex');
}
