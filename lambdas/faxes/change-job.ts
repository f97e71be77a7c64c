/** How a person's wish changes a job that senders work on meanwhile: decided anew on each revision, until one write wins. */
import type { Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { seesOwner, type KeyCaller } from '../platform/caller.js';
import { nudgeOrLeave } from './commit-job.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';
import { findJob } from './read-faxes.js';
import { settleOutboxOrLeave, type OutboxSettling } from './settle-outbox.js';
import { isSettled } from './transitions.js';

export interface ChangeRequest {
  readonly caller: KeyCaller;
  readonly id: string;
  readonly origin: Origin;
  readonly now: number;
}

export interface JobChanging extends OutboxSettling {
  readonly store: Pick<JobStore, 'find' | 'create' | 'replace'>;
}

/** A job has a handful of writers at a time: whoever loses this often finds something wrong. */
const mostTries = 10;

/**
 * Changes a job of an owner that the caller sees. `decide` gives the next revision, or undefined where all is as wished.
 * The outbox is settled and the sender nudged before the answer; a crash leaves both to the sweeper.
 * @throws ContractError job_not_found, job_conflict, and whatever `decide` refuses with
 */
export async function changeJob(request: Pick<ChangeRequest, 'caller' | 'id'>, changing: JobChanging, decide: (job: Job) => Job | undefined | Promise<Job | undefined>): Promise<Job> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const job = await findOwnJob(request, changing.store);
    const next = await decide(job);
    if (next === undefined) return job;
    if ((await changing.store.replace(next)) || (await isWritten(next, changing.store))) {
      await settleOutboxOrLeave(next, changing);
      if (!isSettled(next)) await nudgeOrLeave(next.id, changing.nudge);
      return next;
    }
  }
  throw new ContractError('job_conflict');
}

/** @throws ContractError job_not_found, also for a job of an owner that the caller does not see */
export async function findOwnJob({ caller, id }: Pick<ChangeRequest, 'caller' | 'id'>, store: Pick<JobStore, 'find'>): Promise<Job> {
  const job = await findJob(id, store);
  if (!seesOwner(caller, job.owner)) throw new ContractError('job_not_found');
  return job;
}

/** A write whose answer was lost is tried again, and then fails its condition by itself: its own event tells. */
async function isWritten(next: Job, store: Pick<JobStore, 'find'>): Promise<boolean> {
  const mine = next.outbox.at(-1)?.event_id;
  const current = await store.find(next.id);
  return mine !== undefined && current?.revision === next.revision && current.outbox.some((event) => event.event_id === mine);
}
