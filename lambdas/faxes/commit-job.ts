/** Puts a new job into the table and tells the sender. After that, no crash loses the fax. */
import { ContractError } from '../contract/errors.js';
import type { JobId } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';

export interface JobCommit {
  readonly store: Pick<JobStore, 'find' | 'create'>;
  readonly nudge: (id: JobId) => Promise<void>;
  /** Of a job that lost against another one of its id; without it, the bucket's lifecycle rule takes the document. */
  readonly deleteDocument?: (key: string) => Promise<void>;
}

/**
 * The job; or, where its id came from an Idempotency-Key that was used before, the job of then.
 * @throws ContractError idempotency_conflict
 */
export async function commitJob(job: Job, { store, nudge, deleteDocument }: JobCommit): Promise<Job> {
  if (!(await store.create(job))) {
    const first = await store.find(job.id);
    if (first === undefined) throw new ContractError('internal_error', { internal: `The job ${job.id} exists and is not found` });
    if (first.document.key !== job.document.key) await deleteDocument?.(job.document.key);
    if (first.fingerprint !== job.fingerprint) throw new ContractError('idempotency_conflict');
    return first;
  }
  await nudgeOrLeave(job.id, nudge);
  return job;
}

/** Nudges; where that fails, the job's due time leads the sweeper to it. */
export async function nudgeOrLeave(id: JobId, nudge: (id: JobId) => Promise<void>): Promise<void> {
  try {
    await nudge(id);
  } catch (error) {
    log.warn('A nudge is left to the sweeper', { job_id: id, reason: String(error) });
  }
}
