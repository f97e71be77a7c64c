/** A number that is busy, a provider that is away: what is tried again, when, and how it ends, over HTTP. */
import * as z from 'zod';
import { call, freshNumber, readFax, sendFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'the administrator who dials again';
let cloud: RunningLocalCloud;
let base: string;

const jobSchema = z.looseObject({
  state: z.string(),
  error: z.nullable(z.string()),
  attempts: z.array(z.looseObject({ outcome: z.string(), cause: z.nullable(z.string()), pages: z.nullable(z.number()), started_at: z.string(), ended_at: z.nullable(z.string()) })),
});
const readJob = async (id: string) => jobSchema.parse((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body);
const causesOf = async (id: string) => (await readJob(id)).attempts.map(({ cause }) => cause);
const send = async (to: string) => readFax(await sendFax(base, admin, to)).id;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: admin });
  base = cloud.gatewayUrl;
  const values = { REDIAL_BUSY_SECONDS: 2, REDIAL_NO_ANSWER_SECONDS: 1, REDIAL_MAX_TRIES: 2, REDIAL_MAX_DIALS: 3 };
  expect((await call(base, 'PUT', '/admin/settings', { key: admin, json: { version: 0, values } })).status).toBe(200);
}, 240_000);
afterAll(() => cloud.stop());

it('a busy number is dialled again when its time has come, and the fax goes out', async () => {
  const id = await send('+15555550010');
  expect(await untilEnded(base, admin, id)).toMatchObject({ state: 'success' });
  const { attempts } = await readJob(id);
  expect(attempts).toMatchObject([{ outcome: 'failed', cause: 'busy' }, { outcome: 'success' }]);
  const [first, second] = attempts;
  expect(Date.parse(second?.started_at ?? '') - Date.parse(first?.ended_at ?? '')).toBeGreaterThanOrEqual(1_000);
}, 60_000);

it('meanwhile it is queued, so that nobody takes it for failed', async () => {
  const id = await send('+15555550001');
  await until(async () => causesOf(id), ([cause]) => cause === 'busy');
  expect(readFax(await call(base, 'GET', `/fax/${id}`, { key: admin }))).toMatchObject({ status: 'queued', state: 'queued' });
}, 60_000);

it.each([
  ['+15555550002', ['no_answer', 'no_answer', 'no_answer']],
  ['+15555550007', ['no_carrier', 'no_carrier']],
  ['+15555550008', ['congestion', 'congestion', 'congestion']],
  ['+15555550006', ['partial']],
  ['+15555550003', ['number']],
])('a fax to %s ends after %p', async (to, causes) => {
  const id = await send(to);
  expect(await untilEnded(base, admin, id)).toMatchObject({ state: 'failed', status: 'FAILED' });
  expect(await causesOf(id)).toEqual(causes);
}, 60_000);

it('a provider that asks for patience gets it, and the fax is sent', async () => {
  const id = await send('+15555550011');
  expect(await untilEnded(base, admin, id)).toMatchObject({ state: 'success' });
  expect((await readJob(id)).attempts).toMatchObject([{ outcome: 'not_submitted', cause: 'throttled' }, { outcome: 'success', cause: null }]);
}, 60_000);

it('a fax that is cancelled while it waits is not dialled again', async () => {
  const id = await send('+15555550002');
  await until(async () => causesOf(id), (causes) => causes.length > 0 && causes.at(-1) !== null);
  await call(base, 'POST', `/fax/${id}/cancel`, { key: admin, json: {} });
  const { state } = await untilEnded(base, admin, id);
  expect(['cancelled', 'failed']).toContain(state);
  const dialled = (await readJob(id)).attempts.length;
  expect(await untilEnded(base, admin, await send(freshNumber()))).toMatchObject({ state: 'success' });
  expect((await readJob(id)).attempts).toHaveLength(dialled);
}, 60_000);
