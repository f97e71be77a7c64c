/** The settings can't be read: a key is required whatever they said, and everything else goes on. */
import { call, createKey, faxForm, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const admin = 'settings-unreadable-administrator';
let cloud: RunningLocalCloud;
let template: Template;
let base: string;
/** A key that the gateway knows. */
let token: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin, faults: true });
  base = cloud.gatewayUrl;
  token = (await createKey(base, admin)).token;
}, 240_000);
afterAll(() => cloud.stop());

const without = async () => (await call(base, 'GET', '/fax/none')).status;
const withKey = async () => (await call(base, 'GET', '/fax/none', { key: token })).status;
const settingsTable = () => cloud.resources[Object.keys(cloud.resources).find((id) => /^SettingsTable[0-9A-F]{8}$/.test(id)) ?? ''] ?? '';
const failures = async (name: string) => (await messagesOf(cloud, logGroupId(template, name))).filter((message) => message.includes('The settings could not be read')).length;

it('a fax is refused, and not given to the provider that the stack was deployed with, where nobody knows yet which one is in force', async () => {
  await cloud.injectFault({ function: functionId(template, 'fax-upload'), when: 'before', action: 'dynamodb:GetItem', resource: settingsTable(), rate: 1, effect: 'error', code: 'AccessDeniedException', status: 400 });
  const post = () => call(base, 'POST', '/fax', { key: token, form: faxForm('+15551234567') });
  expect(await post()).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  await cloud.clearFaults();
  expect(await post()).toMatchObject({ status: 202 });
}, 60_000);

it('a gateway that was open refuses who has no key, until they can be read again; keys and faxes go on', async () => {
  const settings = { version: 0, values: { REQUIRE_API_KEY: false } };
  expect((await call(base, 'PUT', '/admin/settings', { key: admin, json: settings })).status).toBe(200);
  await until(without, (status) => status === 404, 30);

  for (const name of ['authorizer', 'fax-upload']) {
    await cloud.injectFault({ function: functionId(template, name), when: 'before', action: 'dynamodb:GetItem', resource: settingsTable(), effect: 'error', code: 'AccessDeniedException', status: 400 });
  }
  // The rule waits for the next reading, at most 15 seconds from now.
  await until(without, (status) => status === 401, 30);
  await until(() => failures('authorizer'), (count) => count === 1);
  expect(await without()).toBe(404);
  expect(await withKey()).toBe(404);

  const send = async () => {
    expect((await call(base, 'POST', '/fax', { key: token, form: faxForm('+15551234567') })).status).toBe(202);
    return failures('fax-upload');
  };
  await until(send, (count) => count === 1, 30);
}, 120_000);
