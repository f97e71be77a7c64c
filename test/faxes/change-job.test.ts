/** What a person's wish makes of a job, over the table in memory: every state, lost answers, races, and what a crash leaves. */
import type { AuditEvent, Origin } from '../../lambdas/audit/event.js';
import { defaultOwner, isOwner } from '../../lambdas/contract/identifiers.js';
import { cancelFax } from '../../lambdas/faxes/cancel-fax.js';
import type { ChangeRequest, JobChanging } from '../../lambdas/faxes/change-job.js';
import type { Job, JobState, UncertainJob } from '../../lambdas/faxes/job.js';
import { attemptIdOf } from '../../lambdas/faxes/job-item.js';
import { documentKeyOf, fingerprintOf, idOfSendingAgain, jobIdOf } from '../../lambdas/faxes/new-job.js';
import { nextStep } from '../../lambdas/faxes/next-step.js';
import { refreshJob } from '../../lambdas/faxes/refresh-job.js';
import { resendFax } from '../../lambdas/faxes/resend-fax.js';
import { resolveJob } from '../../lambdas/faxes/resolve-job.js';
import { sendingAgain } from '../../lambdas/faxes/send-again.js';
import { readSendingOptions } from '../../lambdas/faxes/sending-options.js';
import { settleOutbox } from '../../lambdas/faxes/settle-outbox.js';
import { cancelled, claim, ended, published, submitted } from '../../lambdas/faxes/transitions.js';
import { fakeJobStore } from './job-store.fake.js';
import { queuedJob } from './job.fixture.js';

const now = 1_000_000;
const origin: Origin = { source_ip: '192.0.2.1', user_agent: 'test', request_id: 'r', method: 'POST', route: '/x' };
const caller = { kind: 'bootstrap', owner: defaultOwner, scopes: ['admin'], minuteLimit: 0 } as const;
const request = (job: Job): ChangeRequest => ({ caller, id: job.id, origin, now });
const event: AuditEvent = { v: 1, event_id: 'e', ts: new Date(now).toISOString(), event: 'job_updated', job_id: queuedJob().id, state: 'x', backend: 'sandbox', actor: { type: 'system' }, outcome: 'success' };

const submitting = claim(queuedJob(), { now, attemptId: attemptIdOf(queuedJob().id, 1), claimSeconds: 90 });
const inProgress = submitted(submitting, { now, providerSid: 'sid', pollAt: now });
const settledOutbox = (job: Job): Job => published(job, job.outbox);
const end = (kind: 'success' | 'cancelled') => settledOutbox(ended(inProgress, { now, end: { kind }, event }));
function uncertain(): UncertainJob {
  const job = settledOutbox(ended(inProgress, { now, end: { kind: 'uncertain', error: 'cut' }, event }));
  if (job.state !== 'uncertain') throw new Error(job.state);
  return job;
}
const failed = settledOutbox(ended(inProgress, { now, end: { kind: 'failed', error: 'busy' }, event }));

/** What changes a job, on a table in memory; `nudges` and `trail` tell what came of it. */
function changing(...jobs: Job[]) {
  const store = fakeJobStore(...jobs);
  const [nudges, trail, copies]: [string[], AuditEvent[], string[]] = [[], [], []];
  const wiring: JobChanging & { readonly copyDocument: (from: string, to: string) => Promise<void> } = {
    store,
    nudge: (id) => Promise.resolve(void nudges.push(id)),
    publish: (events) => Promise.resolve(void trail.push(...events)),
    announce: () => Promise.resolve(),
    copyDocument: (_, to) => Promise.resolve(void copies.push(to)),
  };
  return { ...wiring, store, nudges, trail, copies };
}

