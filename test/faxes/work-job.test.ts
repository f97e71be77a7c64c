/** The sender: a job is claimed, sent at most once, and followed to its end. */
import { Readable } from 'node:stream';
import type { AuditEvent } from '../../lambdas/audit/event.js';
import type { JobId } from '../../lambdas/contract/identifiers.js';
import type { Job } from '../../lambdas/faxes/job.js';
import { sweep } from '../../lambdas/faxes/sweep.js';
import { workJob, type Sending } from '../../lambdas/faxes/work-job.js';
import type { FaxProvider, ProviderStatus, SubmissionOutcome } from '../../lambdas/providers/provider.js';
import { fakeKeyStore } from '../keys/key-store.fake.js';
import { fakeProviderSettingsStore } from '../provider-settings/provider-settings-store.fake.js';
import { fakeSettingsStore } from '../settings/settings-store.fake.js';
import { fakeJobStore } from './job-store.fake.js';
import { queuedJob } from './job.fixture.js';

/** A provider that answers as told and counts its calls. */
function provider(answers: { send?: SubmissionOutcome | Error; status?: ProviderStatus | Error } = {}): FaxProvider & { sends: string[] } {
  const sends: string[] = [];
  const give = <T>(answer: T | Error): Promise<T> => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  return {
    id: 'test',
    sends,
    send: ({ attemptId }) => {
      sends.push(attemptId);
      return give<SubmissionOutcome>(answers.send ?? { kind: 'submitted', providerSid: 'sid-1', pollAfterSeconds: 5 });
    },
    status: () => give<ProviderStatus>(answers.status ?? { kind: 'success' }),
    validate: () => Promise.resolve({ kind: 'valid' }),
  };
}

function sending(job: Job, overrides: Partial<Sending> = {}) {
  const nudges: [JobId, number][] = [];
  const published: AuditEvent[] = [];
  const time = { now: 2_000 };
  const wiring: Sending = {
    store: fakeJobStore(job),
    provider: provider(),
    openDocument: () => Promise.resolve({ stream: Readable.from([Buffer.alloc(10)]), bytes: 10 }),
    documentUrl: (key) => new URL(`https://documents.example/${key}`),
    nudge: (id, seconds) => {
      nudges.push([id, seconds]);
      return Promise.resolve();
    },
    publish: (events) => {
      published.push(...events);
      return Promise.resolve();
    },
    sending: 'on',
    claimSeconds: 90,
    clock: () => time.now,
    ...overrides,
  };
  const current = async () => {
    const found = await wiring.store.find(job.id);
    if (found === undefined) throw new Error('The job is lost');
    return found;
  };
  return { ...wiring, nudges, published, time, current };
}

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
    const wiring = sending(job, { provider: line });
    await Promise.all(Array.from({ length: 20 }, () => workJob(job.id, wiring)));
    expect(line.sends).toEqual([`${job.id}-1`]);
  });

  it('goes back to the queue when the provider was never reached, and is sent again as a second attempt', async () => {
    const job = queuedJob();
    const wiring = sending(job, { provider: provider({ send: { kind: 'not_connected', error: 'refused' } }) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'queued', notBefore: 32_000, attempts: [{ result: { kind: 'not_submitted' } }] });
    const second = provider();
    await workJob(job.id, { ...wiring, provider: second });
    expect(second.sends).toEqual([]);
    wiring.time.now = 32_000;
    await workJob(job.id, { ...wiring, provider: second });
    expect(second.sends).toEqual([`${job.id}-2`]);
  });

  it('fails for good when the provider refuses it', async () => {
    const job = queuedJob();
    const wiring = sending(job, { provider: provider({ send: { kind: 'refused', cause: 'number', error: 'rejected' } }) });
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'failed', error: 'rejected' });
  });

  it('becomes uncertain, and is never sent again, when the adapter throws', async () => {
    const job = queuedJob();
    const line = provider({ send: new Error('socket hang up') });
    const wiring = sending(job, { provider: line });
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
    const wiring = sending(job, { provider: line, sending: 'off' });
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
    await expect(workJob(job.id, { ...wiring.crashing, provider: line })).rejects.toThrow('killed');
    await workJob(job.id, { ...wiring, provider: line });
    expect(line.sends).toHaveLength(1);
  });

  it.each([
    ['after the claim', 1, 'after', 0],
    ["after the provider's answer", 2, 'before', 1],
  ] as const)('%s never sends twice: the job becomes uncertain when its claim ends', async (_, write, when, sends) => {
    const job = queuedJob();
    const line = provider();
    const wiring = crashingAt(write, when, job);
    await expect(workJob(job.id, { ...wiring.crashing, provider: line })).rejects.toThrow('killed');
    await workJob(job.id, { ...wiring, provider: line });
    expect(await wiring.current()).toMatchObject({ state: 'submitting' });
    wiring.time.now += 90_000;
    await workJob(job.id, { ...wiring, provider: line });
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
    await workJob(job.id, { ...wiring, provider: slow });
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', providerSid: 'late' });
  });
});

describe('a job in progress', () => {
  async function inProgress(status: ProviderStatus | Error) {
    const job = queuedJob();
    const wiring = sending(job, { provider: provider({ status }) });
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

  it('stays as it is when the provider can not be asked', async () => {
    const { job, wiring } = await inProgress(new Error('no answer'));
    await expect(workJob(job.id, wiring)).rejects.toThrow('no answer');
    expect(await wiring.current()).toMatchObject({ state: 'in_progress', pollAt: 7_000 });
  });

  it('becomes uncertain when the provider comes to no end', async () => {
    const { job, wiring } = await inProgress({ kind: 'in_progress', pollAfterSeconds: 9 });
    wiring.time.now = 7 * 60 * 60_000;
    await workJob(job.id, wiring);
    expect(await wiring.current()).toMatchObject({ state: 'uncertain', error: 'The provider reported no end in time' });
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
