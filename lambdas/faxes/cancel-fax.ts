/** The use case behind `POST /fax/{id}/cancel`. */
import { randomUUID } from 'node:crypto';
import { auditEvent, type AuditEvent } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { actorOf } from '../platform/caller.js';
import { changeJob, type ChangeRequest, type JobChanging } from './change-job.js';
import type { Job } from './job.js';
import { cancelNoted, cancelled } from './transitions.js';

/**
 * What nobody has been asked to send is cancelled at once. What a provider has, or may have, is noted: it is cancelled when
 * the provider says so, and may still arrive. Asked again, the answer is the same.
 * @throws ContractError job_not_found, job_ended, job_conflict
 */
export function cancelFax(request: ChangeRequest, changing: JobChanging): Promise<Job> {
  return changeJob(request, changing, (job) => {
    switch (job.state) {
      case 'cancelled':
        return undefined;
      case 'success':
      case 'failed':
        throw new ContractError('job_ended');
      case 'queued':
      case 'held':
        return cancelled(job, { now: request.now, event: cancelEvent(job, 'job_cancelled', request) });
      case 'submitting':
      case 'in_progress':
      case 'uncertain':
        return job.cancelRequestedAt === undefined ? cancelNoted(job, { now: request.now, event: cancelEvent(job, 'job_cancel_requested', request) }) : undefined;
    }
  });
}

function cancelEvent(job: Job, event: 'job_cancelled' | 'job_cancel_requested', { caller, origin, now }: ChangeRequest): AuditEvent {
  return auditEvent({ event, job_id: job.id, state: job.state, backend: job.backend }, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
}
