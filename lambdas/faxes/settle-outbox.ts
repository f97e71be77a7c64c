/** Finishes what was decided in a job's write: the job that sends it again, and its audit events. Safe to run twice at once. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { AnnounceOutcomes } from '../outcomes/announce-outcomes.js';
import type { JobId } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import { nudgeOrLeave } from './commit-job.js';
import type { Job } from './job.js';
import type { JobStore } from './job-store.js';
import { sendingAgain } from './send-again.js';
import { published } from './transitions.js';

export interface OutboxSettling {
  readonly store: Pick<JobStore, 'create' | 'replace'>;
  readonly publish: PublishAudit;
  readonly announce: AnnounceOutcomes;
  readonly nudge: (id: JobId) => Promise<void>;
}

/** @throws Error where the table or the trail takes nothing: the outbox stays, and leads the sweeper to the job */
export async function settleOutbox(job: Job, { store, publish, announce, nudge }: OutboxSettling): Promise<void> {
  if (job.outbox.length === 0) return;
  const again = sendingAgain(job);
  if (again !== undefined && (await store.create(again))) await nudgeOrLeave(again.id, nudge);
  await publish(job.outbox);
  await announce(job, job.outbox);
  await store.replace(published(job, job.outbox));
}

/** The same, for a caller whose answer must not wait for a second chance. */
export async function settleOutboxOrLeave(job: Job, settling: OutboxSettling): Promise<void> {
  try {
    await settleOutbox(job, settling);
  } catch (error) {
    log.warn('What a change of a job brings with it is left to the sender', { job_id: job.id, reason: String(error) });
  }
}
