/** The use case behind `POST /fax/{id}/resend`: a new job with the document of one that has ended. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { resendFaxSchema } from '../contract/fax-change-schemas.js';
import type { FaxNumber } from '../contract/identifiers.js';
import { actorOf, creatorOf } from '../platform/caller.js';
import { invalidRequest } from '../platform/field-problems.js';
import { findOwnJob, type ChangeRequest } from './change-job.js';
import { commitJob, type JobCommit } from './commit-job.js';
import type { Job } from './job.js';
import { documentKeyOf, fingerprintOf, jobIdOf, newJob } from './new-job.js';
import { readFaxNumber } from './number.js';
import { readSendingOptions } from './sending-options.js';

export interface FaxResending extends JobCommit {
  /** @throws ContractError document_gone */
  readonly copyDocument: (from: string, to: string) => Promise<void>;
  readonly providers: () => Promise<readonly string[]>;
  readonly defaultCountry: string;
  readonly sending: 'on' | 'off';
  readonly retentionDays: number;
  readonly documentRetentionDays: number;
}

export interface ResendRequest extends ChangeRequest {
  readonly body: z.output<typeof resendFaxSchema>;
  readonly idempotencyKey: string | undefined;
}

/**
 * Sends an ended fax again, as a job of its own. With an Idempotency-Key, the same request again gives the same job.
 * @throws ContractError job_not_found, job_uncertain, job_not_ended, invalid_number, invalid_request, document_gone, idempotency_conflict
 */
export async function resendFax(request: ResendRequest, resending: FaxResending): Promise<Job> {
  const { caller, now, body, idempotencyKey } = request;
  const job = await findOwnJob(request, resending.store);
  assertSendableAgain(job);
  const to = numberOf(body.to, job, resending);
  const id = jobIdOf(caller.owner, idempotencyKey);
  const fingerprint = fingerprintOf('resend', job.id, to, body.provider ?? '', body.send_at ?? '');
  const first = idempotencyKey === undefined ? undefined : await resending.store.find(id);
  if (first !== undefined) {
    if (first.fingerprint !== fingerprint) throw new ContractError('idempotency_conflict');
    return first;
  }

  const providers = await resending.providers();
  const { options, problems } = readSendingOptions(
    { provider: body.provider, sendAt: body.send_at, notifyUrl: undefined },
    { now, providers, documentRetentionDays: resending.documentRetentionDays, privateNotifyHosts: new Set() },
  );
  if (problems.length > 0) throw invalidRequest(problems);
  const document = { ...job.document, key: documentKeyOf(id, job.document) };
  // A copy of its own: how long it is kept counts anew.
  await resending.copyDocument(job.document.key, document.key);
  return commitJob(
    newJob({
      id,
      owner: job.owner,
      to,
      providers: options.provider === undefined ? providers : [options.provider],
      document,
      fingerprint,
      createdBy: creatorOf(caller),
      sessionId: caller.kind === 'session' ? caller.sessionId : undefined,
      sendAt: options.sendAt,
      resendOf: job.id,
      // Whoever waits for a fax waits for this one.
      notifyUrl: job.notifyUrl,
      now,
      sending: resending.sending,
      retentionSeconds: resending.retentionDays * 86_400,
      by: { actor: actorOf(caller), origin: request.origin },
    }),
    resending,
  );
}

function assertSendableAgain(job: Job): void {
  switch (job.state) {
    case 'success':
    case 'failed':
    case 'cancelled':
      return;
    case 'uncertain':
      throw new ContractError('job_uncertain');
    case 'queued':
    case 'held':
    case 'submitting':
    case 'in_progress':
      throw new ContractError('job_not_ended');
  }
}

function numberOf(written: string | undefined, job: Job, { defaultCountry }: FaxResending): FaxNumber {
  const to = written === undefined ? job.to : readFaxNumber(written, defaultCountry);
  if (to === undefined) throw new ContractError('invalid_number');
  return to;
}
