/** The use cases of reading: one fax, its document, the list for administrators. */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { isJobId } from '../contract/identifiers.js';
import { operations } from '../contract/operations.js';
import type { faxDetailSchema, faxJobSummarySchema, faxJobsQuerySchema } from '../contract/schemas.js';
import { actorOf, isKeyCaller, seesOwner, type Caller, type KeyCaller } from '../platform/caller.js';
import { createDocumentToken, verifyDocumentToken } from './document-token.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';
import { oldestKept } from './months.js';
import { presentDetail, presentSummary, statesOf } from './present.js';

export interface FaxReading {
  readonly store: JobStore;
  readonly presign: (key: string, options: { readonly seconds: number; readonly fileName: string }) => URL;
  readonly tokenSecret: () => Promise<string>;
  readonly tokenMinutes: () => Promise<number>;
  readonly retentionDays: number;
  readonly publish: PublishAudit;
}

/** Long enough for a browser to follow the redirect and for a slow line to begin. */
const presignedSeconds = 120;

/**
 * A fax of the caller's owner, with an address that opens its document for a while. A foreign fax is not found.
 * @throws ContractError job_not_found
 */
export async function getFax(
  request: { readonly caller: KeyCaller; readonly id: string; readonly baseUrl: string; readonly now: number },
  { store, tokenSecret, tokenMinutes }: FaxReading,
): Promise<z.output<typeof faxDetailSchema>> {
  const job = await findJob(request.id, store);
  if (!seesOwner(request.caller, job.owner)) throw new ContractError('job_not_found');
  const [minutes, secret] = await Promise.all([tokenMinutes(), tokenSecret()]);
  const token = createDocumentToken(job.id, request.now + minutes * 60_000, secret);
  const path = operations.getFaxDocument.path.replace('{id}', job.id);
  return { ...presentDetail(job), pdf_url: `${request.baseUrl}${path}?token=${token}` };
}

/**
 * The presigned address of a fax's document, for a key of its owner or for whoever holds a token. Each is audited before
 * it is given away.
 * @throws ContractError job_not_found, token_invalid, token_expired
 */
export async function openFaxDocument(
  request: { readonly caller: Caller; readonly id: string; readonly token: string | undefined; readonly origin: Origin; readonly now: number },
  { store, presign, tokenSecret, publish }: FaxReading,
): Promise<string> {
  const { caller, now } = request;
  const withKey = isKeyCaller(caller);
  if (!withKey) {
    if (!isJobId(request.id)) throw new ContractError('job_not_found');
    verifyDocumentToken(request.token ?? '', request.id, now, await tokenSecret());
  }
  const job = await findJob(request.id, store);
  if (withKey && !seesOwner(caller, job.owner)) throw new ContractError('job_not_found');
  await publish([auditEvent({ event: 'pdf_served', job_id: job.id }, { actor: actorOf(caller), origin: request.origin }, { id: randomUUID(), now })]);
  return presign(job.document.key, { seconds: presignedSeconds, fileName: `fax-${job.id}.pdf` }).href;
}

/**
 * The faxes of all owners, newest first.
 * @throws ContractError invalid_request for a status that does not exist
 */
export async function listFaxJobs(
  query: z.output<typeof faxJobsQuerySchema>,
  now: number,
  { store, retentionDays }: FaxReading,
): Promise<{ total: number; jobs: z.output<typeof faxJobSummarySchema>[] }> {
  const states = query.status === undefined || query.status === '' ? undefined : statesOf(query.status);
  if (query.status !== undefined && query.status !== '' && states === undefined) {
    const message = 'must be a status or state word, such as queued or SUCCESS';
    throw new ContractError('invalid_request', { detail: `status: ${message}`, fields: [{ field: 'status', message }] });
  }
  const { total, jobs } = await store.list(
    { states, backend: query.backend },
    { offset: query.offset, limit: query.limit, since: oldestKept(now, retentionDays), now },
  );
  return { total, jobs: jobs.map(presentSummary) };
}

/** @throws ContractError job_not_found */
export async function findJob(id: string, store: Pick<JobStore, 'find'>): Promise<Job> {
  const job = isJobId(id) ? await store.find(id) : undefined;
  if (job === undefined) throw new ContractError('job_not_found');
  return job;
}
