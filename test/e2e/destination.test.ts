/** Several faxes to one number: one call at a time, and all of them go out. */
import * as z from 'zod';
import { call, freshNumber, readFax, sendFax, untilEnded } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { rmSync } from 'node:fs';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, functionId, readTemplate, type Template } from './stack-resources.js';

const admin = 'the administrator of one line';
let copy: string;
let cloud: RunningLocalCloud;
let template: Template;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  const sender = functionId(template, 'fax-sender');
  copy = withTemplate(assembly, ({ Resources }) => {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Resources[sender]?.Properties?.['Environment']);
    Object.assign(Resources[sender]?.Properties ?? {}, { Environment: { Variables: { ...Variables, SANDBOX_SECONDS_PER_PAGE: '1' } } });
  });
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin });
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

const attempts = z.object({ attempts: z.array(z.object({ started_at: z.string(), ended_at: z.string() })) });
const callsOf = async (id: string) =>
  attempts.parse((await call(cloud.gatewayUrl, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).attempts.map(({ started_at, ended_at }) => ({ from: Date.parse(started_at), to: Date.parse(ended_at) }));

it('five faxes to one number that come at once go out one after another, each once', async () => {
  const to = freshNumber();
  const ids = await Promise.all(Array.from({ length: 5 }, async () => readFax(await sendFax(cloud.gatewayUrl, admin, to)).id));
  for (const id of ids) expect(await untilEnded(cloud.gatewayUrl, admin, id, 60)).toMatchObject({ state: 'success' });
  const calls = (await Promise.all(ids.map(callsOf))).flat().sort((one, other) => one.from - other.from);
  expect(calls).toHaveLength(5);
  calls.slice(1).forEach(({ from }, index) => expect(from).toBeGreaterThanOrEqual(calls[index]?.to ?? Infinity));
  const counted = await callsByJob(cloud, template);
  for (const id of ids) expect(counted.get(id)).toBe(1);
}, 120_000);

it('faxes to other numbers do not wait for them', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, async () => readFax(await sendFax(cloud.gatewayUrl, admin, freshNumber())).id));
  for (const id of ids) await untilEnded(cloud.gatewayUrl, admin, id);
  const calls = (await Promise.all(ids.map(callsOf))).flat();
  // All under way at once: the last one began before the first one ended.
  expect(Math.max(...calls.map(({ from }) => from))).toBeLessThan(Math.min(...calls.map(({ to }) => to)) + 1_500);
}, 60_000);
