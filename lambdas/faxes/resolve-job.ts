/** The use case behind `POST /admin/fax-jobs/{id}/resolve`: a person says what became of an uncertain fax. */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import { auditEvent } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import type { resolveFaxJobSchema } from '../contract/fax-change-schemas.js';
import { actorOf } from '../platform/caller.js';
import { changeJob, type ChangeRequest, type JobChanging } from './change-job.js';
import type { Job, UncertainJob } from './job.js';
import { documentKeyOf, idOfSendingAgain } from './new-job.js';
import { settledByPerson } from './transitions.js';

export interface JobResolving extends JobChanging {
  /** @throws ContractError document_gone */
  readonly copyDocument: (from: string, to: string) => Promise<void>;
}

export interface ResolveRequest extends ChangeRequest {
  readonly body: z.output<typeof resolveFaxJobSchema>;
}

const words = { delivered: 'delivered', not_delivered: 'not delivered', send_again: 'not delivered, to be sent again' };

/**
 * Settles an uncertain fax. To send it again, its document is copied first; then one write settles it and names the new
 * job; then that is made, here or, after a crash, by the sender. The new job's id comes from the revision that was decided
 * on, so one decision makes one job.
 * @throws ContractError job_not_found, job_not_uncertain, document_gone, job_conflict
 */
export function resolveJob(request: ResolveRequest, resolving: JobResolving): Promise<Job> {
  return changeJob(request, resolving, async (job) => {
    if (job.state !== 'uncertain') throw new ContractError('job_not_uncertain');
    const resentAs = request.body.outcome === 'send_again' ? idOfSendingAgain(job) : undefined;
    if (resentAs !== undefined) await resolving.copyDocument(job.document.key, documentKeyOf(resentAs, job.document));
    return settled(job, resentAs, request);
  });
}

function settled(job: UncertainJob, resentAs: Job['resentAs'], { body, caller, origin, now }: ResolveRequest): Job {
  const note = body.note === undefined || body.note.trim() === '' ? undefined : withoutNumbers(body.note.trim());
  const event = auditEvent(
    {
      event: 'job_resolved',
      job_id: job.id,
      resolution: body.outcome,
      backend: job.backend,
      ...(note === undefined ? {} : { note }),
      ...(resentAs === undefined ? {} : { resent_as: resentAs }),
    },
    { actor: actorOf(caller), origin },
    { id: randomUUID(), now },
  );
  const evidence = `An administrator: ${words[body.outcome]}${note === undefined ? '' : `. ${note}`}`;
  return { ...settledByPerson(job, { now, delivered: body.outcome === 'delivered', evidence, event }), resentAs };
}

/** No whole number stands in the trail, whatever somebody writes. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\+?\d[\d ()./-]{5,}\d/g, (number) => number.slice(0, -2).replaceAll(/\d/g, '*') + number.slice(-2));
}
