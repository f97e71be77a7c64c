/** A fax that a provider has, or may have: what it says is applied once, a report makes it be asked, and nothing is sent again. */
import type { Heard } from '../../lambdas/faxes/heard.js';
import { hear } from '../../lambdas/faxes/hear.js';
import { attemptIdOf } from '../../lambdas/faxes/job-item.js';
import { cancelNoted } from '../../lambdas/faxes/transitions.js';
import { workJob } from '../../lambdas/faxes/work-job.js';
import { auditEvent } from '../../lambdas/audit/event.js';
import type { FaxProvider, ProviderStatus, SubmissionOutcome } from '../../lambdas/providers/provider.js';
import { jobId, queuedJob } from './job.fixture.js';
import { only, provider, sending, type TestedSending } from './sending.fixture.js';

const job = queuedJob();
const attemptId = attemptIdOf(job.id, 1);
const heard = (over: Partial<Heard> = {}): Heard => ({ provider: 'sandbox', attemptId, providerSid: 'sid-1', at: 2_000, ...over });
const event = auditEvent({ event: 'job_updated', job_id: job.id, state: 'x', backend: 'sandbox' }, { actor: { type: 'system' } }, { id: 'wish', now: 1 });

/** The sender after one attempt, whose hand-over came to this. */
async function afterSend(send: SubmissionOutcome, status: ProviderStatus | Error = { kind: 'success' }, more: Partial<FaxProvider> = {}) {
  const line = { ...provider({ send, status }), ...more };
  const wiring = sending(job, { providers: only(line) });
  await workJob(job.id, wiring);
  return { line, wiring };
}

const lost: SubmissionOutcome = { kind: 'uncertain', error: 'reset' };
const taken: SubmissionOutcome = { kind: 'submitted', providerSid: 'sid-1', pollAfterSeconds: 600 };
const evidenceOf = async (wiring: TestedSending) => (await wiring.current()).attempts.at(-1)?.evidence.map(({ text }) => text);

describe('what a provider reports', () => {
  it('makes the sender ask, long before its time', async () => {
    const { wiring } = await afterSend(taken, { kind: 'success', pages: 2, cost: { amount: '0.09', currency: 'USD' } });
    await hear(heard(), wiring);
    expect(await wiring.current()).toMatchObject({ state: 'success', attempts: [{ pages: 2, cost: { amount: '0.09', currency: 'USD' } }] });
  });

  it('counts less than what the provider says when it is asked', async () => {
    const { wiring } = await afterSend(taken, { kind: 'in_progress', pollAfterSeconds: 9 });
    await hear(heard({ reported: { kind: 'success' } }), wiring);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress' });
  });

  it('counts where the provider can not be asked', async () => {
    const { line, wiring } = await afterSend(taken);
    const { status: _, ...silent } = line;
    await hear(heard({ reported: { kind: 'failed', cause: 'number', error: 'unallocated' } }), { ...wiring, providers: only(silent) });
    expect(await wiring.current()).toMatchObject({ state: 'failed', error: 'unallocated', attempts: [{ cause: 'number' }] });
  });

  it('changes nothing that is over, however often it comes', async () => {
    const { wiring } = await afterSend(taken);
    await hear(heard(), wiring);
    const end = await wiring.current();
    await hear(heard({ reported: { kind: 'failed', cause: 'busy', error: 'busy' } }), wiring);
    expect(await wiring.current()).toEqual(end);
  });

  it('comes before the answer to the hand-over: the attempt takes its id, and the late answer changes nothing', async () => {
    const line = provider({ status: { kind: 'in_progress', pollAfterSeconds: 60 } });
    const wiring = sending(job, { providers: only(line) });
    const send = async () => {
      await hear(heard(), wiring);
      return lost;
    };
    await workJob(job.id, { ...wiring, providers: only({ ...line, send }) });
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', providerSid: 'sid-1' });
  });

  it('settles an uncertain fax that nobody knew the id of', async () => {
    const { wiring } = await afterSend(lost);
    await hear(heard(), wiring);
    expect(await wiring.current()).toMatchObject({ state: 'success' });
    expect(await evidenceOf(wiring)).toEqual(['The provider reports that it has it', 'The provider says: success']);
  });

  it.each([
    ['another provider', heard({ provider: 'sinch' })],
    ['another id', heard({ providerSid: 'sid-2' })],
  ])('from %s changes nothing', async (_, other) => {
    const { wiring } = await afterSend(taken);
    const before = await wiring.current();
    await hear(other, wiring);
    expect(await wiring.current()).toEqual(before);
  });

  it('about an attempt that is not there yet is kept for 15 minutes', async () => {
    const wiring = sending(job);
    for (const unknown of [heard(), heard({ attemptId: attemptIdOf(jobId('e'.repeat(32)), 1) })]) await hear(unknown, wiring);
    expect(wiring.later.map(([, seconds]) => seconds)).toEqual([30, 30]);
    wiring.time.now = 2_000 + 16 * 60_000;
    await hear(heard(), wiring);
    expect(wiring.later).toHaveLength(2);
  });
});

