/** Telnyx's webhook: an Ed25519 signature of the account over `timestamp|body`, and what the body says of a fax. */
import { createPublicKey, verify } from 'node:crypto';
import { isAttemptId, type AttemptId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { jsonOf, sidOf } from './provider-answer.js';
import type { WebhookRequest, WebhookVerdict } from './provider.js';
import { telnyxStatus, type TelnyxFax } from './telnyx-status.js';

/** What was signed longer ago, or later than now by the same, is a replay. */
const windowSeconds = 300;

/** What stands before the 32 bytes of a raw Ed25519 key to make it a SubjectPublicKeyInfo. */
const spkiOfEd25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** True for the base64 of a raw Ed25519 public key, as Telnyx's portal shows it. */
export function isTelnyxPublicKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

/** @param publicKey the account's, as the portal shows it */
export function readTelnyxWebhook({ headers, body, now }: WebhookRequest, publicKey: string): WebhookVerdict {
  const timestamp = headers['telnyx-timestamp'] ?? '';
  const signature = headers['telnyx-signature-ed25519'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || signature === '') return { kind: 'refused', reason: 'The signature or its time is missing' };
  if (Math.abs(now / 1000 - Number(timestamp)) > windowSeconds) return { kind: 'refused', reason: 'It was signed too long ago' };
  if (!isSigned(Buffer.concat([Buffer.from(`${timestamp}|`), body]), signature, publicKey)) return { kind: 'refused', reason: 'The signature is wrong' };
  return read(body);
}

function isSigned(message: Buffer, signature: string, publicKey: string): boolean {
  if (!isTelnyxPublicKey(publicKey)) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiOfEd25519, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' });
  return verify(null, message, key, Buffer.from(signature, 'base64'));
}

function read(body: Buffer): WebhookVerdict {
  const data = jsonMember(jsonOf({ text: body.toString('utf8') }), 'data');
  const payload = jsonMember(data, 'payload');
  const providerSid = sidOf(jsonMember(payload, 'fax_id'));
  if (providerSid === undefined || jsonMember(payload, 'direction') === 'inbound') return { kind: 'ignored' };
  const fax = telnyxFaxOf(payload, jsonMember(payload, 'page_count'));
  return {
    kind: 'event',
    providerSid,
    // What was signed, and nothing else: the address is not.
    attemptId: attemptOf(jsonMember(payload, 'client_state')),
    reported: fax === undefined ? undefined : telnyxStatus(fax),
  };
}

/** A fax out of an answer or a webhook; undefined where it names no status. */
export function telnyxFaxOf(fax: unknown, pages?: unknown): TelnyxFax | undefined {
  const status = jsonMember(fax, 'status');
  const reason = jsonMember(fax, 'failure_reason');
  if (typeof status !== 'string') return undefined;
  return { status, failureReason: typeof reason === 'string' ? reason : undefined, pages: typeof pages === 'number' && Number.isSafeInteger(pages) ? pages : undefined };
}

/** The attempt in a `client_state`; undefined where it is another program's or none. */
export function attemptOf(clientState: unknown): AttemptId | undefined {
  const text = typeof clientState === 'string' ? Buffer.from(clientState, 'base64').toString('latin1') : '';
  return isAttemptId(text) ? text : undefined;
}
