/** Takes the lease of a destination, over a holder whose call is over where need be. */
import type { AttemptId } from '../contract/identifiers.js';
import { isStale, leaseOf } from './destination-lease.js';
import type { DestinationLeaseStore } from './destination-lease-store.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';

export interface TakingDestination {
  readonly store: Pick<JobStore, 'find'>;
  readonly leases: DestinationLeaseStore;
  readonly claimSeconds: number;
}

export type Taking =
  | { readonly kind: 'taken' }
  /** Another attempt has the line. `job`: whose it is, where that is known. */
  | { readonly kind: 'busy'; readonly job: Job | undefined };

/** The same attempt may take it again: a message comes twice. */
export async function takeDestination(job: Job, attemptId: AttemptId, now: number, { store, leases, claimSeconds }: TakingDestination): Promise<Taking> {
  const mine = leaseOf(job.to, { jobId: job.id, attemptId, now });
  const current = await leases.find(mine.id);
  if (current?.attemptId === attemptId && now < current.takenAt + claimSeconds * 500) return { kind: 'taken' };
  if (current !== undefined && current.attemptId !== attemptId) {
    const holder = await store.find(current.jobId);
    if (!isStale(current, holder, { now, claimSeconds })) return { kind: 'busy', job: holder };
  }
  if (await leases.take(mine, current)) return { kind: 'taken' };
  // Another message for the same attempt may have been quicker; which of the two sends, the claim decides.
  return (await leases.find(mine.id))?.attemptId === attemptId ? { kind: 'taken' } : { kind: 'busy', job: undefined };
}
