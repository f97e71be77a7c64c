/** A key and a fax as the tables hold them, and the documents that are sent. */
import { createHash, randomBytes } from 'node:crypto';
import { isFaxNumber, isJobId, defaultOwner, type JobId } from '../lambdas/contract/identifiers.js';
import { toItem as toJobItem } from '../lambdas/faxes/job-item.js';
import { toItem as toKeyItem, type KeyItem } from '../lambdas/keys/key-item.js';
import { hashToken, parsePeppers } from '../lambdas/keys/secret-hash.js';
import { createKeyId, createToken, recognizableParts } from '../lambdas/keys/token.js';
import { callerContext } from '../lambdas/platform/caller.js';
import type { Scope } from '../lambdas/contract/scopes.js';
import { flatPages, pdfFile, streamBody } from '../test/documents/fixtures/pdf-file.js';

export const pepperSecret = JSON.stringify({ current: '1', '1': 'p'.repeat(64) });
const scopes: readonly Scope[] = ['fax:send', 'fax:read'];

/** A key as it is stored, and its token. */
export function benchKey(now: number): { readonly token: string; readonly item: KeyItem; readonly context: Readonly<Record<string, string>> } {
  const id = createKeyId();
  const token = createToken(id);
  const item = toKeyItem({
    id,
    revision: 1,
    version: 1,
    name: 'bench',
    owner: defaultOwner,
    scopes,
    tier: 'high',
    note: undefined,
    allowedIps: [],
    requestsPerMinute: undefined,
    rotateEveryDays: undefined,
    createdAt: now,
    createdBy: 'bootstrap',
    expiresAt: undefined,
    disabledAt: undefined,
    nativeKey: undefined,
    revokedAt: undefined,
    secrets: [{ version: 1, ...hashToken(token, parsePeppers(pepperSecret)), ...recognizableParts(token), createdAt: now, endsAt: undefined }],
    outbox: [],
  });
  return { token, item, context: callerContext({ kind: 'key', keyId: id, secretVersion: 1, lastFour: token.slice(-4), owner: defaultOwner, scopes, minuteLimit: 0 }) };
}

/** A queued fax as it is stored. */
export function queuedJobItem(now: number, bytes: number): { readonly id: JobId; readonly item: Readonly<Record<string, unknown>> } {
  const id = randomBytes(16).toString('hex');
  // A number of its own: faxes to one number wait for each other.
  const to = `+1${Number.parseInt(id.slice(0, 8), 16).toString().padStart(10, '5')}`;
  if (!isJobId(id) || !isFaxNumber(to)) throw new Error(`Not a job: ${id} to ${to}`);
  const item = toJobItem({
    state: 'queued',
    notBefore: undefined,
    id,
    revision: 1,
    owner: defaultOwner,
    to,
    backend: 'sandbox',
    document: { key: `documents/${id}/bench.pdf`, bytes, pages: 1, fileName: 'bench.pdf' },
    fingerprint: createHash('sha256').update(id).digest('hex'),
    createdBy: 'bench',
    sessionId: undefined,
    createdAt: now,
    updatedAt: now,
    providers: ['sandbox'],
    sendAt: undefined,
    cancelRequestedAt: undefined,
    cancelPassedOnAt: undefined,
    resendOf: undefined,
    resentAs: undefined,
    notifyUrl: undefined,
    attempts: [],
    dueAt: now + 60_000,
    outbox: [],
    forgetAt: Math.floor(now / 1000) + 86_400,
  });
  return { id, item: { ...item } };
}

/** One page with a picture that does not compress: a scan of about so many bytes. */
export function scannedPdf(bytes: number): Buffer {
  return pdfFile(flatPages(1, streamBody('', Buffer.from(Uint8Array.from({ length: bytes - 2000 }, (_, index) => (index * 2654435761) >>> 24)))));
}

/** The form of POST /fax. */
export function faxForm(document: Buffer): { readonly contentType: string; readonly body: Buffer } {
  const boundary = '------------------------b3nc4b0undary0000';
  const part = (header: string, content: Buffer | string): Buffer =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${header}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      part('Content-Disposition: form-data; name="to"', '+15551234567'),
      part('Content-Disposition: form-data; name="file"; filename="scan.pdf"\r\nContent-Type: application/pdf', document),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}
