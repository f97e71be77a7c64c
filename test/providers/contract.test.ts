/** What every adapter promises, beside a simulator of its provider that goes wrong in every way that a provider can. */
import { createServer, type Server } from 'node:http';
import { adapters } from '../../lambdas/providers/adapters.js';
import { redialledCauses, type FailureCause, type FaxProvider, type ProviderStatus } from '../../lambdas/providers/provider.js';
import { simulated } from '../simulators/definitions.js';
import { startSimulator, type Simulator } from '../simulators/simulator.js';
import { callbackKey, closedAddress, digest, newAttempt, providerOf, received, submissionOf } from './provider-case.js';

/** How each end of a fax has to be read, where it is read at all. */
const meanings: Readonly<Record<string, Partial<ProviderStatus>>> = {
  success: { kind: 'success' },
  ...Object.fromEntries((['busy', 'no_answer', 'no_carrier', 'congestion', 'number', 'document'] as const).map((cause) => [cause, { kind: 'failed', cause }])),
  partial: { kind: 'partial' },
  cut: { kind: 'uncertain' },
  'unknown-word': { kind: 'uncertain' },
};

/** Providers whose word for a cancelled fax is not documented. */
const cancelIsUncertain: ReadonlySet<string> = new Set(['phaxio']);

/** Providers that keep nothing of the attempt, and those that keep it in the callback's address alone. */
const keepsNoAttempt: ReadonlySet<string> = new Set(['documo']);
const listsNoAttempt: ReadonlySet<string> = new Set(['signalwire']);

const number = '+12025550123';

/** Another one, in its middle: the last characters of base64 hold bits that nobody reads. */
const forge = (proof: string): string => {
  const middle = Math.floor(proof.length / 2);
  return `${proof.slice(0, middle)}${proof[middle] === 'a' ? 'b' : 'a'}${proof.slice(middle + 1)}`;
};

