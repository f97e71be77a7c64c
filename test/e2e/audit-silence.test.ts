/** AUDIT_LOG_ENABLED=false: faxes and sign-ins leave no trace, administrators always do, and it ends when it is switched on again. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { auditTrail } from './audit-trail.js';
import { call, createKey, readFax, sendFax, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { readTemplate, type Template } from './stack-resources.js';

const admin = 'audit-silence-administrator';
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

const versionOf = z.looseObject({ version: z.number() });
async function change(values: object): Promise<void> {
  const { version } = versionOf.parse((await call(base, 'GET', '/admin/settings', { key: admin })).body);
  expect((await call(base, 'PUT', '/admin/settings', { key: admin, json: { version, values } })).status).toBe(200);
}

/** The events that something leaves which is over when it answers. */
async function eventsOf(act: () => Promise<unknown>): Promise<string[]> {
  const before = new Set((await auditTrail(cloud, template)).map(({ event_id }) => event_id));
  await act();
  return (await auditTrail(cloud, template)).filter(({ event_id }) => !before.has(event_id)).map(({ event }) => event);
}

/** Sends a fax, to its end and until nothing of it is left to be published. */
async function wholeFax(): Promise<string> {
  const { id } = readFax(await sendFax(base, admin, '+15551234567'));
  const [table = ''] = Object.keys(cloud.resources).filter((name) => /^FaxesTable[0-9A-F]{8}$/.test(name));
  await until(
    async () => (await cloud.clients.dynamodb.send(new GetItemCommand({ TableName: cloud.resources[table], Key: { id: { S: id } } }))).Item,
    (item) => item?.['state']?.S === 'success' && item['outbox']?.L?.length === 0,
  );
  return id;
}

const openDocument = async (id: string) => {
  expect((await call(base, 'GET', `/fax/${id}/pdf`, { key: admin })).status).toBe(302);
};
const signInWrongly = async () => {
  expect((await call(base, 'GET', '/admin/api-keys', { key: 'no-such-key' })).status).toBe(401);
};
/** Whether the authorizer has the settings that were made: with AUDIT_LOG_ENABLED, they let requests without a key in, or not. */
const lettingIn = async (id: string) => (await call(base, 'GET', `/fax/${id}`)).status !== 401;

it('is in force within 30 seconds, and over within 30 seconds', async () => {
  const id = await wholeFax();
  expect(await eventsOf(wholeFax)).toEqual(['job_created', 'job_updated']);
  expect(await eventsOf(() => openDocument(id))).toEqual(['pdf_served']);
  expect(await eventsOf(signInWrongly)).toEqual(['auth_refused']);

  expect(await eventsOf(() => change({ AUDIT_LOG_ENABLED: false, REQUIRE_API_KEY: false }))).toEqual(['settings_changed']);
  await until(() => eventsOf(wholeFax), (events) => events.length === 0, 30);
  await until(() => eventsOf(() => openDocument(id)), (events) => events.length === 0, 30);
  await until(() => lettingIn(id), (open) => open, 30);
  expect(await eventsOf(signInWrongly)).toEqual([]);
  expect(await eventsOf(() => createKey(base, admin))).toEqual(['api_key_created']);

  expect(await eventsOf(() => change({ AUDIT_LOG_ENABLED: true, REQUIRE_API_KEY: true }))).toEqual(['settings_changed']);
  await until(() => eventsOf(wholeFax), (events) => events.length > 0, 30);
  await until(() => eventsOf(() => openDocument(id)), (events) => events.length > 0, 30);
  await until(() => lettingIn(id), (open) => !open, 30);
  expect(await eventsOf(signInWrongly)).toEqual(['auth_refused']);
}, 150_000);