describe('an uncertain fax', () => {
  it('is looked for after a minute, and followed where it is found', async () => {
    const { line, wiring } = await afterSend(lost, { kind: 'success' }, { find: () => Promise.resolve({ kind: 'found', providerSid: 'sid-9' }) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'uncertain' });
    wiring.time.now = 63_000;
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'success', attempts: [{ result: { providerSid: 'sid-9' } }] });
    expect(line.sends).toHaveLength(1);
  });

  it.each([
    ['is not in the list', () => Promise.resolve({ kind: 'none' } as const)],
    ['can not be looked for', () => Promise.reject(new Error('away'))],
  ])('that %s stays uncertain, is never sent again, and is left to a person in the end', async (_, find) => {
    const { line, wiring } = await afterSend(lost, { kind: 'success' }, { find });
    for (let minutes = 1; minutes <= 200; minutes += 1) {
      wiring.time.now = 2_000 + minutes * 60_000;
      await workJob(job.id, wiring);
    }
    const left = await wiring.current();
    expect([left.state, left.dueAt]).toEqual(['uncertain', undefined]);
    expect(line.sends).toHaveLength(1);
    expect(await evidenceOf(wiring)).toHaveLength(1);
  });

  it('of which the provider later says that it was busy is dialled again', async () => {
    const { wiring } = await afterSend(taken, { kind: 'uncertain', error: 'no word' });
    wiring.time.now = 602_000;
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'uncertain' });
    wiring.time.now = 700_000;
    await workJob(job.id, { ...wiring, providers: only(provider({ status: { kind: 'failed', cause: 'busy', error: 'busy' } })) });
    expect(await wiring.current()).toMatchObject({ state: 'queued', notBefore: 880_000 });
  });
});

describe('a wish to cancel', () => {
  async function wished(more: Partial<FaxProvider>, status: ProviderStatus) {
    const { line, wiring } = await afterSend(taken, status, more);
    const current = await wiring.current();
    if (current.state !== 'in_progress') throw new Error(current.state);
    await wiring.store.replace(cancelNoted(current, { now: 3_000, event }));
    return { line, wiring };
  }

  it('is passed on once, and the fax is cancelled when the provider says so', async () => {
    let asked = 0;
    const cancel = () => {
      asked += 1;
      return Promise.resolve({ kind: 'requested' } as const);
    };
    const { line, wiring } = await wished({ cancel }, { kind: 'in_progress', pollAfterSeconds: 60 });
    await workJob(job.id, wiring);
    await workJob(job.id, wiring);
    expect([asked, (await wiring.current()).state]).toEqual([1, 'in_progress']);
    wiring.time.now = 700_000;
    await workJob(job.id, { ...wiring, providers: only({ ...line, status: () => Promise.resolve({ kind: 'cancelled' }) }) });
    expect(await wiring.current()).toMatchObject({ state: 'cancelled' });
  });

  it('may come too late: what was delivered is delivered', async () => {
    const { wiring } = await wished({ cancel: () => Promise.resolve({ kind: 'refused', error: 'sent' }) }, { kind: 'success' });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'success' });
  });

  it('ends redialling', async () => {
    const { wiring } = await wished({}, { kind: 'failed', cause: 'busy', error: 'busy' });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'failed', error: 'busy' });
  });

  it('while it is handed over does not lose the answer', async () => {
    const wiring = sending(job);
    const line: FaxProvider = {
      ...provider({ status: { kind: 'in_progress', pollAfterSeconds: 60 } }),
      send: async () => {
        const current = await wiring.current();
        if (current.state !== 'submitting') throw new Error(current.state);
        await wiring.store.replace(cancelNoted(current, { now: 2_500, event }));
        return taken;
      },
    };
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', providerSid: 'sid-1', cancelRequestedAt: 2_500 });
    expect(wiring.nudges.at(-1)).toEqual([job.id, 0]);
  });

  it('of a fax that never got to the provider cancels it', async () => {
    const wiring = sending(job);
    const line: FaxProvider = {
      ...provider(),
      send: async () => {
        const current = await wiring.current();
        if (current.state !== 'submitting') throw new Error(current.state);
        await wiring.store.replace(cancelNoted(current, { now: 2_500, event }));
        return { kind: 'not_connected', error: 'refused' };
      },
    };
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(await wiring.current()).toMatchObject({ state: 'cancelled' });
  });
});

describe('providers', () => {
  it('a fax whose provider is not set up is held, and sent once it is', async () => {
    const wiring = sending(job, { providers: only() });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'held', reason: 'provider_not_configured', attempts: [] });
    const line = provider();
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(line.sends).toEqual([attemptId]);
  });

  it('the next one takes over where the first refuses its credentials', async () => {
    const two = queuedJob({ backend: 'sinch', providers: ['sinch', 'phaxio'] });
    const first = provider({ id: 'sinch', send: { kind: 'refused', cause: 'credentials', error: '401' } });
    const second = provider({ id: 'phaxio' });
    const wiring = sending(two, { providers: only(first, second) });
    await workJob(two.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'queued', backend: 'phaxio', attempts: [{ backend: 'sinch', cause: 'credentials' }] });
    await workJob(two.id, wiring);
    expect([first.sends.length, second.sends.length]).toEqual([1, 1]);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', backend: 'phaxio' });
  });

  it('a fax to be sent later is not sent before, also where sending was off meanwhile', async () => {
    const later = queuedJob({ sendAt: 1_000_000, notBefore: 1_000_000 });
    const line = provider();
    const wiring = sending(later, { providers: only(line), sending: 'off' });
    await workJob(later.id, wiring);
    wiring.time.now = 1_000_000;
    await workJob(later.id, wiring);
    expect((await wiring.current()).state).toBe('held');
    await workJob(later.id, { ...wiring, sending: 'on' });
    expect(line.sends).toHaveLength(1);
  });
});