/** The documents, for providers that fetch them. */
let documents: Server;
let served: Buffer = Buffer.alloc(0);
const documentUrl = (): URL => {
  const address = documents.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/fax.pdf`);
};

beforeAll(async () => {
  documents = createServer((_, response) => response.end(served));
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => documents.close(resolve)));

/** A fax whose document can be fetched, too. */
function fax(to = number, options: Parameters<typeof submissionOf>[1] = {}): ReturnType<typeof submissionOf> {
  const submission = submissionOf(to, { ...options, documentUrl: documentUrl() });
  served = submission.content;
  return submission;
}

it('is run for every adapter that has a simulator, and every adapter has one', () => {
  expect(Object.keys(simulated).sort()).toEqual(expect.arrayContaining(adapters.map(({ id }) => id).sort()));
});

describe.each(adapters.flatMap((adapter) => (simulated[adapter.id] === undefined ? [] : [{ id: adapter.id, adapter, ...simulated[adapter.id] }])))(
  '$id',
  ({ id, adapter, definition, configuration }) => {
    let simulator: Simulator;
    let provider: FaxProvider;
    const at = (endpoint: URL, changes: Readonly<Record<string, string>> = {}): FaxProvider =>
      providerOf(adapter.create({ ...configuration, ...changes }, { endpoint, callbackKey }));

    beforeEach(async () => {
      if (definition === undefined) throw new Error('There is no simulator');
      simulator = await startSimulator(definition);
      provider = at(simulator.url);
    });
    afterEach(() => simulator.close());

    async function sent(options: Parameters<Simulator['script']>[1] = {}): Promise<{ readonly sid: string; readonly submission: ReturnType<typeof fax> }> {
      simulator.script(number, { webhook: 'none', ...options });
      const submission = fax();
      const outcome = await provider.send(submission);
      if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
      return { sid: outcome.providerSid, submission };
    }

    describe('a hand-over', () => {
      it.each([1, 2, 3, 100_001, 3_000_000])('carries the document of %i bytes as it is, with the attempt and no number beside it', async (bytes) => {
        simulator.script(number, { webhook: 'none' });
        const submission = fax(number, { bytes });
        expect(await provider.send(submission)).toMatchObject({ kind: 'submitted', providerSid: simulator.ledger[0]?.providerSid });
        expect(simulator.ledger).toMatchObject([{ to: number, attempt: keepsNoAttempt.has(id) ? undefined : submission.attemptId, sha256: digest(submission.content) }]);
      });

      it.each(['number', 'credentials', 'funds', 'document', 'other'] as const)('that is refused for its %s says so, and is certain', async (cause) => {
        if (definition?.refusals[cause] === undefined) return;
        simulator.script(number, { refusal: cause });
        const outcome = await provider.send(fax());
        expect(outcome).toMatchObject({ kind: 'refused', cause });
        expect(JSON.stringify(outcome)).not.toMatch(/\d{6}/);
        expect(simulator.ledger).toHaveLength(1);
      });

      it('that came too soon after others waits for as long as it is told', async () => {
        simulator.script(number, { fault: 'throttle' });
        expect(await provider.send(fax())).toMatchObject({ kind: 'throttled', retryAfterSeconds: 7 });
        expect(simulator.ledger).toHaveLength(1);
      });

      it.each(['reset-during', 'reset-before', 'reset-after', 'hang', 'error-before', 'error-after', 'unreadable'] as const)('that ends in %s is uncertain, and is made once', async (fault) => {
        simulator.script(number, { fault, webhook: 'none' });
        const outcome = await provider.send(fax(number, { patience: fault === 'hang' ? 700 : 10_000 }));
        expect(outcome).toMatchObject({ kind: 'uncertain' });
        expect(JSON.stringify(outcome)).not.toContain('2025550123');
        expect(simulator.ledger).toHaveLength(1);
      });

      it('that found nobody to connect to was never made', async () => {
        expect(await at(await closedAddress()).send(fax())).toMatchObject({ kind: 'not_connected' });
      });

      it('that is given up before the connection was made was never made', async () => {
        expect(await provider.send({ ...fax(), signal: AbortSignal.abort() })).toMatchObject({ kind: 'not_connected' });
        expect(simulator.ledger).toEqual([]);
      });

      it('with wrong credentials is refused', async () => {
        const [secret = ''] = adapter.fields.filter((field) => field.secret && /secret|token|key/.test(field.name)).map((field) => field.name);
        const outcome = await at(simulator.url, { [secret]: 'wrong' }).send(fax());
        expect(outcome).toMatchObject({ kind: 'refused', cause: 'credentials' });
        expect(simulator.ledger).toEqual([]);
      });
    });

    describe('a fax', () => {
      it('is in progress until it ends', async () => {
        const { sid } = await sent({ seconds: 3600 });
        expect(await provider.status?.(sid, Date.now())).toMatchObject({ kind: 'in_progress' });
        simulator.end(sid);
        expect(await provider.status?.(sid, Date.now())).toMatchObject({ kind: 'success' });
      });

      it.each(Object.entries(meanings))('that ends in %s is read as that', async (end, meaning) => {
        if (definition?.ends[end] === undefined) return;
        const { sid } = await sent({ end });
        const status = await provider.status?.(sid, Date.now());
        expect(status).toMatchObject(meaning);
        expect(JSON.stringify(status)).not.toContain('2025550123');
      });

      it('can not be asked about where the provider is away, or does not know it', async () => {
        const { sid } = await sent();
        await expect(provider.status?.('1', Date.now())).rejects.toThrow();
        await expect(at(await closedAddress()).status?.(sid, Date.now())).rejects.toThrow();
      });

      it('is cancelled when the provider says so, and not before', async () => {
        if (provider.cancel === undefined) return;
        const { sid } = await sent({ seconds: 3600 });
        expect(await provider.cancel(sid)).toEqual({ kind: 'requested' });
        expect(await provider.status?.(sid, Date.now())).toMatchObject({ kind: cancelIsUncertain.has(id) ? 'uncertain' : 'cancelled' });
      });

      it('that is done can not be cancelled', async () => {
        if (provider.cancel === undefined) return;
        const { sid } = await sent();
        expect(await provider.cancel(sid)).toMatchObject({ kind: 'refused' });
      });
    });

    describe('a fax whose answer was lost', () => {
      const query = (attemptId: ReturnType<typeof newAttempt>) => ({ attemptId, to: submissionOf(number).to, startedAt: Date.now() - 60_000, until: Date.now() });

      it('is found by its attempt', async () => {
        if (provider.find === undefined) return;
        simulator.script(number, { webhook: 'none' }, { fault: 'reset-after', webhook: 'none' });
        await provider.send(fax());
        const lost = fax();
        expect(await provider.send(lost)).toMatchObject({ kind: 'uncertain' });
        expect(await provider.find(query(lost.attemptId))).toMatchObject(listsNoAttempt.has(id) ? { kind: 'unknown' } : { kind: 'found', providerSid: simulator.ledger[1]?.providerSid });
      });

      it('is not found where the provider never took it', async () => {
        if (provider.find === undefined) return;
        if (!listsNoAttempt.has(id)) await sent();
        simulator.script(number, { fault: 'reset-before' });
        const lost = fax();
        await provider.send(lost);
        expect(await provider.find(query(lost.attemptId))).toEqual({ kind: 'none' });
      });

      it('is nothing to be known about where the provider is away', async () => {
        if (provider.find === undefined) return;
        expect(await at(await closedAddress()).find?.(query(newAttempt()))).toMatchObject({ kind: 'unknown' });
      });
    });

    describe('a report', () => {
      it('is read when it is the provider’s own, however often it comes', async () => {
        if (provider.readWebhook === undefined) return;
        const { sid, submission } = await sent({ end: 'busy' });
        const request = received(simulator.callbackOf(sid));
        const event = { kind: 'event', providerSid: sid, attemptId: submission.attemptId, reported: { kind: 'failed', cause: 'busy' } };
        expect(provider.readWebhook(request)).toMatchObject(event);
        expect(provider.readWebhook(request)).toMatchObject(event);
      });

      it('is refused without its proof, with another’s, or for another attempt', async () => {
        if (provider.readWebhook === undefined) return;
        const { sid } = await sent();
        const request = received(simulator.callbackOf(sid));
        const bare = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !/signature|authorization/.test(name)));
        const forged = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, /signature|authorization/.test(name) ? forge(value) : value]));
        const elsewhere = new URL(request.url);
        elsewhere.searchParams.set('attempt', newAttempt());
        expect(provider.readWebhook({ ...request, headers: bare })).toMatchObject({ kind: 'refused' });
        expect(provider.readWebhook({ ...request, headers: forged })).toMatchObject({ kind: 'refused' });
        if (definition?.signsBodyAlone !== true) expect(provider.readWebhook({ ...request, url: elsewhere })).toMatchObject({ kind: 'refused' });
      });

      it('of long ago is refused where the provider signs its time', async () => {
        if (provider.readWebhook === undefined || definition?.signsTime !== true) return;
        const { sid } = await sent();
        expect(provider.readWebhook(received(simulator.callbackOf(sid), { now: Date.now() + 3_600_000 }))).toMatchObject({ kind: 'refused' });
      });

      it('that is no report at all is refused or ignored, and never throws', () => {
        if (provider.readWebhook === undefined) return;
        for (const body of ['', '{}', 'null', '--x--', '\u0000']) {
          for (const type of ['application/json', 'multipart/form-data; boundary=x', 'multipart/form-data', 'application/x-www-form-urlencoded', '']) {
            const verdict = provider.readWebhook({ url: new URL('https://gateway.example/callback?attempt=1'), method: 'POST', headers: { 'content-type': type }, body: Buffer.from(body), now: 0 });
            expect(verdict.kind).toBe('refused');
          }
        }
      });
    });

    describe('credentials', () => {
      it('are valid where the provider takes them, and nobody is called for it', async () => {
        expect(await provider.validate()).toEqual({ kind: 'valid' });
        expect(simulator.ledger).toEqual([]);
      });

      it('are invalid where it does not', async () => {
        const [secret = ''] = adapter.fields.filter((field) => field.secret && /secret|token|key/.test(field.name)).map((field) => field.name);
        expect(await at(simulator.url, { [secret]: 'wrong' }).validate()).toMatchObject({ kind: 'invalid' });
      });

      it('are neither where it can not be reached', async () => {
        expect(await at(await closedAddress()).validate()).toMatchObject({ kind: 'unreachable' });
      });

      it('are named one by one where something is wrong with them', () => {
        const made = adapter.create({}, { endpoint: undefined, callbackKey });
        const required = adapter.fields.filter((field) => field.required).map((field) => field.name);
        expect('problems' in made ? made.problems.map(({ field }) => field).sort() : []).toEqual([...required].sort());
      });
    });
  },
);

it('no certain failure is redialled but those that pass by themselves', () => {
  const causes: readonly FailureCause[] = ['number', 'document', 'credentials', 'funds', 'limit', 'other'];
  expect(causes.filter((cause) => redialledCauses.has(cause))).toEqual([]);
});
