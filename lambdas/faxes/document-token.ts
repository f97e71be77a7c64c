/** The short-lived token that opens one document without a key: `<end, epoch seconds in base 36>.<HMAC>`. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ContractError } from '../contract/errors.js';
import type { JobId } from '../contract/identifiers.js';

/** @param endsAt epoch milliseconds */
export function createDocumentToken(id: JobId, endsAt: number, secret: string): string {
  const end = Math.floor(endsAt / 1000).toString(36);
  return `${end}.${sign(id, end, secret)}`;
}

/** @throws ContractError token_invalid, token_expired */
export function verifyDocumentToken(token: string, id: JobId, now: number, secret: string): void {
  const [end = '', signature = '', ...rest] = token.split('.');
  const expected = Buffer.from(sign(id, end, secret));
  const given = Buffer.from(signature);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) throw new ContractError('token_invalid');
  if (Number.parseInt(end, 36) * 1000 <= now) throw new ContractError('token_expired');
}

function sign(id: JobId, end: string, secret: string): string {
  return createHmac('sha256', secret).update(`document/1/${id}/${end}`).digest('base64url');
}
