/** What a nudge (an SQS message, or the sweeper) asks of a job, decided from the job alone. Pure. */
import type { HeldJob, InProgressJob, Job, QueuedJob, SubmittingJob, UncertainJob } from './job.js';

export type NextStep =
  | { readonly kind: 'claim'; readonly job: QueuedJob | HeldJob }
  | { readonly kind: 'hold'; readonly job: QueuedJob | HeldJob }
  /** Held, and not to be sent before a later time. */
  | { readonly kind: 'wait'; readonly job: HeldJob; readonly until: number }
  /** A claim ran out: whether the provider got the fax is not known, so it is never sent again by itself. */
  | { readonly kind: 'give-up-claim'; readonly job: SubmittingJob }
  | { readonly kind: 'ask-provider'; readonly job: InProgressJob }
  /** The provider has not come to an end within its deadline. */
  | { readonly kind: 'give-up-waiting'; readonly job: InProgressJob }
  /** Somebody wants it cancelled, and the provider does not know that yet. */
  | { readonly kind: 'pass-on-cancel'; readonly job: InProgressJob }
  /** What became of it may be known by now. */
  | { readonly kind: 'reconcile'; readonly job: UncertainJob }
  | { readonly kind: 'publish'; readonly job: Job }
  | { readonly kind: 'nothing' };

/** A fax that a provider has not ended after this long is settled by a person. */
export const waitingDeadline = 6 * 60 * 60_000;

/** A nudge may come a little before its time: clocks differ. */
const tolerance = 1_000;

/** Decides at `now` (epoch milliseconds). A duplicate or late message finds nothing to do. */
export function nextStep(job: Job, { now, sending }: { readonly now: number; readonly sending: 'on' | 'off' }): NextStep {
  switch (job.state) {
    case 'queued':
      if (Math.max(job.notBefore ?? 0, job.sendAt ?? 0) > now + tolerance) return job.outbox.length > 0 ? { kind: 'publish', job } : { kind: 'nothing' };
      return { kind: sending === 'on' ? 'claim' : 'hold', job };
    case 'held':
      if (sending === 'on' && job.sendAt !== undefined && job.sendAt > now + tolerance) return { kind: 'wait', job, until: job.sendAt };
      return { kind: sending === 'on' ? 'claim' : 'hold', job };
    case 'submitting':
      return job.claimExpiresAt <= now ? { kind: 'give-up-claim', job } : { kind: 'nothing' };
    case 'in_progress':
      if (job.cancelRequestedAt !== undefined && job.cancelPassedOnAt === undefined) return { kind: 'pass-on-cancel', job };
      if (job.pollAt > now + tolerance) return { kind: 'nothing' };
      return { kind: now - startOf(job) > waitingDeadline ? 'give-up-waiting' : 'ask-provider', job };
    case 'uncertain':
      if (job.reconcileAt !== undefined && job.reconcileAt <= now + tolerance) return { kind: 'reconcile', job };
      return job.outbox.length > 0 ? { kind: 'publish', job } : { kind: 'nothing' };
    case 'success':
    case 'failed':
    case 'cancelled':
      return job.outbox.length > 0 ? { kind: 'publish', job } : { kind: 'nothing' };
  }
}

function startOf(job: InProgressJob): number {
  return job.attempts.find((attempt) => attempt.id === job.attemptId)?.startedAt ?? job.createdAt;
}
