/** Claims a job and hands it to its provider: the only place from which a fax leaves. */
import { log } from '../platform/log.js';
import type { FaxProvider, SubmissionOutcome } from '../providers/provider.js';
import { waitForLine } from './destination-lease.js';
import type { OpenDocument } from './document-reader.js';
import { attemptIdOf } from './job-item.js';
import type { HeldJob, HoldReason, Job, JobEnd, QueuedJob, SubmittingJob } from './job.js';
import { afterRelease } from './redial.js';
import type { Sending } from './sending.js';
import { configuredProviders, end, endEvent, fail, nudgeAt, publishOutbox, settle } from './settle.js';
import { takeDestination } from './take-destination.js';
import { claim, ended, held, postponed, released, submitted, type OpenJob } from './transitions.js';

/** A held job is looked at again after this long. */
const holdPatience = 300_000;

/** The hand-over to a provider is given up at this share of the claim, so that nobody else can hold the job meanwhile. */
const shareOfClaim = 0.6;

/** One attempt at most. A duplicate loses the claim and sends nothing. */
export async function sendOnce(job: QueuedJob | HeldJob, sending: Sending): Promise<void> {
  const { store, clock, claimSeconds } = sending;
  const provider = await sending.providers.find(job.backend);
  if (provider === undefined) return hold(job, 'provider_not_configured', sending);
  const attemptId = attemptIdOf(job.id, job.attempts.length + 1);
  const line = await takeDestination(job, attemptId, clock(), sending);
  if (line.kind === 'busy') return waitFor(line.job, job, sending);
  // Opened first: a document that can't be read is no attempt, and the message comes back.
  const document = await sending.openDocument(job.document.key);
  const claimed = claim(await withAcceptancePublished(job, sending), { now: clock(), attemptId, claimSeconds });
  if (!(await store.replace(claimed))) {
    document.stream.destroy();
    return;
  }
  const outcome = await handOver(claimed, provider, document, sending);
  document.stream.destroy();
  await settleHandOver(claimed, outcome, sending);
}

/** Nothing can be sent now. */
export async function hold(job: QueuedJob | HeldJob, reason: HoldReason, { store, clock }: Sending): Promise<void> {
  const now = clock();
  await store.replace(held(job, { now, reason, dueAt: Math.max(now + holdPatience, job.sendAt ?? 0) }));
}

/** Another fax is on its way to the same number. */
async function waitFor(holder: Job | undefined, job: QueuedJob | HeldJob, sending: Sending): Promise<void> {
  const now = sending.clock();
  const notBefore = now + waitForLine(holder, now, sending.random());
  if (await sending.store.replace(postponed(job, { now, notBefore }))) await nudgeAt(job.id, notBefore, sending);
}

async function handOver(job: SubmittingJob, provider: FaxProvider, document: OpenDocument, { documentUrl, callbackUrl, clock, claimSeconds }: Sending): Promise<SubmissionOutcome> {
  const signal = AbortSignal.timeout(claimSeconds * 1000 * shareOfClaim);
  try {
    return await provider.send({
      attemptId: job.attemptId,
      to: job.to,
      pages: job.document.pages,
      document,
      documentUrl: () => documentUrl(job.document.key),
      callbackUrl: provider.readWebhook === undefined ? undefined : callbackUrl(provider.id, job.attemptId),
      signal,
      now: clock(),
    });
  } catch (error) {
    log.error('The provider adapter failed', error instanceof Error ? error : new Error(String(error)));
    return { kind: 'uncertain', error: 'The hand-over to the provider failed' };
  }
}

async function settleHandOver(job: SubmittingJob, outcome: SubmissionOutcome, sending: Sending): Promise<void> {
  switch (outcome.kind) {
    case 'submitted':
      return taken(job, outcome, sending);
    case 'not_connected':
    case 'throttled':
      return release(job, outcome, sending);
    case 'refused':
      return fail(job, { cause: outcome.cause, error: outcome.error, facts: {} }, sending);
    case 'uncertain':
      return end(job, outcome, {}, sending);
  }
}

/** Also where the claim ran out while the provider took its time, or its report came first. */
async function taken(job: SubmittingJob, { providerSid, pollAfterSeconds }: { readonly providerSid: string; readonly pollAfterSeconds: number }, sending: Sending): Promise<void> {
  const now = sending.clock();
  const pollAt = now + pollAfterSeconds * 1000;
  const next = await settle(job, job.attemptId, (current) => (current.state === 'in_progress' ? undefined : submitted(current, { now, providerSid, pollAt })), sending);
  if (next !== undefined) await nudgeAt(job.id, next.cancelRequestedAt === undefined ? pollAt : now, sending);
}

/** The provider never got it. */
async function release(
  job: SubmittingJob,
  outcome: { readonly kind: 'not_connected' | 'throttled'; readonly error: string; readonly retryAfterSeconds?: number },
  sending: Sending,
): Promise<void> {
  const now = sending.clock();
  const configured = await configuredProviders(job, sending);
  const decide = (current: OpenJob) => {
    if (current.state === 'in_progress') return undefined;
    const after = afterRelease(current, { now, retryAfterSeconds: outcome.retryAfterSeconds, configured });
    if (after.kind === 'again') return released(current, { now, error: outcome.error, cause: outcome.kind, retryAt: after.retryAt, backend: after.backend });
    const how: JobEnd = current.cancelRequestedAt === undefined ? { kind: 'failed', error: outcome.error } : { kind: 'cancelled' };
    return ended(current, { now, end: how, facts: { cause: outcome.kind }, event: endEvent(current, how, now) });
  };
  const next = await settle(job, job.attemptId, decide, sending);
  if (next?.state === 'queued') return nudgeAt(job.id, next.notBefore ?? now, sending);
  if (next !== undefined) await publishOutbox(next, sending);
}

/** Publishes what the job's acceptance left, so that the claim can take it off in its own write. Sending never waits for it. */
async function withAcceptancePublished<J extends QueuedJob | HeldJob>(job: J, { publish }: Sending): Promise<J> {
  if (job.outbox.length === 0) return job;
  try {
    await publish(job.outbox);
    return { ...job, outbox: [] };
  } catch (error) {
    log.warn('Audit events stay with their job for now', { job_id: job.id, reason: String(error) });
    return job;
  }
}
