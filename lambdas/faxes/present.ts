/** A job in the words of the contract. Pure. */
import type * as z from 'zod/mini';
import type { faxAttemptSchema, faxDetailSchema, faxJobSchema, faxJobSummarySchema, faxSchema, faxStatusSchema } from '../contract/schemas.js';
import { isoTime as isoTimeOrNull } from '../platform/iso-time.js';
import { maskNumber } from '../platform/log.js';
import { errorOf, providerSidOf, type Attempt, type Job, type JobState } from './job.js';

type FaxStatus = z.output<typeof faxStatusSchema>;

/**
 * The original's status word for each state. submitting and uncertain read in_progress, never FAILED: a client would send
 * again.
 */
const statusByState: Readonly<Record<JobState, FaxStatus>> = {
  queued: 'queued',
  held: 'disabled',
  submitting: 'in_progress',
  in_progress: 'in_progress',
  uncertain: 'in_progress',
  success: 'SUCCESS',
  failed: 'FAILED',
  cancelled: 'FAILED',
};

/** The states that a filter word means, in any case: a status of the contract or a state of ours. Undefined: no such word. */
export function statesOf(word: string): readonly JobState[] | undefined {
  const wanted = word.toLowerCase();
  const entries = Object.entries(statusByState).filter(([state, status]) => state === wanted || status.toLowerCase() === wanted);
  // `in_progress` and `failed` are both a status and a state: the status, which is the wider, is meant.
  const states = entries.map(([state]) => state).filter(isState);
  return states.length === 0 ? undefined : states;
}

/** The one state of this name, in any case. */
export function stateOf(word: string): JobState | undefined {
  const wanted = word.toLowerCase();
  return isState(wanted) ? wanted : undefined;
}

/** The body of POST /fax: what the original contract knows, and no more. */
export function presentFax(job: Job): z.output<typeof faxSchema> {
  return {
    id: job.id,
    to: job.to,
    status: statusByState[job.state],
    state: job.state,
    error: errorOf(job) ?? null,
    pages: job.document.pages,
    backend: job.backend,
    provider_sid: providerSidOf(job) ?? null,
    created_at: isoTime(job.createdAt),
    updated_at: isoTime(job.updatedAt),
  };
}

/** The body of GET /fax/{id}, of what changes a fax, and an item of GET /fax. */
export function presentDetail(job: Job): z.output<typeof faxDetailSchema> {
  return { ...presentFax(job), send_at: isoTimeOrNull(job.sendAt), cancel_requested_at: isoTimeOrNull(job.cancelRequestedAt), resend_of: job.resendOf ?? null };
}

/** A row of GET /admin/fax-jobs. */
export function presentSummary(job: Job): z.output<typeof faxJobSummarySchema> {
  const { id, status, state, error, pages, backend, created_at, updated_at } = presentFax(job);
  return { id, to_number: maskNumber(job.to), owner: job.owner, status, state, backend, pages, error, created_at, updated_at };
}

/** The body of GET /admin/fax-jobs/{id}. */
export function presentJob(job: Job): z.output<typeof faxJobSchema> {
  return {
    ...presentSummary(job),
    provider_sid: providerSidOf(job) ?? null,
    file_name: job.document.fileName ?? null,
    created_by: job.createdBy,
    session_id: job.sessionId ?? null,
    send_at: isoTimeOrNull(job.sendAt),
    not_before: isoTimeOrNull(job.state === 'queued' ? job.notBefore : undefined),
    cancel_requested_at: isoTimeOrNull(job.cancelRequestedAt),
    resend_of: job.resendOf ?? null,
    resent_as: job.resentAs ?? null,
    attempts: job.attempts.map(presentAttempt),
  };
}

function presentAttempt({ id, backend, startedAt, result, cause, pages, cost, evidence }: Attempt): z.output<typeof faxAttemptSchema> {
  return {
    id,
    backend,
    outcome: result.kind,
    provider_sid: ('providerSid' in result ? result.providerSid : undefined) ?? null,
    error: 'error' in result ? result.error : null,
    cause: cause ?? null,
    pages: pages ?? null,
    cost: cost ?? null,
    evidence: evidence.map(({ at, text }) => ({ at: isoTime(at), text })),
    started_at: isoTime(startedAt),
    ended_at: 'endedAt' in result ? isoTime(result.endedAt) : null,
  };
}

function isState(word: string): word is JobState {
  return Object.hasOwn(statusByState, word);
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
