/** A fax to be sent later is sent then, not before, and once. */
import * as z from 'zod';
import { call, faxForm, freshNumber, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, readTemplate, sweepNow, type Template } from './stack-resources.js';

const admin = 'the administrator who waits';
let cloud: RunningLocalCloud;
let template: Template;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin });
}, 240_000);
afterAll(() => cloud.stop());

async function sendAt(time: number): Promise<string> {
  const form = faxForm(freshNumber());
  form.set('send_at', new Date(time).toISOString());
  return readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form })).id;
}
const state = async (id: string) => readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).state;
const attempts = z.object({ attempts: z.array(z.object({ started_at: z.string() })) });

it('waits for its time, whatever nudges it, and then goes out once', async () => {
  const time = Date.now() + 4_000;
  const id = await sendAt(time);
  await sweepNow(cloud, template);
  expect(await state(id)).toBe('queued');
  await until(
    async () => {
      await sweepNow(cloud, template);
      return state(id);
    },
    (now) => now === 'success',
    90,
  );
  const [first] = attempts.parse((await call(cloud.gatewayUrl, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).attempts;
  // A second early at the most: clocks differ.
  expect(Date.parse(first?.started_at ?? '')).toBeGreaterThanOrEqual(time - 1_000);
  expect((await callsByJob(cloud, template)).get(id)).toBe(1);
}, 120_000);

it('can be cancelled until then', async () => {
  const id = await sendAt(Date.now() + 60_000);
  await call(cloud.gatewayUrl, 'POST', `/fax/${id}/cancel`, { key: admin, json: {} });
  expect(await untilEnded(cloud.gatewayUrl, admin, id)).toMatchObject({ state: 'cancelled' });
});
