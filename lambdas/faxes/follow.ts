/** Follows a fax that a provider has, or may have: asks how it is doing, looks for it, passes a wish to cancel on. */
import { log } from '../platform/log.js';
import type { ProviderStatus } from '../providers/provider.js';
import { sidOfAttempt, type InProgressJob, type UncertainJob } from './job.js';
import type { Sending } from './sending.js';
import { end, fail, nudgeAt, settle } from './settle.js';
import { cancelPassedOn, openAttempt, stillInProgress, stillUncertain, submitted } from './transitions.js';

/** A provider that can't be asked, or has nothing to be asked by, is looked at again after this long. */
const unknownPatience = 60;
const longestPatience = 300;

/** Questions come at this share of the time that the fax has taken already, so that a long one is not asked for every second. */
const shareOfElapsed = 0.1;

/** Asks the provider how a fax is doing that it has, and applies that. */
export async function askProvider(job: InProgressJob | UncertainJob, providerSid: string, sending: Sending): Promise<void> {
  const provider = await sending.providers.find(openAttempt(job).backend);
  if (provider?.status === undefined) return unknown(job, undefined, sending);
  let status: ProviderStatus;
  try {
    status = await provider.status(providerSid, sending.clock());
  } catch (error) {
    log.warn('A provider can not be asked for now', { job_id: job.id, provider: provider.id, reason: String(error) });
    return unknown(job, 'The provider could not be asked', sending);
  }
  return applyStatus(job, status, 'asked', sending);
}

/**
 * Applies what a provider says. Nothing that it says about a fax that is over gets here.
 * @param by whether it was asked, or reported by itself
 */
export async function applyStatus(job: InProgressJob | UncertainJob, status: ProviderStatus, by: 'asked' | 'reported', sending: Sending): Promise<void> {
  const evidence = `The provider ${by === 'asked' ? 'says' : 'reports'}: ${status.kind}`;
  switch (status.kind) {
    case 'in_progress':
      return unknown(job, job.state === 'uncertain' ? evidence : undefined, sending, status.pollAfterSeconds);
    case 'success':
      return end(job, { kind: 'success' }, { pages: status.pages, cost: status.cost, evidence }, sending);
    case 'failed':
      return fail(job, { cause: status.cause, error: status.error, facts: { cost: status.cost, evidence } }, sending);
    case 'partial':
      return end(job, { kind: 'failed', error: status.error }, { cause: 'partial', pages: status.pages, cost: status.cost, evidence }, sending);
    case 'uncertain':
      if (job.state === 'uncertain') return unknown(job, evidence, sending);
      return end(job, { kind: 'uncertain', error: status.error }, { evidence }, sending);
    case 'cancelled':
      return end(job, { kind: 'cancelled' }, { evidence }, sending);
  }
}

/** Looks for an uncertain fax at its provider. Whatever comes of it, it never leads to another send. */
export async function reconcile(job: UncertainJob, sending: Sending): Promise<void> {
  const attempt = openAttempt(job);
  const known = sidOfAttempt(attempt);
  if (known !== undefined) return askProvider(job, known, sending);
  const provider = await sending.providers.find(attempt.backend);
  if (provider?.find === undefined) return unknown(job, undefined, sending);
  const now = sending.clock();
  try {
    const found = await provider.find({ attemptId: attempt.id, to: job.to, startedAt: attempt.startedAt, until: now });
    if (found.kind === 'found') return await adopt(job, { providerSid: found.providerSid, evidence: 'The provider has it: found in its list' }, sending);
    return await unknown(job, found.kind === 'none' ? 'The provider has no such fax in its list' : 'The list of the provider could not be read', sending);
  } catch (error) {
    log.warn('A fax could not be looked for', { job_id: job.id, provider: provider.id, reason: String(error) });
    return unknown(job, 'The list of the provider could not be read', sending);
  }
}

/** The provider has the fax after all: it is followed as if its answer had come, and asked at once. */
export async function adopt(job: UncertainJob, { providerSid, evidence }: { readonly providerSid: string; readonly evidence: string }, sending: Sending): Promise<void> {
  const now = sending.clock();
  const next = await settle(job, openAttempt(job).id, (current) => (current.state === 'in_progress' ? undefined : submitted(current, { now, providerSid, pollAt: now, evidence })), sending);
  if (next?.state === 'in_progress') await askProvider(next, providerSid, sending);
}

/** Passes on that somebody wants the fax cancelled. Whether it was shows in what the provider says of it later. */
export async function passOnCancel(job: InProgressJob, sending: Sending): Promise<void> {
  const provider = await sending.providers.find(openAttempt(job).backend);
  let evidence = 'The provider can not cancel';
  if (provider?.cancel !== undefined) {
    const outcome = await provider.cancel(job.providerSid);
    evidence = outcome.kind === 'requested' ? 'The provider was asked to cancel' : 'The provider refused to cancel';
  }
  const now = sending.clock();
  const next = await settle(job, openAttempt(job).id, (current) => (current.state === 'in_progress' ? cancelPassedOn(current, { now, evidence }) : undefined), sending);
  if (next?.state === 'in_progress') await askProvider(next, next.providerSid, sending);
}

/** It is not over, or nobody can tell: asked again later. */
async function unknown(job: InProgressJob | UncertainJob, evidence: string | undefined, sending: Sending, pollAfterSeconds = unknownPatience): Promise<void> {
  const now = sending.clock();
  const heard = evidence === undefined ? {} : { evidence };
  if (job.state === 'uncertain') {
    await sending.store.replace(stillUncertain(job, { now, ...heard }));
    return;
  }
  const elapsed = (now - openAttempt(job).startedAt) / 1000;
  const pollAt = now + Math.max(pollAfterSeconds, Math.min(longestPatience, elapsed * shareOfElapsed)) * 1000;
  if (await sending.store.replace(stillInProgress(job, { now, pollAt, ...heard }))) await nudgeAt(job.id, pollAt, sending);
}
