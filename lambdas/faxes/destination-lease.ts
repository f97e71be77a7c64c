/**
 * One call at a time to a number: whoever is about to claim a job takes the lease of its destination first. Nobody gives it
 * back: it is free as soon as the job that it names shows that the attempt has ended. Pure.
 */
import { createHash } from 'node:crypto';
import type { AttemptId, FaxNumber, JobId } from '../contract/identifiers.js';
import type { Job } from './job.js';

export interface DestinationLease {
  /** `destination#<SHA-256 of the number>`: its key in the faxes table. */
  readonly id: string;
  readonly jobId: JobId;
  readonly attemptId: AttemptId;
  /** Epoch milliseconds. */
  readonly takenAt: number;
}

/** A call whose end nobody knows is taken for over after this long. */
const longestUnknownCall = 15 * 60_000;

export function leaseOf(to: FaxNumber, holder: { readonly jobId: JobId; readonly attemptId: AttemptId; readonly now: number }): DestinationLease {
  return { id: leaseIdOf(to), jobId: holder.jobId, attemptId: holder.attemptId, takenAt: holder.now };
}

export function leaseIdOf(to: FaxNumber): string {
  return `destination#${createHash('sha256').update(to).digest('hex')}`;
}

/**
 * True where the attempt that holds the lease makes no call any more.
 * @param holder the job that the lease names; undefined where it is forgotten
 * @param at.claimSeconds whoever took a lease and did not claim within this time is dead
 */
export function isStale(lease: DestinationLease, holder: Job | undefined, { now, claimSeconds }: { readonly now: number; readonly claimSeconds: number }): boolean {
  if (holder === undefined) return true;
  const attempt = holder.attempts.find(({ id }) => id === lease.attemptId);
  if (attempt === undefined) return lease.takenAt + claimSeconds * 1000 < now;
  switch (attempt.result.kind) {
    case 'submitting':
    case 'submitted':
      return false;
    case 'uncertain':
      // Where the provider has named the fax, it has also said that the call is over, or had six hours to.
      return attempt.result.providerSid !== undefined || attempt.startedAt + longestUnknownCall < now;
    case 'not_submitted':
    case 'success':
    case 'failed':
    case 'cancelled':
      return true;
  }
}

const soonest = 1_000;
const latest = 30_000;

/** How long to wait for the line, in milliseconds: until the holder is asked how it is doing, and half a minute at most. */
export function waitForLine(holder: Job | undefined, now: number, random: number): number {
  const untilAsked = holder?.state === 'in_progress' ? holder.pollAt - now : holder?.state === 'uncertain' ? latest : soonest;
  const least = Math.min(Math.max(untilAsked, soonest), latest / 2);
  // Spread, so that those who wait for the same line do not all come at once.
  return least + random * least;
}
