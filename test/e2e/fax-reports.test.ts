/**
 * A provider's report brings a fax to its end, over the whole way: the hand-over to a simulated provider with the callback
 * address in it, the report to that address, the sender that asks. Without reports, the gateway would ask half a minute later.
 */
import { rmSync } from 'node:fs';
import * as z from 'zod';
import type { Behaviour, CallbackRequest } from '../simulators/definition.js';
import { simulated } from '../simulators/definitions.js';
import { deliverCallback } from '../simulators/deliver-callback.js';
import { startSimulator, type Simulator } from '../simulators/simulator.js';
import { call, faxForm, freshNumber, readFax, until, type Fax } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { changeVariable, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const admin = 'who waits for reports';
const reporters = Object.entries(simulated).filter(([, { definition }]) => definition.callback !== undefined);

const simulators = new Map<string, Simulator>();
let copy: string;
let template: Template;
let cloud: RunningLocalCloud;

beforeAll(async () => {
  for (const [id, { definition }] of reporters) simulators.set(id, await startSimulator(definition));
  const endpoints = JSON.stringify(Object.fromEntries([...simulators].map(([id, { url }]) => [id, url.href])));
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  copy = withTemplate(assembly, (editable) => {
    for (const name of ['settings-admin', 'fax-sender', 'fax-webhook']) changeVariable(editable, name, 'PROVIDER_ENDPOINTS', () => endpoints);
    // The test's claims end after 3 seconds, and a report must be able to come before the answer.
    changeVariable(editable, 'fax-sender', 'CLAIM_SECONDS', () => '30');
  });
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin });
  process.env['AWS_ENDPOINT_URL'] = cloud.endpointUrl;
  let version = 0;
  for (const [id, { configuration }] of reporters) {
    const saved = await call(cloud.gatewayUrl, 'PUT', `/admin/settings/providers/${id}`, { key: admin, json: { version, fields: configuration } });
    version = z.object({ version: z.number() }).parse(saved.body).version;
  }
  const order = reporters.map(([id]) => id);
  expect(await call(cloud.gatewayUrl, 'PUT', '/admin/settings/providers', { key: admin, json: { version, order } })).toMatchObject({ status: 200 });
}, 240_000);
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await cloud.stop();
  await Promise.all([...simulators.values()].map((simulator) => simulator.close()));
  rmSync(copy, { recursive: true, force: true });
});

const read = async (id: string): Promise<Fax> => readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin }));
const reaches = (id: string, ...states: readonly string[]): Promise<Fax> => until(() => read(id), ({ state }) => states.includes(state), 12);
const post = (callback: CallbackRequest) => deliverCallback({ ...callback, awsEndpoint: cloud.endpointUrl });
const refusals = async () => (await messagesOf(cloud, logGroupId(template, 'fax-webhook'))).filter((message) => message.includes('A callback was refused')).length;

describe.each(reporters.map(([id]) => id))('a report of %s', (provider) => {
  const line = (): Simulator => {
    const simulator = simulators.get(provider);
    if (simulator === undefined) throw new Error(provider);
    return simulator;
  };
  /** Sends a fax to a number of its own that behaves so. */
  async function send(behaviour: Behaviour): Promise<string> {
    const to = freshNumber();
    line().script(to, behaviour);
    const form = faxForm(to);
    form.append('provider', provider);
    // The order of a moment ago may still be in a function's memory.
    const answer = await until(() => call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form }), ({ status }) => status === 202, 20);
    return readFax(answer).id;
  }
  const callsOf = (id: string) => line().ledger.filter(({ attempt }) => attempt?.startsWith(id));

  it('settles the fax within seconds', async () => {
    const id = await send({ seconds: 1, webhook: 'once' });
    expect(await reaches(id, 'success')).toMatchObject({ state: 'success', backend: provider });
    expect(callsOf(id)).toHaveLength(1);
  });

  it('of a line that was cut never reads as a success', async () => {
    const id = await send({ seconds: 1, webhook: 'none', end: 'cut' });
    const { provider_sid: sid } = await reaches(id, 'in_progress');
    line().end(sid ?? '');
    expect((await post(line().callbackOf(sid ?? ''))).status).toBe(200);
    expect(await reaches(id, 'failed', 'uncertain')).not.toMatchObject({ state: 'success' });
  });

  it('that comes twice, and before the hand-over is answered, settles it once', async () => {
    for (const webhook of ['twice', 'early'] as const) {
      const id = await send({ webhook, seconds: webhook === 'early' ? 0 : 1 });
      await reaches(id, 'success');
      expect(callsOf(id)).toHaveLength(1);
    }
  });

  it('that is forged is refused and changes nothing; the provider’s own is taken afterwards', async () => {
    const before = await refusals();
    const id = await send({ seconds: 1, webhook: 'none' });
    const { provider_sid: sid } = await reaches(id, 'in_progress');
    line().end(sid ?? '');
    const genuine = line().callbackOf(sid ?? '');
    const forgedUrl = new URL(genuine.url);
    if (forgedUrl.password !== '') forgedUrl.password = '0'.repeat(64);
    const signatures = Object.entries(genuine.headers).map(([name, value]) => [name, name.includes('signature') ? value.replaceAll(/[0-9a-zA-Z]/g, 'a') : value]);
    expect(await post({ ...genuine, url: forgedUrl, headers: Object.fromEntries(signatures) })).toMatchObject({ status: 401 });
    await until(refusals, (count) => count > before);
    expect(await read(id)).toMatchObject({ state: 'in_progress' });
    expect(await post(genuine)).toMatchObject({ status: 200 });
    await reaches(id, 'success');
  });

  it('out of order, and again after the end, changes nothing', async () => {
    const id = await send({ seconds: 600, webhook: 'none' });
    const { provider_sid: sid } = await reaches(id, 'in_progress');
    const early = line().callbackOf(sid ?? '');
    expect(await post(early)).toMatchObject({ status: 200 });
    line().end(sid ?? '');
    expect(await post(line().callbackOf(sid ?? ''))).toMatchObject({ status: 200 });
    const ended = await reaches(id, 'success');
    expect(await post(early)).toMatchObject({ status: 200 });
    // One more fax goes its way through the same queue: the late report has been worked by then, and nothing came of it.
    await reaches(await send({ seconds: 0, webhook: 'once' }), 'success');
    expect(await read(id)).toEqual({ ...ended, pdf_url: expect.any(String) });
    expect(callsOf(id)).toHaveLength(1);
  });
});
