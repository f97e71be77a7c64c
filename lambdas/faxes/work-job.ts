/** The sender's use case: look at one job, decide its next step, do it. */
import { randomUUID } from 'node:crypto';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type AuditEvent } from '../audit/event.js';
import type { JobId } from '../contract/identifiers.js';
import { log } from '../platform/log.js';
import type { FaxProvider, ProviderStatus, SubmissionOutcome } from '../providers/provider.js';
import type { OpenDocument } from './document-reader.js';
import { attemptIdOf } from './job-item.js';
import type { HeldJob, InProgressJob, Job, JobEnd, QueuedJob, SubmittingJob } from './job.js';
import type { JobStore } from './job-store.js';
import { nextStep } from './next-step.js';
import { settleOutbox } from './settle-outbox.js';
import { claim, ended, held, released, stillInProgress, submitted } from './transitions.js';

export interface Sending {
  readonly store: JobStore;
  readonly provider: FaxProvider;
  readonly openDocument: (key: string) => Promise<OpenDocument>;
  /** An address of a document that works for an hour. */
  readonly documentUrl: (key: string) => URL;
  readonly nudge: (id: JobId, delaySeconds: number) => Promise<void>;
  readonly publish: PublishAudit;
  readonly sending: 'on' | 'off';
  readonly claimSeconds: number;
  readonly clock: () => number;
}

/** A held job is looked at again after this long. */
const holdPatience = 300_000;

/** A provider that could not be reached is tried again after this long. */
const retryDelay = 30_000;

/** The hand-over to a provider is given up at this share of the claim, so that nobody else can hold the job meanwhile. */
const shareOfClaim = 0.6;

/** Does whatever the job needs now. A duplicate, late or unknown message changes nothing. */
export async function workJob(id: JobId, sending: Sending): Promise<void> {
  const job = await sending.store.find(id);
  if (job === undefined) {
    log.warn('A nudge names a job that does not exist (any more)', { job_id: id });
    return;
  }
  const step = nextStep(job, { now: sending.clock(), sending: sending.sending });
  switch (step.kind) {
    case 'claim':
      return sendOnce(step.job, sending);
    case 'ask-provider':
      return askProvider(step.job, sending);
    case 'give-up-claim':
      return end(step.job, { kind: 'uncertain', error: 'The sender ended in the middle of handing the fax over' }, sending);
    case 'give-up-waiting':
      return end(step.job, { kind: 'uncertain', error: 'The provider reported no end in time' }, sending);
    case 'hold':
      await sending.store.replace(held(step.job, { now: sending.clock(), reason: 'sending_off', dueAt: sending.clock() + holdPatience }));
      return;
    case 'publish':
      return publishOutbox(step.job, sending);
    case 'nothing':
      return;
  }
}

/** Claims the job and hands it over: the only place from which a fax leaves. */
async function sendOnce(job: QueuedJob | HeldJob, sending: Sending): Promise<void> {
  const { store, clock, claimSeconds } = sending;
  // Opened first: a document that can't be read is no attempt, and the message comes back.
  const document = await sending.openDocument(job.document.key);
  const attemptId = attemptIdOf(job.id, job.attempts.length + 1);
  const claimed = claim(await withAcceptancePublished(job, sending), { now: clock(), attemptId, claimSeconds });
  if (!(await store.replace(claimed))) {
    document.stream.destroy();
    return;
  }
  const outcome = await handOver(claimed, document, sending);
  document.stream.destroy();
  await settleHandOver(claimed, outcome, sending);
}

async function handOver(job: SubmittingJob, document: OpenDocument, { provider, documentUrl, clock, claimSeconds }: Sending): Promise<SubmissionOutcome> {
  const signal = AbortSignal.timeout(claimSeconds * 1000 * shareOfClaim);
  try {
    return await provider.send({
      attemptId: job.attemptId,
      to: job.to,
      pages: job.document.pages,
      document,
      documentUrl: () => documentUrl(job.document.key),
      callbackUrl: undefined,
      signal,
      now: clock(),
    });
  } catch (error) {
    log.error('The provider adapter failed', error instanceof Error ? error : new Error(String(error)));
    return { kind: 'uncertain', error: 'The hand-over to the provider failed' };
  }
}

