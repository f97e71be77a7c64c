/**
 * The transitions of a fax job, all of them, pure. The store applies each by a write on the revision that it was decided
 * on, so of two that race one wins and the other sees a conflict.
 *
 * Two laws: never two faxes for one job (only `claim` leads to a POST, only from queued or held; an attempt leads back
 * there only by `released` and `redialled`, whose callers have proof that no page went out), and no accepted fax is lost
 * (each state that is not an end has a `dueAt`). docs/sending.md draws them.
 */
import type { AuditEvent } from '../audit/event.js';
import type { AttemptId } from '../contract/identifiers.js';
import {
  lastAttempt,
  sidOfAttempt,
  type Attempt,
  type AttemptFacts,
  type AttemptResult,
  type CancelledJob,
  type HeldJob,
  type HoldReason,
  type InProgressJob,
  type Job,
  type JobEnd,
  type QueuedJob,
  type SubmittingJob,
  type UncertainJob,
} from './job.js';
import { nextReconciliation } from './reconciliation.js';

/** How long the sweeper leaves a job to the message that was sent for it. */
export const nudgePatience = 60_000;

/** How long an event that could not be published waits for the sweeper. */
const outboxPatience = 60_000;

/** A message can be delayed no longer (SQS): what is due later has no message, and is the sweeper's at once. */
const longestNudgeDelay = 900_000;

/** So much is kept of what was heard about one attempt; the oldest goes. */
const mostEvidence = 20;

/** A job that is in the hands of an attempt, or of which nobody knows what became of its last one. */
export type OpenJob = SubmittingJob | InProgressJob | UncertainJob;

/** When the sweeper has to look at a job that waits until `time`. */
export function dueAfter(time: number, now: number): number {
  return time - now > longestNudgeDelay ? time : Math.max(time, now) + nudgePatience;
}

/** Takes the job for one attempt, before anything is sent. `claimSeconds` outlasts the attempt's own time limit. */
export function claim(job: QueuedJob | HeldJob, at: { readonly now: number; readonly attemptId: AttemptId; readonly claimSeconds: number }): SubmittingJob {
  const claimExpiresAt = at.now + at.claimSeconds * 1000;
  return {
    ...baseOf(job, at.now),
    state: 'submitting',
    attemptId: at.attemptId,
    claimExpiresAt,
    dueAt: claimExpiresAt,
    attempts: [...job.attempts, newAttempt(at.attemptId, job.backend, at.now)],
  };
}

/**
 * The provider has the fax, and will be asked again at `pollAt`. Also where that is heard after the claim had been given
 * up: by the attempt's own late answer, by its webhook, or by looking for it at the provider.
 */
export function submitted(job: SubmittingJob | UncertainJob, at: { readonly now: number; readonly providerSid: string; readonly pollAt: number; readonly evidence?: string }): InProgressJob {
  const attempt = openAttempt(job);
  return {
    ...baseOf(job, at.now),
    state: 'in_progress',
    attemptId: attempt.id,
    providerSid: at.providerSid,
    pollAt: at.pollAt,
    dueAt: dueAfter(at.pollAt, at.now),
    attempts: withResult(job, { kind: 'submitted', providerSid: at.providerSid }, { evidence: at.evidence }, at.now),
  };
}

/** The provider never got the fax: back to the queue, to be tried again at `retryAt`, by the provider `backend`. */
export function released(
  job: SubmittingJob | UncertainJob,
  at: { readonly now: number; readonly error: string; readonly cause: 'not_connected' | 'throttled'; readonly retryAt: number; readonly backend: string },
): QueuedJob {
  return queuedAgain(job, at, withResult(job, { kind: 'not_submitted', error: at.error, endedAt: at.now }, { cause: at.cause }, at.now));
}

/** The attempt failed and certainly no page went out: back to the queue, for the provider `backend`, at `retryAt`. */
export function redialled(
  job: OpenJob,
  at: { readonly now: number; readonly error: string; readonly facts: AttemptFacts; readonly retryAt: number; readonly backend: string },
): QueuedJob {
  const result: AttemptResult = { kind: 'failed', error: at.error, endedAt: at.now, providerSid: sidOfAttempt(openAttempt(job)) };
  return queuedAgain(job, at, withResult(job, result, at.facts, at.now));
}

/** Nothing was tried: the job waits until `notBefore`. */
export function postponed(job: QueuedJob | HeldJob, at: { readonly now: number; readonly notBefore: number }): QueuedJob {
  return { ...baseOf(job, at.now), updatedAt: job.updatedAt, state: 'queued', notBefore: at.notBefore, dueAt: dueAfter(at.notBefore, at.now) };
}

