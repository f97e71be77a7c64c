/** Writes what became of an attempt, and says so in the audit trail. */
import { randomUUID } from 'node:crypto';
import { auditEvent, type AuditEvent } from '../audit/event.js';
import type { AttemptId, JobId } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import type { FailureCause } from '../providers/provider.js';
import type { AttemptFacts, Job, JobEnd } from './job.js';
import { afterFailure } from './redial.js';
import type { Sending } from './sending.js';
import { settleOutbox } from './settle-outbox.js';
import { ended, isOpen, openAttempt, redialled, type OpenJob } from './transitions.js';

/** A write is lost to somebody who noted something else about the job, such as a wish to cancel: more often than this, nobody does. */
const mostWrites = 5;

/**
 * Applies what the open attempt came to. Where somebody else wrote the job meanwhile it is decided anew, as long as the
 * attempt is still open, and unless it was heard meanwhile that the provider has the fax: that is known better then.
 * @param decide the job's next revision; undefined where this changes nothing any more
 * @returns the job as it was written; undefined where nothing was
 */
export async function settle(job: OpenJob, attemptId: AttemptId, decide: (current: OpenJob) => Job | undefined, { store }: Pick<Sending, 'store'>): Promise<Job | undefined> {
  let current: Job | undefined = job;
  for (let write = 0; write < mostWrites; write += 1) {
    if (current === undefined || !isOpen(current) || openAttempt(current).id !== attemptId) return undefined;
    if (current.state === 'in_progress' && job.state !== 'in_progress') return undefined;
    const next = decide(current);
    if (next === undefined) return undefined;
    if (await store.replace(next)) return next;
    current = await store.find(job.id);
  }
  throw new Error(`The job ${job.id} is written by others all the time`);
}

/** Ends the attempt and its job. */
export async function end(job: OpenJob, how: JobEnd, facts: AttemptFacts, sending: Sending): Promise<void> {
  const now = sending.clock();
  const next = await settle(
    job,
    openAttempt(job).id,
    (current) => (current.state === 'uncertain' && how.kind === 'uncertain' ? undefined : ended(current, { now, end: how, facts, event: endEvent(current, how, now) })),
    sending,
  );
  if (next !== undefined) await publishOutbox(next, sending);
}

/** The provider is certain that no page went out: it is dialled again, given to another provider, or over. */
export async function fail(job: OpenJob, { cause, error, facts }: { readonly cause: FailureCause; readonly error: string; readonly facts: AttemptFacts }, sending: Sending): Promise<void> {
  const now = sending.clock();
  const [rules, configured] = await Promise.all([sending.redialRules(), configuredProviders(job, sending)]);
  const next = await settle(
    job,
    openAttempt(job).id,
    (current) => {
      const after = afterFailure(current, cause, { now, rules, configured });
      if (after.kind === 'again') return redialled(current, { now, error, facts: { ...facts, cause }, retryAt: after.retryAt, backend: after.backend });
      const how: JobEnd = { kind: 'failed', error };
      return ended(current, { now, end: how, facts: { ...facts, cause }, event: endEvent(current, how, now) });
    },
    sending,
  );
  if (next?.state === 'queued') return nudgeAt(next.id, next.notBefore ?? now, sending);
  if (next !== undefined) await publishOutbox(next, sending);
}

/** Which of the job's providers can be used now. */
export async function configuredProviders(job: Job, { providers }: Pick<Sending, 'providers'>): Promise<readonly string[]> {
  const found = await Promise.all(job.providers.map(async (id) => ((await providers.find(id)) === undefined ? [] : [id])));
  return found.flat();
}

/** What the audit trail says of an end. */
export function endEvent(job: Job, how: JobEnd, now: number): AuditEvent {
  const error = how.kind === 'failed' || how.kind === 'uncertain' ? { error: how.error } : {};
  return auditEvent(
    { event: 'job_updated', job_id: job.id, state: how.kind, backend: job.backend, ...error },
    { actor: { type: 'system' } },
    { id: randomUUID(), now },
    how.kind === 'success' ? 'success' : how.kind === 'uncertain' ? 'uncertain' : 'failed',
  );
}

export function publishOutbox(job: Job, { publish, announce, store, nudge }: Sending): Promise<void> {
  return settleOutbox(job, { publish, announce, store, nudge: (id) => nudge(id, 0) });
}

/** The job's due time is its schedule; the message only makes it sooner. */
export async function nudgeAt(id: JobId, time: number, { nudge, clock }: Pick<Sending, 'nudge' | 'clock'>): Promise<void> {
  try {
    await nudge(id, Math.max(0, (time - clock()) / 1000));
  } catch (error) {
    log.warn('A nudge is left to the sweeper', { job_id: id, reason: String(error) });
  }
}