async function settleHandOver(job: SubmittingJob, outcome: SubmissionOutcome, sending: Sending): Promise<void> {
  const now = sending.clock();
  switch (outcome.kind) {
    case 'submitted': {
      const pollAt = now + outcome.pollAfterSeconds * 1000;
      const answer = { now, providerSid: outcome.providerSid, pollAt };
      if ((await sending.store.replace(submitted(job, answer))) || (await settleLate(job, answer, sending))) {
        await nudgeLater(job.id, outcome.pollAfterSeconds, sending);
      }
      return;
    }
    case 'not_connected':
      await sending.store.replace(released(job, { now, error: outcome.error, cause: 'not_connected', retryAt: now + retryDelay, backend: job.backend }));
      return nudgeLater(job.id, retryDelay / 1000, sending);
    case 'throttled':
      await sending.store.replace(released(job, { now, error: outcome.error, cause: 'throttled', retryAt: now + outcome.retryAfterSeconds * 1000, backend: job.backend }));
      return nudgeLater(job.id, outcome.retryAfterSeconds, sending);
    case 'refused':
      return end(job, { kind: 'failed', error: outcome.error }, sending);
    case 'uncertain':
      return end(job, outcome, sending);
  }
}

/** The claim ran out while the provider took its time: its answer still settles what became uncertain meanwhile. */
async function settleLate(job: SubmittingJob, answer: { readonly now: number; readonly providerSid: string; readonly pollAt: number }, { store }: Sending): Promise<boolean> {
  const current = await store.find(job.id);
  if (current?.state !== 'uncertain' || current.attempts.at(-1)?.id !== job.attemptId) return false;
  return store.replace(submitted(current, answer));
}

async function askProvider(job: InProgressJob, sending: Sending): Promise<void> {
  const { provider } = sending;
  const status = provider.status === undefined ? { kind: 'in_progress' as const, pollAfterSeconds: holdPatience / 1000 } : await provider.status(job.providerSid, sending.clock());
  if (status.kind !== 'in_progress') return end(job, endOf(status), sending);
  const now = sending.clock();
  if (await sending.store.replace(stillInProgress(job, { now, pollAt: now + status.pollAfterSeconds * 1000 }))) {
    await nudgeLater(job.id, status.pollAfterSeconds, sending);
  }
}

function endOf(status: Exclude<ProviderStatus, { kind: 'in_progress' }>): JobEnd {
  switch (status.kind) {
    case 'success':
    case 'cancelled':
      return { kind: status.kind };
    case 'uncertain':
      return status;
    case 'failed':
    case 'partial':
      return { kind: 'failed', error: status.error };
  }
}

async function end(job: SubmittingJob | InProgressJob, how: JobEnd, sending: Sending): Promise<void> {
  const now = sending.clock();
  const next = ended(job, { now, end: how, event: endEvent(job, how, now) });
  if (await sending.store.replace(next)) await publishOutbox(next, sending);
}

function endEvent(job: Job, how: JobEnd, now: number): AuditEvent {
  const error = how.kind === 'failed' || how.kind === 'uncertain' ? { error: how.error } : {};
  return auditEvent(
    { event: 'job_updated', job_id: job.id, state: how.kind, backend: job.backend, ...error },
    { actor: { type: 'system' } },
    { id: randomUUID(), now },
    how.kind === 'success' ? 'success' : how.kind === 'uncertain' ? 'uncertain' : 'failed',
  );
}

/** Publishes what the job's acceptance left, so that the claim can take it off in its own write. Sending never waits for it. */
async function withAcceptancePublished<J extends QueuedJob | HeldJob>(job: J, { publish }: Sending): Promise<J> {
  try {
    await publish(job.outbox);
    return { ...job, outbox: [] };
  } catch (error) {
    log.warn('Audit events stay with their job for now', { job_id: job.id, reason: String(error) });
    return job;
  }
}

function publishOutbox(job: Job, { publish, store, nudge }: Sending): Promise<void> {
  return settleOutbox(job, { publish, store, nudge: (id) => nudge(id, 0) });
}

/** The job's due time is its schedule; the message only makes it sooner. */
async function nudgeLater(id: JobId, delaySeconds: number, { nudge }: Sending): Promise<void> {
  try {
    await nudge(id, delaySeconds);
  } catch (error) {
    log.warn('A nudge is left to the sweeper', { job_id: id, reason: String(error) });
  }
}
