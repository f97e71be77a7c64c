/** A fax of which nobody knows: it is looked for, never sent again, and a report about it changes only what is true. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { call, freshNumber, readFax, sendFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { physicalId } from './left-work.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, readTemplate, type Template } from './stack-resources.js';

const admin = 'the administrator of the uncertain';
let cloud: RunningLocalCloud;
let template: Template;
let base: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(() => cloud.stop());

const jobSchema = z.looseObject({
  state: z.string(),
  attempts: z.array(z.looseObject({ id: z.string(), outcome: z.string(), provider_sid: z.nullable(z.string()), evidence: z.array(z.object({ text: z.string() })) })),
});
const readJob = async (id: string) => jobSchema.parse((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body);
const tell = (message: object) =>
  cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: physicalId(cloud, /^FaxesSendQueue[0-9A-F]{8}$/), MessageBody: JSON.stringify({ v: 1, ...message }) }));
const refresh = (id: string) => call(base, 'POST', `/admin/fax-jobs/${id}/refresh`, { key: admin, json: {} });

it('a fax whose answer was lost is found at its provider, and followed to its end by one call', async () => {
  const { id } = readFax(await sendFax(base, admin, '+15555550009'));
  expect(await untilEnded(base, admin, id)).toMatchObject({ state: 'uncertain', status: 'in_progress', provider_sid: null });
  // A minute sooner than by itself.
  expect((await refresh(id)).status).toBe(200);
  const job = await until(() => readJob(id), ({ state }) => state === 'success');
  expect(job.attempts).toMatchObject([{ outcome: 'success', provider_sid: expect.stringMatching(/^sbx_lost_/), evidence: [{ text: 'The provider has it: found in its list' }, { text: 'The provider says: success' }] }]);
  expect((await callsByJob(cloud, template)).get(id)).toBe(1);
}, 60_000);

it('a fax that was cut stays uncertain however often the provider is asked, and is not sent again', async () => {
  const { id } = readFax(await sendFax(base, admin, '+15555550004'));
  await untilEnded(base, admin, id);
  for (let times = 0; times < 3; times += 1) await refresh(id);
  const job = await until(() => readJob(id), ({ attempts }) => (attempts[0]?.evidence.length ?? 0) > 0);
  expect(job).toMatchObject({ state: 'uncertain', attempts: [{ outcome: 'uncertain' }] });
  expect((await callsByJob(cloud, template)).get(id)).toBe(1);
}, 60_000);

it('reports about a fax that is over, from somebody else, or about another id change nothing', async () => {
  const { id } = readFax(await sendFax(base, admin, freshNumber()));
  await untilEnded(base, admin, id);
  const before = await readJob(id);
  const [attempt] = before.attempts;
  const heard = { provider: 'sandbox', attemptId: attempt?.id, providerSid: attempt?.provider_sid, reported: { kind: 'failed', cause: 'busy', error: 'busy' }, at: Date.now() };
  await tell({ jobId: id, heard });
  await tell({ jobId: id, heard: { ...heard, provider: 'sinch' } });
  await tell({ jobId: id, heard: { ...heard, providerSid: 'another' } });
  // What came after them in the queue is over, so they were heard.
  expect(await untilEnded(base, admin, readFax(await sendFax(base, admin, freshNumber())).id)).toMatchObject({ state: 'success' });
  expect(await readJob(id)).toEqual(before);
}, 60_000);

it('a report of a fax that the sender waits for brings its end forward', async () => {
  const { id } = readFax(await sendFax(base, admin, '+15555550009'));
  await until(() => readJob(id), ({ state }) => state === 'uncertain');
  const [attempt] = (await readJob(id)).attempts;
  // The sandbox's own id: what it says, when asked for it, counts.
  await tell({ jobId: id, heard: { provider: 'sandbox', attemptId: attempt?.id, providerSid: 'sbx_success_a_0123456789ab', at: Date.now() } });
  expect(await until(() => readJob(id), ({ state }) => state === 'success')).toMatchObject({ attempts: [{ provider_sid: 'sbx_success_a_0123456789ab' }] });
}, 60_000);
