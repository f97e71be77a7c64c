/**
 * The transitions of a fax job, all of them, pure. The store applies each by a write on the revision that it was decided
 * on, so of two that race one wins and the other sees a conflict.
 *
 * Two laws: never two faxes for one job (only `claim` leads to a POST, only from queued or held, and an expired claim never
 * leads back), and no accepted fax is lost (each state that is not an end has a `dueAt`).
 */
import type { AuditEvent } from '../audit/event.js';
import type { AttemptId } from '../contract/identifiers.js';
import type { Attempt, AttemptResult, HeldJob, InProgressJob, Job, JobEnd, QueuedJob, SubmittingJob, UncertainJob } from './job.js';

/** How long the sweeper leaves a job to the message that was sent for it. */
export const nudgePatience = 60_000;

/** How long an event that could not be published waits for the sweeper. */
const outboxPatience = 60_000;

/** Takes the job for one attempt, before anything is sent. `claimSeconds` outlasts the attempt's own time limit. */
export function claim(job: QueuedJob | HeldJob, at: { readonly now: number; readonly attemptId: AttemptId; readonly claimSeconds: number }): SubmittingJob {
  const claimExpiresAt = at.now + at.claimSeconds * 1000;
  const { notBefore: _, ...rest } = { notBefore: undefined, ...job };
  return {
    ...written(rest, at.now),
    state: 'submitting',
    attemptId: at.attemptId,
    claimExpiresAt,
    dueAt: claimExpiresAt,
    attempts: [...job.attempts, { id: at.attemptId, backend: job.backend, startedAt: at.now, result: { kind: 'submitting' } }],
  };
}

/** The provider has the fax, and will be asked again at `pollAt`. */
export function submitted(job: SubmittingJob, at: { readonly now: number; readonly providerSid: string; readonly pollAt: number }): InProgressJob {
  const { claimExpiresAt: _, ...rest } = job;
  return {
    ...written(rest, at.now),
    state: 'in_progress',
    providerSid: at.providerSid,
    pollAt: at.pollAt,
    dueAt: at.pollAt + nudgePatience,
    attempts: withResult(job, job.attemptId, { kind: 'submitted', providerSid: at.providerSid }),
  };
}

/** The attempt's own answer came after its claim had been given up: the provider has the fax after all. */
export function answeredLate(job: UncertainJob, at: { readonly now: number; readonly attemptId: AttemptId; readonly providerSid: string; readonly pollAt: number }): InProgressJob {
  const { error: _, ...rest } = job;
  return {
    ...written(rest, at.now),
    state: 'in_progress',
    attemptId: at.attemptId,
    providerSid: at.providerSid,
    pollAt: at.pollAt,
    dueAt: at.pollAt + nudgePatience,
    attempts: withResult(job, at.attemptId, { kind: 'submitted', providerSid: at.providerSid }),
  };
}

/** The provider never got the fax: back to the queue, to be tried again at `retryAt`. */
export function released(job: SubmittingJob, at: { readonly now: number; readonly error: string; readonly retryAt: number }): QueuedJob {
  const { claimExpiresAt: _, attemptId: __, ...rest } = job;
  return {
    ...written(rest, at.now),
    state: 'queued',
    notBefore: at.retryAt,
    dueAt: at.retryAt + nudgePatience,
    attempts: withResult(job, job.attemptId, { kind: 'not_submitted', error: at.error, endedAt: at.now }),
  };
}

/** The provider is still at it. */
export function stillInProgress(job: InProgressJob, at: { readonly now: number; readonly pollAt: number }): InProgressJob {
  return { ...written(job, at.now), updatedAt: job.updatedAt, pollAt: at.pollAt, dueAt: at.pollAt + nudgePatience };
}

/** Sending ended, in one of the four ways. `event` says so to the audit trail. */
export function ended(job: SubmittingJob | InProgressJob, at: { readonly now: number; readonly end: JobEnd; readonly event: AuditEvent }): Job {
  const { attemptId, providerSid } = { providerSid: undefined, ...job };
  const next = {
    ...written(withoutAttempt(job), at.now),
    dueAt: at.now + outboxPatience,
    outbox: [...job.outbox, at.event],
    attempts: withResult(job, attemptId, { ...at.end, providerSid, endedAt: at.now }),
  };
  switch (at.end.kind) {
    case 'success':
    case 'cancelled':
      return { ...next, state: at.end.kind };
    case 'failed':
    case 'uncertain':
      return { ...next, state: at.end.kind, error: at.end.error };
  }
}

/** Sending is switched off: the job waits and is looked at again at `dueAt`. */
export function held(job: QueuedJob | HeldJob, at: { readonly now: number; readonly dueAt: number }): HeldJob {
  const { notBefore: _, ...rest } = { notBefore: undefined, ...job };
  return { ...written(rest, at.now), state: 'held', dueAt: at.dueAt };
}

/** The events stand in the audit log. An ended job has nothing left to do. */
export function published<J extends Job>(job: J, events: readonly AuditEvent[]): J {
  const done = new Set(events.map((event) => event.event_id));
  const outbox = job.outbox.filter((event) => !done.has(event.event_id));
  return { ...job, revision: job.revision + 1, outbox, dueAt: isEnded(job) && outbox.length === 0 ? undefined : job.dueAt };
}

/** True once nothing more is sent for a job. `uncertain` may still be settled. */
export function isEnded(job: Job): boolean {
  return job.state === 'success' || job.state === 'failed' || job.state === 'cancelled' || job.state === 'uncertain';
}

function written<J extends { readonly revision: number; readonly updatedAt: number }>(job: J, now: number): J {
  return { ...job, revision: job.revision + 1, updatedAt: now };
}

function withoutAttempt(job: SubmittingJob | InProgressJob): Omit<SubmittingJob, 'state' | 'attemptId' | 'claimExpiresAt'> {
  const { attemptId: _, ...rest } = job;
  if (rest.state === 'submitting') {
    const { claimExpiresAt: __, state: ___, ...base } = rest;
    return base;
  }
  const { providerSid: __, pollAt: ____, state: ___, ...base } = rest;
  return base;
}

function withResult(job: Job, attemptId: AttemptId, result: AttemptResult): readonly Attempt[] {
  return job.attempts.map((attempt) => (attempt.id === attemptId ? { ...attempt, result } : attempt));
}
