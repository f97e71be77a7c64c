/** The sender: a job is claimed, sent at most once, and followed to its end. */
import type { AuditEvent } from '../../lambdas/audit/event.js';
import type { JobId } from '../../lambdas/contract/identifiers.js';
import type { Job } from '../../lambdas/faxes/job.js';
import { sweep } from '../../lambdas/faxes/sweep.js';
import { workJob } from '../../lambdas/faxes/work-job.js';
import type { FaxProvider, ProviderStatus } from '../../lambdas/providers/provider.js';
import { fakeKeyStore } from '../keys/key-store.fake.js';
import { fakeProviderSettingsStore } from '../provider-settings/provider-settings-store.fake.js';
import { fakeSettingsStore } from '../settings/settings-store.fake.js';
import { fakeJobStore } from './job-store.fake.js';
import { queuedJob } from './job.fixture.js';
import { only, provider, sending } from './sending.fixture.js';

describe('a queued job', () => {
  it('is claimed before it is sent, and followed to its end', async () => {
    const job = queuedJob();
    const wiring = sending(job);
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', providerSid: 'sid-1', pollAt: 7_000 });
    expect(wiring.nudges).toEqual([[job.id, 5]]);
    wiring.time.now = 7_000;
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'success', outbox: [] });
    expect((await wiring.current()).dueAt).toBeUndefined();
    expect(wiring.published).toMatchObject([{ event: 'job_updated', state: 'success', outcome: 'success' }]);
  });

  it('is sent once, however many messages say so at once', async () => {
    const job = queuedJob();
    const line = provider();
    const wiring = sending(job, { providers: only(line) });
    await Promise.all(Array.from({ length: 20 }, () => workJob(job.id, wiring)));
    expect(line.sends).toEqual([`${job.id}-1`]);
  });

  it('goes back to the queue when the provider was never reached, and is sent again as a second attempt', async () => {
    const job = queuedJob();
    const wiring = sending(job, { providers: only(provider({ send: { kind: 'not_connected', error: 'refused' } })) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'queued', notBefore: 32_000, attempts: [{ result: { kind: 'not_submitted' } }] });
    const second = provider();
    await workJob(job.id, { ...wiring, providers: only(second) });
    expect(second.sends).toEqual([]);
    wiring.time.now = 32_000;
    await workJob(job.id, { ...wiring, providers: only(second) });
    expect(second.sends).toEqual([`${job.id}-2`]);
  });

  it('fails for good when the provider refuses it', async () => {
    const job = queuedJob();
    const wiring = sending(job, { providers: only(provider({ send: { kind: 'refused', cause: 'number', error: 'rejected' } })) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'failed', error: 'rejected' });
  });

  it('becomes uncertain, and is never sent again, when the adapter throws', async () => {
    const job = queuedJob();
    const line = provider({ send: new Error('socket hang up') });
    const wiring = sending(job, { providers: only(line) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'uncertain' });
    wiring.time.now = 10_000_000;
    await workJob(job.id, wiring);
    expect(line.sends).toHaveLength(1);
  });

  it('is no attempt while its document can not be read', async () => {
    const job = queuedJob();
    const wiring = sending(job, { openDocument: () => Promise.reject(new Error('S3 is away')) });
    await expect(workJob(job.id, wiring)).rejects.toThrow('S3 is away');
    expect(await wiring.current()).toEqual(job);
  });

  it('is held while sending is off, and sent once it is on', async () => {
    const job = queuedJob();
    const line = provider();
    const wiring = sending(job, { providers: only(line), sending: 'off' });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'held' });
    await workJob(job.id, { ...wiring, sending: 'on' });
    expect(line.sends).toHaveLength(1);
  });

  it('is sent even when the audit log is away, and its event is kept', async () => {
    const event: AuditEvent = { v: 1, event_id: 'e', ts: '2026-01-01T00:00:00Z', actor: { type: 'bootstrap' }, outcome: 'success', event: 'pdf_served', job_id: queuedJob().id };
    const job = queuedJob({ outbox: [event] });
    const wiring = sending(job, { publish: () => Promise.reject(new Error('no logs')) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', outbox: [event] });
  });
});

