/**
 * What a provider reports is a hint: the provider is asked, and what it then says counts. So a report that comes twice, late,
 * out of order or from a liar changes nothing that asking would not have changed.
 */
import { log } from '../platform/log.js';
import { applyStatus, askProvider } from './follow.js';
import { jobIdOf, type Heard } from './heard.js';
import { sidOfAttempt, type Job } from './job.js';
import type { Sending } from './sending.js';
import { settle } from './settle.js';
import { isOpen, openAttempt, submitted } from './transitions.js';

/** A report can come before what it is about can be read: it is kept for so long. */
const keptFor = 15 * 60_000;
const laterSeconds = 30;

export async function hear(heard: Heard, sending: Sending): Promise<void> {
  const job = await sending.store.find(jobIdOf(heard.attemptId));
  const attempt = job?.attempts.find(({ id }) => id === heard.attemptId);
  if (job === undefined || attempt === undefined) return keep(heard, sending);
  const sid = sidOfAttempt(attempt);
  if (attempt.backend !== heard.provider || (sid !== undefined && sid !== heard.providerSid)) {
    log.warn('A report does not match its attempt', { attempt_id: attempt.id, provider: heard.provider });
    return;
  }
  if (!isOpen(job) || openAttempt(job).id !== attempt.id) {
    log.info('A report is about an attempt that is over', { attempt_id: attempt.id });
    return;
  }
  const known = await withSid(job, heard, sending);
  if (known?.state !== 'in_progress' && known?.state !== 'uncertain') return;
  const provider = await sending.providers.find(heard.provider);
  if (provider?.status !== undefined) return askProvider(known, heard.providerSid, sending);
  if (heard.reported !== undefined) return applyStatus(known, heard.reported, 'reported', sending);
}

/** The job once its attempt has the provider's id: a report may come before the answer to the hand-over. */
async function withSid(job: Job, { attemptId, providerSid }: Heard, sending: Sending): Promise<Job | undefined> {
  if (job.state === 'in_progress' || !isOpen(job) || sidOfAttempt(openAttempt(job)) !== undefined) return job;
  const now = sending.clock();
  const written = await settle(
    job,
    attemptId,
    (current) => (current.state === 'in_progress' ? undefined : submitted(current, { now, providerSid, pollAt: now, evidence: 'The provider reports that it has it' })),
    sending,
  );
  return written ?? sending.store.find(job.id);
}

async function keep(heard: Heard, { hearLater, clock }: Sending): Promise<void> {
  if (clock() - heard.at > keptFor) {
    log.warn('A report names an attempt that does not exist', { attempt_id: heard.attemptId, provider: heard.provider });
    return;
  }
  await hearLater(heard, laterSeconds);
}
