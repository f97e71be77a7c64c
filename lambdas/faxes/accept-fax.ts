/** The use case behind `POST /fax`: check, store, commit, nudge. After the answer, no crash loses the fax. */
import type { Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import type { JobId } from '../contract/identifiers.js';
import type { DocumentCheck } from '../documents/check-document.js';
import { actorOf, creatorOf, type KeyCaller } from '../platform/caller.js';
import { invalidRequest } from '../platform/field-problems.js';
import { commitJob, type JobCommit } from './commit-job.js';
import type { FaxForm } from './fax-form.js';
import type { Job } from './job.js';
import { documentKeyOf, fingerprintOf, jobIdOf, newJob, sha256 } from './new-job.js';
import { readFaxNumber } from './number.js';
import { readSendingOptions } from './sending-options.js';

export interface FaxAcceptance extends JobCommit {
  readonly checkDocument: (bytes: Buffer, declared: { fileName?: string; contentType?: string }) => Promise<DocumentCheck>;
  /** With the document's SHA-256, in hex. */
  readonly putDocument: (key: string, pdf: Buffer, sha256: string) => Promise<void>;
  /** The providers in force, in order. */
  readonly providers: () => Promise<readonly string[]>;
  readonly defaultCountry: string;
  readonly sending: 'on' | 'off';
  readonly retentionDays: number;
  readonly documentRetentionDays: number;
  readonly privateNotifyHosts: ReadonlySet<string>;
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

  const providers = await acceptance.providers();
  const id = jobIdOf(caller.owner, request.idempotencyKey);
  const { options, problems } = readSendingOptions(form, { now: await timeOfFirst(request, id, acceptance), providers, documentRetentionDays: acceptance.documentRetentionDays, privateNotifyHosts: acceptance.privateNotifyHosts });
  if (problems.length > 0) throw invalidRequest(problems);

  const fileHash = sha256(form.file.bytes);
  // A PDF is stored as it came: its hash takes 2 ms at 4 MB, once.
  const pdfHash = pdf === form.file.bytes ? fileHash : sha256(pdf);
  const document = { key: documentKeyOf(id, { sha256: pdfHash }), bytes: pdf.length, pages, fileName: form.file.fileName };
  await acceptance.putDocument(document.key, pdf, pdfHash);
  return commitJob(
    newJob({
      id,
      owner: caller.owner,
      to,
      providers: options.provider === undefined ? providers : [options.provider],
      document,
      fingerprint: fingerprintOf(to, fileHash, form.provider, form.sendAt, form.notifyUrl),
      createdBy: creatorOf(caller),
      sessionId: caller.kind === 'session' ? caller.sessionId : undefined,
      sendAt: options.sendAt,
      resendOf: undefined,
      notifyUrl: options.notifyUrl,
      now,
      sending: acceptance.sending,
      retentionSeconds: acceptance.retentionDays * 86_400,
      by: { actor: actorOf(caller), origin },
    }),
    acceptance,
  );
}

/** When the fax was accepted: a client that asks again after `send_at` asks about that time. */
async function timeOfFirst({ form, idempotencyKey, now }: FaxRequest, id: JobId, { store }: FaxAcceptance): Promise<number> {
  if (form.sendAt === undefined || idempotencyKey === undefined) return now;
  return (await store.find(id))?.createdAt ?? now;
}

async function acceptedDocument({ file }: FaxForm, { checkDocument }: FaxAcceptance): Promise<{ readonly pdf: Buffer; readonly pages: number }> {
  const check = await checkDocument(file.bytes, {
    ...(file.fileName === undefined ? {} : { fileName: file.fileName }),
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
  });
  if (check.kind === 'accepted') return check;
  if (check.reason === 'unsupported_type') throw new ContractError('unsupported_type');
  if (check.reason === 'empty') throw invalidRequest([{ field: 'file', message: 'is empty' }]);
  throw new ContractError('document_refused', { detail: check.detail });
}
