/** A job as it begins, whether its document was uploaded or is one of an earlier job. Pure but for the random id. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { auditEvent, type Actor, type AuditEvent, type Origin } from '../audit/event.js';
import { isJobId, type FaxNumber, type JobId, type Owner } from '../contract/identifiers.js';
import { maskNumber } from '../platform/log.js';
import type { Job, StoredDocument } from './job.js';
import { nudgePatience } from './transitions.js';

export interface NewJob {
  readonly id: JobId;
  readonly owner: Owner;
  readonly to: FaxNumber;
  /** What may send it, in order; never empty. */
  readonly providers: readonly string[];
  readonly document: StoredDocument;
  readonly fingerprint: string;
  readonly createdBy: string;
  readonly sessionId: string | undefined;
  readonly sendAt: number | undefined;
  readonly resendOf: JobId | undefined;
  readonly notifyUrl: string | undefined;
  readonly now: number;
  readonly sending: 'on' | 'off';
  readonly retentionSeconds: number;
  readonly by: { readonly actor: Actor; readonly origin?: Origin };
}

/** The first revision, with the audit event of its acceptance in the outbox. */
export function newJob(wanted: NewJob): Job {
  const { id, now, sendAt } = wanted;
  const [backend] = wanted.providers;
  if (backend === undefined) throw new Error('A job needs a provider');
  return {
    ...(wanted.sending === 'off' && sendAt === undefined ? { state: 'held', reason: 'sending_off' } : { state: 'queued', notBefore: sendAt }),
    id,
    revision: 1,
    owner: wanted.owner,
    to: wanted.to,
    backend,
    providers: wanted.providers,
    document: wanted.document,
    fingerprint: wanted.fingerprint,
    createdBy: wanted.createdBy,
    sessionId: wanted.sessionId,
    sendAt,
    cancelRequestedAt: undefined,
    cancelPassedOnAt: undefined,
    resendOf: wanted.resendOf,
    resentAs: undefined,
    notifyUrl: wanted.notifyUrl,
    createdAt: now,
    updatedAt: now,
    attempts: [],
    dueAt: now + nudgePatience,
    outbox: [acceptance(wanted, backend)],
    // Kept as long after it is sent as one that is sent at once.
    forgetAt: Math.floor((sendAt ?? now) / 1000) + wanted.retentionSeconds,
  };
}

function acceptance({ id, to, document: { pages }, resendOf, by, now }: NewJob, backend: string): AuditEvent {
  const facts = { job_id: id, to: maskNumber(to), pages, backend };
  const fact = resendOf === undefined ? ({ event: 'job_created', ...facts } as const) : ({ event: 'job_resent', resend_of: resendOf, ...facts } as const);
  return auditEvent(fact, by, { id: randomUUID(), now });
}

/** The same owner and Idempotency-Key give the same id; without a key, a random one. */
export function jobIdOf(owner: Owner, idempotencyKey: string | undefined): JobId {
  return readJobId(idempotencyKey === undefined ? randomBytes(16).toString('hex') : sha256(JSON.stringify([owner, idempotencyKey])).slice(0, 32));
}

/** The id of the job that sends an uncertain one again: the same for whoever decides on the same revision of it. */
export function idOfSendingAgain(job: Pick<Job, 'id' | 'revision'>): JobId {
  return readJobId(sha256(`${job.id}\nagain\n${job.revision}`).slice(0, 32));
}

/** Where a job keeps a document: the name is its content's, or that of the same document of an earlier job. */
export function documentKeyOf(id: JobId, document: { readonly sha256: string } | Pick<StoredDocument, 'key'>): string {
  return `documents/${id}/${'sha256' in document ? `${document.sha256}.pdf` : document.key.slice(document.key.lastIndexOf('/') + 1)}`;
}

/** What an Idempotency-Key stands for. The parts that are absent do not count. */
export function fingerprintOf(...parts: readonly (string | undefined)[]): string {
  return sha256(parts.filter((part) => part !== undefined).join('\n'));
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function readJobId(text: string): JobId {
  if (!isJobId(text)) throw new Error(`Not a job id: ${text}`);
  return text;
}
