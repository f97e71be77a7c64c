/** The job that a person's "send again" stands for. Pure: the settled job and its event say all of it. */
import type { Actor, AuditEvent } from '../audit/event.js';
import type { Job } from './job.js';
import { documentKeyOf, fingerprintOf, newJob } from './new-job.js';

/**
 * The new job, as long as the decision stands in the old one's outbox: whoever comes to publish it sees first to this. The
 * id is that of the decision, so that however many come, one job is made.
 */
export function sendingAgain(job: Job): Job | undefined {
  const decision = job.outbox.find((event) => event.event === 'job_resolved');
  if (decision === undefined || job.resentAs === undefined) return undefined;
  const id = job.resentAs;
  return newJob({
    id,
    owner: job.owner,
    to: job.to,
    providers: [job.backend, ...job.providers.filter((provider) => provider !== job.backend)],
    document: { ...job.document, key: documentKeyOf(id, job.document) },
    fingerprint: fingerprintOf('again', job.id, id),
    ...creatorOfEvent(decision.actor),
    sendAt: undefined,
    resendOf: job.id,
    notifyUrl: job.notifyUrl,
    now: Date.parse(decision.ts),
    // Where sending is off, the sender holds it.
    sending: 'on',
    retentionSeconds: job.forgetAt - Math.floor((job.sendAt ?? job.createdAt) / 1000),
    by: { actor: decision.actor, ...originOfEvent(decision) },
  });
}

function creatorOfEvent(actor: Actor): { readonly createdBy: string; readonly sessionId: string | undefined } {
  switch (actor.type) {
    case 'key':
      return { createdBy: actor.key_id, sessionId: undefined };
    case 'session':
      return { createdBy: actor.key_id ?? 'bootstrap', sessionId: actor.session_id };
    case 'bootstrap':
    case 'anonymous':
    case 'system':
      return { createdBy: actor.type, sessionId: undefined };
  }
}

function originOfEvent({ source_ip, user_agent, request_id, method, route }: AuditEvent): Pick<Parameters<typeof newJob>[0]['by'], 'origin'> {
  if (source_ip === undefined || user_agent === undefined || request_id === undefined || method === undefined || route === undefined) return {};
  return { origin: { source_ip, user_agent, request_id, method, route } };
}