/** The provider is still at it. */
export function stillInProgress(job: InProgressJob, at: { readonly now: number; readonly pollAt: number; readonly evidence?: string }): InProgressJob {
  return {
    ...job,
    revision: job.revision + 1,
    pollAt: at.pollAt,
    dueAt: dueAfter(at.pollAt, at.now),
    attempts: withResult(job, openAttempt(job).result, { evidence: at.evidence }, at.now),
  };
}

/** Asked once more what became of it, and nothing came of that: asked again later, at growing intervals, until a week is over. */
export function stillUncertain(job: UncertainJob, at: { readonly now: number; readonly evidence?: string }): UncertainJob {
  const reconcileAt = nextReconciliation(openAttempt(job), at.now);
  return {
    ...job,
    revision: job.revision + 1,
    reconcileAt,
    dueAt: dueOfUncertain(job, reconcileAt, at.now),
    attempts: withResult(job, openAttempt(job).result, { evidence: at.evidence }, at.now),
  };
}

/**
 * Sending ended, in one of the four ways. From uncertain, that settles it: by what the provider says, or a person.
 * `event` says so to the audit trail.
 */
export function ended(job: OpenJob, at: { readonly now: number; readonly end: JobEnd; readonly facts?: AttemptFacts; readonly event: AuditEvent }): Job {
  const attempt = openAttempt(job);
  const providerSid = job.state === 'in_progress' ? job.providerSid : sidOfAttempt(attempt);
  const result: AttemptResult = { ...at.end, providerSid, endedAt: at.now };
  const next = {
    ...baseOf(job, at.now),
    dueAt: at.now + outboxPatience,
    outbox: [...job.outbox, at.event],
    attempts: withResult(job, result, at.facts ?? {}, at.now),
  };
  switch (at.end.kind) {
    case 'success':
    case 'cancelled':
      return { ...next, state: at.end.kind };
    case 'failed':
      return { ...next, state: 'failed', error: at.end.error };
    case 'uncertain': {
      const reconcileAt = nextReconciliation({ ...attempt, result }, at.now);
      return { ...next, state: 'uncertain', error: at.end.error, reconcileAt };
    }
  }
}

/** Cancelled before anything was sent, or with an attempt behind it of which no page went out. */
export function cancelled(job: QueuedJob | HeldJob, at: { readonly now: number; readonly event: AuditEvent }): CancelledJob {
  return {
    ...baseOf(job, at.now),
    state: 'cancelled',
    cancelRequestedAt: job.cancelRequestedAt ?? at.now,
    dueAt: at.now + outboxPatience,
    outbox: [...job.outbox, at.event],
  };
}

/** Somebody wants it cancelled while an attempt is under way: noted, and passed on to the provider by the sender. */
export function cancelNoted<J extends OpenJob>(job: J, at: { readonly now: number; readonly event: AuditEvent }): J {
  return {
    ...job,
    revision: job.revision + 1,
    updatedAt: at.now,
    cancelRequestedAt: job.cancelRequestedAt ?? at.now,
    dueAt: Math.min(job.dueAt ?? Infinity, at.now + nudgePatience),
    outbox: [...job.outbox, at.event],
  };
}

/** The provider heard the request to cancel; what became of it shows in the fax's own end. */
export function cancelPassedOn(job: InProgressJob, at: { readonly now: number; readonly evidence: string }): InProgressJob {
  return {
    ...job,
    revision: job.revision + 1,
    cancelPassedOnAt: at.now,
    attempts: withResult(job, openAttempt(job).result, { evidence: at.evidence }, at.now),
  };
}

/** Somebody wants the provider to be asked now. */
export function askedSooner<J extends InProgressJob | UncertainJob>(job: J, at: { readonly now: number; readonly event: AuditEvent }): J {
  const next = { ...job, revision: job.revision + 1, dueAt: at.now + nudgePatience, outbox: [...job.outbox, at.event] };
  return job.state === 'in_progress' ? { ...next, pollAt: at.now } : { ...next, reconcileAt: at.now };
}

/** A person knows what became of it. A fax that is to be sent again is a new job: this one has failed. */
export function settledByPerson(
  job: UncertainJob,
  at: { readonly now: number; readonly delivered: boolean; readonly evidence: string; readonly event: AuditEvent },
): Job {
  const end: JobEnd = at.delivered ? { kind: 'success' } : { kind: 'failed', error: 'not_delivered' };
  return ended(job, { now: at.now, end, facts: { evidence: at.evidence }, event: at.event });
}

