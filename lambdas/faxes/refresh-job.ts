/** The use case behind `POST /admin/fax-jobs/{id}/refresh`: the sender asks the provider now, not at its own time. */
import { randomUUID } from 'node:crypto';
import { auditEvent } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { actorOf } from '../platform/caller.js';
import { changeJob, type ChangeRequest, type JobChanging } from './change-job.js';
import type { Job } from './job.js';
import { askedSooner } from './transitions.js';

export interface JobRefreshing extends JobChanging {
  /** False for a provider that only reports by itself. */
  readonly canBeAsked: (provider: string) => Promise<boolean>;
}

/**
 * Where the provider has the fax, or may have it, it is asked now. In any other state nothing changes.
 * @throws ContractError job_not_found, no_status_call, job_conflict
 */
export function refreshJob(request: ChangeRequest, refreshing: JobRefreshing): Promise<Job> {
  const { caller, origin, now } = request;
  return changeJob(request, refreshing, async (current) => {
    if (current.state !== 'in_progress' && current.state !== 'uncertain') return undefined;
    if (!(await refreshing.canBeAsked(current.backend))) throw new ContractError('no_status_call');
    const event = auditEvent({ event: 'job_refreshed', job_id: current.id, backend: current.backend }, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
    return askedSooner(current, { now, event });
  });
}