describe('cancelling', () => {
  it.each<[JobState, Job, JobState]>([
    ['queued', queuedJob(), 'cancelled'],
    ['held', { ...queuedJob(), state: 'held', reason: 'sending_off' }, 'cancelled'],
    ['submitting', submitting, 'submitting'],
    ['in_progress', inProgress, 'in_progress'],
    ['uncertain', uncertain(), 'uncertain'],
    ['cancelled', settledOutbox(cancelled(queuedJob(), { now, event })), 'cancelled'],
  ])('a job that is %s: twice is once', async (_, job, state) => {
    const wiring = changing(job);
    const first = await cancelFax(request(job), wiring);
    const second = await cancelFax({ ...request(job), now: now + 5 }, wiring);
    expect([first.state, second.state, second.cancelRequestedAt]).toEqual([state, state, first.cancelRequestedAt]);
    expect(wiring.trail.length).toBeLessThanOrEqual(1);
    expect(await wiring.store.find(job.id)).toMatchObject({ state, outbox: [] });
  });

  it.each([['success', end('success')], ['failed', failed]])('a job that is %s is refused', async (_, job) => {
    await expect(cancelFax(request(job), changing(job))).rejects.toMatchObject({ code: 'job_ended' });
  });

  it('is decided anew where somebody else wrote meanwhile, and is given up where that never ends', async () => {
    const job = queuedJob();
    const wiring = changing(job);
    let lost = 0;
    const racing = { ...wiring, store: { ...wiring.store, replace: (next: Job) => (lost++ === 0 ? wiring.store.replace(claim(job, { now, attemptId: attemptIdOf(job.id, 1), claimSeconds: 90 })).then(() => false) : wiring.store.replace(next)) } };
    expect(await cancelFax(request(job), racing)).toMatchObject({ state: 'submitting', cancelRequestedAt: now });
    await expect(cancelFax(request(job), { ...changing(job), store: { ...fakeJobStore(job), replace: () => Promise.resolve(false) } })).rejects.toMatchObject({ code: 'job_conflict' });
  });

  it('stands where the write’s answer was lost, and where the trail takes nothing', async () => {
    const job = queuedJob();
    const wiring = changing(job);
    let first = true;
    const replace = async (next: Job) => {
      const held = await wiring.store.replace(next);
      const answer = first ? false : held;
      first = false;
      return answer;
    };
    const deaf = { ...wiring, store: { ...wiring.store, replace }, publish: () => Promise.reject(new Error('throttled')) };
    expect(await cancelFax(request(job), deaf)).toMatchObject({ state: 'cancelled' });
    const left = await wiring.store.find(job.id);
    expect(left).toMatchObject({ state: 'cancelled', outbox: [{ event: 'job_cancelled' }], dueAt: expect.any(Number) });
  });
});

describe('resolving', () => {
  const resolve = (job: Job, outcome: 'delivered' | 'not_delivered' | 'send_again', wiring: ReturnType<typeof changing>) => resolveJob({ ...request(job), body: { outcome } }, wiring);

  it('twenty at once have one winner, and make at most one new job', async () => {
    const job = uncertain();
    const wiring = changing(job);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => resolve(job, index % 2 === 0 ? 'send_again' : 'delivered', wiring)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(wiring.trail.filter(({ event: name }) => name === 'job_resolved')).toHaveLength(1);
    expect(new Set(wiring.nudges).size).toBeLessThanOrEqual(1);
  });

  it('send_again: whoever settles the outbox makes the new job, once, from the old one alone', async () => {
    const job = uncertain();
    const wiring = changing(job);
    const crashed = { ...wiring, store: { ...wiring.store, create: () => Promise.reject(new Error('the function died')) } };
    const settled = await resolveJob({ ...request(job), body: { outcome: 'send_again', note: 'x' } }, crashed);
    expect(settled).toMatchObject({ state: 'failed', resentAs: idOfSendingAgain(job) });
    const left = await wiring.store.find(job.id);
    if (left === undefined) throw new Error('lost');
    expect([nextStep(left, { now, sending: 'on' }).kind, left.dueAt !== undefined, wiring.nudges]).toEqual(['publish', true, []]);
    await Promise.all([settleOutbox(left, wiring), settleOutbox(left, wiring)]);
    const next = await wiring.store.find(idOfSendingAgain(job));
    expect(next).toMatchObject({ state: 'queued', resendOf: job.id, createdBy: 'bootstrap', document: { key: wiring.copies[0] }, outbox: [{ event: 'job_resent' }], createdAt: now });
    expect(wiring.nudges).toEqual([next?.id]);
    const over = await wiring.store.find(job.id);
    expect([over?.outbox, over?.dueAt, over === undefined ? '' : sendingAgain(over)]).toEqual([[], undefined, undefined]);
  });

  it('refuses what is not uncertain', async () => {
    for (const job of [queuedJob(), submitting, inProgress, end('success'), failed]) await expect(resolve(job, 'delivered', changing(job))).rejects.toMatchObject({ code: 'job_not_uncertain' });
  });

  it('of a job of another owner, found by a key without admin, is not found', async () => {
    const owner = 'ward-9';
    if (!isOwner(owner)) throw new Error(owner);
    const job = { ...uncertain(), owner };
    await expect(resolveJob({ ...request(job), caller: { ...caller, scopes: ['fax:send'] }, body: { outcome: 'delivered' } }, changing(job))).rejects.toMatchObject({ code: 'job_not_found' });
  });
});