describe('a crash', () => {
  /** The sender's process dies at the n-th write: the write is lost, or done but not heard of. */
  function crashingAt(write: number, when: 'before' | 'after', job: Job) {
    const wiring = sending(job);
    let writes = 0;
    const store = {
      ...wiring.store,
      replace: async (next: Job) => {
        writes += 1;
        if (writes !== write) return wiring.store.replace(next);
        if (when === 'after') await wiring.store.replace(next);
        throw new Error('killed');
      },
    };
    return { ...wiring, crashing: { ...wiring, store } };
  }

  it('before the claim loses nothing: the message comes back and the fax is sent', async () => {
    const job = queuedJob();
    const line = provider();
    const wiring = crashingAt(1, 'before', job);
    await expect(workJob(job.id, { ...wiring.crashing, providers: only(line) })).rejects.toThrow('killed');
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(line.sends).toHaveLength(1);
  });

  it.each([
    ['after the claim', 1, 'after', 0],
    ["after the provider's answer", 2, 'before', 1],
  ] as const)('%s never sends twice: the job becomes uncertain when its claim ends', async (_, write, when, sends) => {
    const job = queuedJob();
    const line = provider();
    const wiring = crashingAt(write, when, job);
    await expect(workJob(job.id, { ...wiring.crashing, providers: only(line) })).rejects.toThrow('killed');
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(await wiring.current()).toMatchObject({ state: 'submitting' });
    wiring.time.now += 90_000;
    await workJob(job.id, { ...wiring, providers: only(line) });
    expect(await wiring.current()).toMatchObject({ state: 'uncertain' });
    expect(line.sends).toHaveLength(sends);
  });

  it("leaves room for the attempt's own late answer to settle what became uncertain", async () => {
    const job = queuedJob();
    const wiring = sending(job);
    const slow: FaxProvider = {
      ...provider(),
      send: async () => {
        wiring.time.now += 91_000;
        await workJob(job.id, wiring);
        expect(await wiring.current()).toMatchObject({ state: 'uncertain' });
        return { kind: 'submitted', providerSid: 'late', pollAfterSeconds: 1 };
      },
    };
    await workJob(job.id, { ...wiring, providers: only(slow) });
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', providerSid: 'late' });
  });
});

describe('a job in progress', () => {
  async function inProgress(status: ProviderStatus | Error) {
    const job = queuedJob();
    const wiring = sending(job, { providers: only(provider({ status })) });
    await workJob(job.id, wiring);
    wiring.time.now = 7_000;
    return { job, wiring };
  }

  it('is asked for again, once, when the provider is not done', async () => {
    const { job, wiring } = await inProgress({ kind: 'in_progress', pollAfterSeconds: 9 });
    await Promise.all([workJob(job.id, wiring), workJob(job.id, wiring)]);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', pollAt: 16_000 });
    expect(wiring.nudges.slice(1)).toEqual([[job.id, 9]]);
  });

  it('stays in progress when the provider can not be asked, and is asked again later', async () => {
    const { job, wiring } = await inProgress(new Error('no answer'));
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', pollAt: 67_000 });
    wiring.time.now = 67_000;
    await workJob(job.id, { ...wiring, providers: only(provider({ status: { kind: 'success' } })) });
    expect(await wiring.current()).toMatchObject({ state: 'success' });
  });

  it('is asked less often the longer it takes, and every five minutes at the least', async () => {
    const { job, wiring } = await inProgress({ kind: 'in_progress', pollAfterSeconds: 2 });
    const waits: number[] = [];
    for (const now of [7_000, 102_000, 1_002_000, 5_002_000]) {
      wiring.time.now = now;
      await workJob(job.id, wiring);
      waits.push(wiring.nudges.at(-1)?.[1] ?? 0);
    }
    expect(waits).toEqual([2, 10, 100, 300]);
  });

  it('becomes uncertain when the provider comes to no end', async () => {
    const { job, wiring } = await inProgress({ kind: 'in_progress', pollAfterSeconds: 9 });
    wiring.time.now = 7 * 60 * 60_000;
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'uncertain', error: 'The provider reported no end in time', attempts: [{ result: { providerSid: 'sid-1' } }] });
  });
});

describe('the sweeper', () => {
  it('nudges what is due once in a while, not each minute', async () => {
    const job = queuedJob();
    const store = fakeJobStore(job);
    const nudged: JobId[] = [];
    const run = (now: number) =>
      sweep({
        jobs: store,
        keys: fakeKeyStore(),
        settings: fakeSettingsStore(),
        providers: fakeProviderSettingsStore(),
        sessions: { listWithOutbox: () => Promise.resolve([]), clearOutbox: () => Promise.resolve() },
        publish: () => Promise.resolve(),
        nudgeTen: (ids) => {
          nudged.push(...ids);
          return Promise.resolve();
        },
        now,
      });
    expect(await run(60_000)).toEqual({ nudgedJobs: 0, settledKeys: 0, settledSettings: 0, settledSessions: 0 });
    expect(await run(61_000)).toEqual({ nudgedJobs: 1, settledKeys: 0, settledSettings: 0, settledSessions: 0 });
    expect(await run(121_000)).toEqual({ nudgedJobs: 0, settledKeys: 0, settledSettings: 0, settledSessions: 0 });
    expect(await run(181_000)).toEqual({ nudgedJobs: 1, settledKeys: 0, settledSettings: 0, settledSessions: 0 });
    expect(nudged).toEqual([job.id, job.id]);
  });
});
