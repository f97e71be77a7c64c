/** The daily reminders, from the schedule's function to the topic that people subscribe to. */
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { MessageFile } from '../../local/sns/message-file.js';
import { call, createKey } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, readTemplate, type Template } from './stack-resources.js';

let cloud: RunningLocalCloud;
let template: Template;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly });
}, 240_000);
afterAll(() => cloud.stop());

const published = () => new MessageFile(join(cloud.state, 'data', 'sns')).read();

async function remind(): Promise<unknown> {
  const { Payload = new Uint8Array() } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'key-reminders')] }));
  return JSON.parse(Buffer.from(Payload).toString('utf8'));
}

it('says nothing while no key needs attention, and then names each that does, once, and none that is dead', async () => {
  const create = (wanted: object) => createKey(cloud.gatewayUrl, cloud.adminKey, wanted);
  const tomorrow = new Date((Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000 + 1000).toISOString();
  await create({ name: 'quiet' });
  expect(await remind()).toEqual({ reminders: 0 });
  expect(published()).toEqual([]);

  const ending = await create({ name: 'ending', expires_at: tomorrow, owner: 'ward-3' });
  const revoked = await create({ name: 'revoked', expires_at: tomorrow });
  await call(cloud.gatewayUrl, 'DELETE', `/admin/api-keys/${revoked.key_id}`, { key: cloud.adminKey });
  expect(await remind()).toEqual({ reminders: 1 });
  const [message, ...others] = published();
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    subject: 'Faxbot dev: 1 API key needs attention',
    message: `- ending (${ending.key_id}, owner ward-3): expires tomorrow, at ${tomorrow}: extend it, or create its successor`,
  });
  expect(JSON.stringify(message)).not.toContain(ending.token.slice(22));
});