describe('sending again', () => {
  const resending = (job: Job) => ({ ...changing(job), providers: () => Promise.resolve(['sinch', 'sandbox']), defaultCountry: 'US', sending: 'on' as const, retentionDays: 1, documentRetentionDays: 365 });

  it.each([
    ['uncertain', uncertain(), 'job_uncertain'],
    ['queued', queuedJob(), 'job_not_ended'],
    ['submitting', submitting, 'job_not_ended'],
    ['in_progress', inProgress, 'job_not_ended'],
  ])('refuses a job that is %s, and copies nothing', async (_, job, code) => {
    const wiring = resending(job);
    await expect(resendFax({ ...request(job), body: {}, idempotencyKey: undefined }, wiring)).rejects.toMatchObject({ code });
    expect(wiring.copies).toEqual([]);
  });

  it('keeps the document’s facts, and has the providers in force or the one that is wished', async () => {
    const wiring = resending(failed);
    const first = await resendFax({ ...request(failed), body: {}, idempotencyKey: undefined }, wiring);
    expect(first).toMatchObject({ providers: ['sinch', 'sandbox'], backend: 'sinch', resendOf: failed.id, to: failed.to, document: { pages: failed.document.pages, key: documentKeyOf(first.id, failed.document) } });
    expect(await resendFax({ ...request(failed), body: { provider: 'sandbox' }, idempotencyKey: undefined }, wiring)).toMatchObject({ providers: ['sandbox'] });
  });
});

describe('asking the provider now', () => {
  const refreshing = (job: Job, can = true) => ({ ...changing(job), canBeAsked: () => Promise.resolve(can) });

  it.each([
    ['in_progress', inProgress, { pollAt: now + 5 }],
    ['uncertain', uncertain(), { reconcileAt: now + 5 }],
  ])('a job that is %s is due to be asked about at once, and the sender is nudged', async (_, job, due) => {
    const wiring = refreshing(job);
    expect(await refreshJob({ ...request(job), now: now + 5 }, wiring)).toMatchObject(due);
    expect([wiring.nudges, wiring.trail.map(({ event: name }) => name)]).toEqual([[job.id], ['job_refreshed']]);
  });

  it('changes nothing of any other, and refuses where the provider only reports by itself', async () => {
    for (const job of [queuedJob(), submitting, end('success'), failed]) {
      const wiring = refreshing(job, false);
      expect([await refreshJob(request(job), wiring), wiring.nudges]).toEqual([job, []]);
    }
    await expect(refreshJob(request(inProgress), refreshing(inProgress, false))).rejects.toMatchObject({ code: 'no_status_call' });
  });
});

describe('the id of a job', () => {
  it('is the Idempotency-Key’s, the decision’s, or its own', () => {
    const job = uncertain();
    expect(jobIdOf(defaultOwner, 'a')).toBe(jobIdOf(defaultOwner, 'a'));
    expect(jobIdOf(defaultOwner, undefined)).not.toBe(jobIdOf(defaultOwner, undefined));
    expect(idOfSendingAgain(job)).toBe(idOfSendingAgain({ ...job }));
    expect(idOfSendingAgain(job)).not.toBe(idOfSendingAgain({ ...job, revision: job.revision + 1 }));
  });

  it('an option that is absent leaves the fingerprint as it was before there were options', () => {
    expect(fingerprintOf('+1', 'hash', undefined, undefined)).toBe(fingerprintOf('+1', 'hash'));
    expect(fingerprintOf('+1', 'hash', 'sinch')).not.toBe(fingerprintOf('+1', 'hash'));
  });
});

describe('what may be wished', () => {
  const read = (sendAt: string, documentRetentionDays = 365) => readSendingOptions({ provider: undefined, sendAt, notifyUrl: undefined }, { now: Date.parse('2027-01-01T00:00:00Z'), providers: ['sandbox'], documentRetentionDays, privateNotifyHosts: new Set() });

  it.each([
    ['2027-01-01T01:00:00+00:30', Date.parse('2027-01-01T00:30:00Z')],
    ['2027-01-31T00:00:00Z', Date.parse('2027-01-31T00:00:00Z')],
  ])('%s is taken', (text, sendAt) => {
    expect(read(text)).toEqual({ options: { provider: undefined, sendAt, notifyUrl: undefined }, problems: [] });
  });

  it.each([
    ['2027-01-01T00:00:00Z', 365, 'must be in the future'],
    ['2027-01-31T00:00:01Z', 365, 'must be within 30 days'],
    ['2027-01-08T00:00:00Z', 7, 'must be within 6 days'],
    ['2027-13-01T00:00:00Z', 365, 'must be a date and time such as 2027-01-31T08:00:00Z'],
    ['2027-01-02', 365, 'must be a date and time such as 2027-01-31T08:00:00Z'],
  ])('%s with documents kept for %s days is refused', (text, days, message) => {
    expect(read(text, days).problems).toEqual([{ field: 'send_at', message }]);
  });
});

describe('a job that waits for its time', () => {
  it('has its acceptance published at once, and then is due at its time', () => {
    const job = queuedJob({ notBefore: now + 86_400_000, dueAt: now + 60_000, outbox: [event] });
    expect(nextStep(job, { now, sending: 'on' })).toEqual({ kind: 'publish', job });
    const next = published(job, job.outbox);
    expect([next.dueAt, nextStep(next, { now, sending: 'on' }).kind]).toEqual([now + 86_400_000, 'nothing']);
    expect(nextStep(next, { now: now + 86_400_000, sending: 'on' }).kind).toBe('claim');
  });
});
