/** Identifiers in the shapes that API Gateway gives: short lower-case ids that stay over restarts, request ids, trace ids. */
import { createHash, randomBytes } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id that the same parts give at each start, so that `Ref` and the URL stay as they were. */
export function stableId(length: number, ...parts: readonly string[]): string {
  return fromBytes(createHash('sha256').update(parts.join('\0')).digest().subarray(0, length));
}

/** An id (or a generated API key value) that nobody can guess. */
export function randomId(length: number): string {
  return fromBytes(randomBytes(length));
}

/** `$context.extendedRequestId`, also sent as x-amz-apigw-id: 15 characters and an equals sign. */
export function extendedRequestId(): string {
  return randomBytes(11).toString('base64');
}

/** The X-Amzn-Trace-Id of a request: the root that the client sent, or a new one. */
export function traceId(sent: string | undefined, now: number): string {
  if (sent !== undefined && /(^|;)\s*Root=/.test(sent)) return sent;
  return `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}

function fromBytes(bytes: Uint8Array): string {
  let id = '';
  for (const byte of bytes) id += alphabet.charAt(byte % alphabet.length);
  return id;
}
