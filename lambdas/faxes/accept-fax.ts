/** The use case behind `POST /fax`: check, store, commit, nudge. After the answer, no crash loses the fax. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { auditEvent, type Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { isJobId, type FaxNumber, type JobId, type Owner } from '../contract/identifiers.js';
import type { DocumentCheck } from '../documents/check-document.js';
import { actorOf, creatorOf, type KeyCaller } from '../platform/caller.js';
import { log, maskNumber } from '../platform/log.js';
import type { FaxForm } from './fax-form.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';
import { readFaxNumber } from './number.js';
import { nudgePatience } from './transitions.js';

export interface FaxAcceptance {
  readonly store: JobStore;
  readonly checkDocument: (bytes: Buffer, declared: { fileName?: string; contentType?: string }) => Promise<DocumentCheck>;
  /** With the document's SHA-256, in hex. */
  readonly putDocument: (key: string, pdf: Buffer, sha256: string) => Promise<void>;
  readonly deleteDocument: (key: string) => Promise<void>;
  readonly nudge: (id: JobId) => Promise<void>;
  readonly backend: string;
  readonly defaultCountry: string;
  readonly sending: 'on' | 'off';
  readonly retentionDays: number;
}

export interface FaxRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
  readonly form: FaxForm;
  readonly idempotencyKey: string | undefined;
}

/**
 * Accepts a fax. With an Idempotency-Key, the same request again gives the same job.
 * @throws ContractError invalid_number, unsupported_type, document_refused, invalid_request, idempotency_conflict
 */
export async function acceptFax(request: FaxRequest, acceptance: FaxAcceptance): Promise<Job> {
  const { caller, origin, now, form } = request;
  const to = readFaxNumber(form.to, acceptance.defaultCountry);
  if (to === undefined) throw new ContractError('invalid_number');
  const { pdf, pages } = await acceptedDocument(form, acceptance);

  const id = jobIdOf(caller.owner, request.idempotencyKey);
  const fileHash = sha256(form.file.bytes);
  // A PDF is stored as it came: its hash takes 2 ms at 4 MB, once.
  const pdfHash = pdf === form.file.bytes ? fileHash : sha256(pdf);
  const documentKey = `documents/${id}/${pdfHash}.pdf`;
  const job: Job = {
    ...(acceptance.sending === 'on' ? { state: 'queued', notBefore: undefined } : { state: 'held', reason: 'sending_off' }),
    id,
    revision: 1,
    owner: caller.owner,
    to,
    backend: acceptance.backend,
    providers: [acceptance.backend],
    document: { key: documentKey, bytes: pdf.length, pages, fileName: form.file.fileName },
    fingerprint: fingerprintOf(to, fileHash),
    createdBy: creatorOf(caller),
    sessionId: caller.kind === 'session' ? caller.sessionId : undefined,
    sendAt: undefined,
    cancelRequestedAt: undefined,
    cancelPassedOnAt: undefined,
    resendOf: undefined,
    notifyUrl: undefined,
    createdAt: now,
    updatedAt: now,
    attempts: [],
    dueAt: now + nudgePatience,
    outbox: [
      auditEvent(
        { event: 'job_created', job_id: id, to: maskNumber(to), pages, backend: acceptance.backend },
        { actor: actorOf(caller), origin },
        { id: randomUUID(), now },
      ),
    ],
    forgetAt: Math.floor(now / 1000) + acceptance.retentionDays * 86_400,
  };
  await acceptance.putDocument(documentKey, pdf, pdfHash);
  if (!(await acceptance.store.create(job))) return replay(job, acceptance);
  try {
    await acceptance.nudge(id);
  } catch (error) {
    log.warn('A nudge is left to the sweeper', { job_id: id, reason: String(error) });
  }
  return job;
}

async function acceptedDocument({ file }: FaxForm, { checkDocument }: FaxAcceptance): Promise<{ readonly pdf: Buffer; readonly pages: number }> {
  const check = await checkDocument(file.bytes, {
    ...(file.fileName === undefined ? {} : { fileName: file.fileName }),
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
  });
  if (check.kind === 'accepted') return check;
  if (check.reason === 'unsupported_type') throw new ContractError('unsupported_type');
  if (check.reason === 'empty') throw new ContractError('invalid_request', { detail: 'file: is empty', fields: [{ field: 'file', message: 'is empty' }] });
  throw new ContractError('document_refused', { detail: check.detail });
}

/** The job that the Idempotency-Key stands for already. */
async function replay(job: Job, { store, deleteDocument }: FaxAcceptance): Promise<Job> {
  const first = await store.find(job.id);
  if (first === undefined) throw new ContractError('internal_error', { internal: `The job ${job.id} exists and is not found` });
  if (first.document.key !== job.document.key) await deleteDocument(job.document.key);
  if (first.fingerprint !== job.fingerprint) throw new ContractError('idempotency_conflict');
  return first;
}

/** The same owner and Idempotency-Key give the same id; without a key, a random one. */
function jobIdOf(owner: Owner, idempotencyKey: string | undefined): JobId {
  const id = idempotencyKey === undefined ? randomBytes(16).toString('hex') : sha256(JSON.stringify([owner, idempotencyKey])).slice(0, 32);
  if (!isJobId(id)) throw new Error(`Not a job id: ${id}`);
  return id;
}

function fingerprintOf(to: FaxNumber, fileHash: string): string {
  return sha256(`${to}\n${fileHash}`);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
