/** A line that takes its time: what a client sees while a fax is on its way. */
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { call, readFax, sendFax, untilEnded } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, readTemplate } from './stack-resources.js';

const admin = 'the administrator of a slow line';
let copy: string;
let cloud: RunningLocalCloud;

beforeAll(async () => {
  const assembly = await testAssembly();
  const sender = functionId(readTemplate(assembly), 'fax-sender');
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

it('a fax to the slow number is in progress while a fax sent after it comes to its end', async () => {
  const base = cloud.gatewayUrl;
  const slow = readFax(await sendFax(base, admin, '+15555550005'));
  const quick = readFax(await sendFax(base, admin, '+15551234567'));
  expect([slow.status, quick.status]).toEqual(['queued', 'queued']);
  expect(await untilEnded(base, admin, quick.id)).toMatchObject({ status: 'SUCCESS' });
  const { body } = await call(base, 'GET', `/admin/fax-jobs/${slow.id}`, { key: admin });
  expect(body).toMatchObject({ status: 'in_progress', state: 'in_progress', error: null, attempts: [{ outcome: 'submitted', ended_at: null }] });
  expect(readFax(await call(base, 'GET', `/fax/${slow.id}`, { key: admin }))).toMatchObject({ status: 'in_progress', provider_sid: expect.stringMatching(/^sbx_slow_/) });
}, 60_000);