/** Nothing can be sent now: the job waits and is looked at again at `dueAt`. */
export function held(job: QueuedJob | HeldJob, at: { readonly now: number; readonly reason: HoldReason; readonly dueAt: number }): HeldJob {
  return { ...baseOf(job, at.now), state: 'held', reason: at.reason, dueAt: at.dueAt };
}

/** The events stand in the audit log. A job that is over has nothing left to do. */
export function published<J extends Job>(job: J, events: readonly AuditEvent[]): J {
  const done = new Set(events.map((event) => event.event_id));
  const outbox = job.outbox.filter((event) => !done.has(event.event_id));
  const next = { ...job, revision: job.revision + 1, outbox };
  // What waits for its time is due then: that its acceptance had to be published made it due at another time.
  if (job.state === 'queued' && job.notBefore !== undefined && outbox.length === 0) return { ...next, dueAt: job.notBefore };
  if (outbox.length > 0 || !isEnded(job)) return next;
  return { ...next, dueAt: job.state === 'uncertain' ? job.reconcileAt : undefined };
}

/** True once nothing more is sent for a job. `uncertain` may still be settled. */
export function isEnded(job: Job): boolean {
  return isSettled(job) || job.state === 'uncertain';
}

/** True for the three states that absorb: nothing changes them any more. */
export function isSettled(job: Job): boolean {
  return job.state === 'success' || job.state === 'failed' || job.state === 'cancelled';
}

/** True while an attempt is open. */
export function isOpen(job: Job): job is OpenJob {
  return job.state === 'submitting' || job.state === 'in_progress' || job.state === 'uncertain';
}

/** The attempt that an open job is about. @throws Error for a damaged job: a claim adds it */
export function openAttempt(job: OpenJob): Attempt {
  const attempt = lastAttempt(job);
  if (attempt === undefined) throw new Error(`The job ${job.id} is ${job.state} without an attempt`);
  return attempt;
}

function dueOfUncertain(job: UncertainJob, reconcileAt: number | undefined, now: number): number | undefined {
  return job.outbox.length > 0 ? now + outboxPatience : reconcileAt;
}

function queuedAgain(job: OpenJob, at: { readonly now: number; readonly retryAt: number; readonly backend: string }, attempts: readonly Attempt[]): QueuedJob {
  return { ...baseOf(job, at.now), state: 'queued', backend: at.backend, notBefore: at.retryAt, dueAt: dueAfter(at.retryAt, at.now), attempts };
}

type Base = Omit<QueuedJob, 'state' | 'notBefore'>;

/** What jobs of all states have, as it is in the next revision. */
function baseOf(job: Job, now: number): Base {
  return {
    id: job.id,
    revision: job.revision + 1,
    owner: job.owner,
    to: job.to,
    backend: job.backend,
    providers: job.providers,
    document: job.document,
    fingerprint: job.fingerprint,
    createdBy: job.createdBy,
    sessionId: job.sessionId,
    sendAt: job.sendAt,
    cancelRequestedAt: job.cancelRequestedAt,
    cancelPassedOnAt: job.cancelPassedOnAt,
    resendOf: job.resendOf,
    resentAs: job.resentAs,
    notifyUrl: job.notifyUrl,
    createdAt: job.createdAt,
    updatedAt: now,
    attempts: job.attempts,
    dueAt: job.dueAt,
    outbox: job.outbox,
    forgetAt: job.forgetAt,
  };
}

function newAttempt(id: AttemptId, backend: string, startedAt: number): Attempt {
  return { id, backend, startedAt, result: { kind: 'submitting' }, cause: undefined, pages: undefined, cost: undefined, evidence: [] };
}

/** The attempts with another result of the open one, which is the last, and what else is known of it now. */
function withResult(job: OpenJob, result: AttemptResult, facts: AttemptFacts, now: number): readonly Attempt[] {
  const attempt = openAttempt(job);
  const evidence = facts.evidence === undefined ? attempt.evidence : withEvidence(attempt, { at: now, text: facts.evidence });
  const next: Attempt = { ...attempt, result, cause: facts.cause, pages: facts.pages ?? attempt.pages, cost: facts.cost ?? attempt.cost, evidence };
  return [...job.attempts.slice(0, -1), next];
}

/** The same said twice in a row stands once, with the time of the first. */
function withEvidence({ evidence }: Attempt, heard: Attempt['evidence'][number]): Attempt['evidence'] {
  return evidence.at(-1)?.text === heard.text ? evidence : [...evidence, heard].slice(-mostEvidence);
}
