/**
 * Key administration dies between its writes: what is stored is finished by the sweeper, each change stands in the audit
 * trail, nobody is locked out, and no key lives that was revoked.
 */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { auditTrail, readLogs } from './audit-trail.js';
import { call, readCreatedKey, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, readTemplate, type Template } from './stack-resources.js';

const bootstrap = 'crash-keys-administrator';
const crashed = { status: 502, body: { code: 'internal_error' } };
let cloud: RunningLocalCloud;
let template: Template;
/** An admin key that no test ends. */
let admin = '';

const listed = z.array(z.looseObject({ key_id: z.string(), state: z.string() }));

const administer = (method: string, path = '', key = admin, json?: object): Promise<GatewayAnswer> =>
  call(cloud.gatewayUrl, method, `/admin/api-keys${path}`, { key, ...(json === undefined ? {} : { json }) });
const create = (key = admin, scopes = ['admin']) => administer('POST', '', key, { scopes });
const keys = async (key = admin) => listed.parse((await administer('GET', '', key)).body);
const stateOf = async (id: string) => (await keys()).find(({ key_id }) => key_id === id)?.state;
const works = async (token: string) => (await administer('GET', '', token)).status === 200;

/** Kills the function at a call of its own, counted from now. */
const killAt = (rule: Omit<FaultRule, 'function' | 'effect'>) => cloud.injectFault({ function: functionId(template, 'key-admin'), effect: 'kill-function', ...rule });

const sweepReport = z.object({ settledKeys: z.number() });
async function sweep(): Promise<number> {
  const { Payload } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'sweeper')] }));
  return sweepReport.parse(JSON.parse(Buffer.from(Payload ?? []).toString())).settledKeys;
}

/**
 * The sweeper's next runs, until nothing is left of a crash; then the ids of the key's events of that kind: those of the log,
 * which must be those that an administrator reads, once each.
 */
async function eventsAfterSweeping(keyId: string, event: string): Promise<string[]> {
  await until(sweep, (settled) => settled === 0);
  const ids = new Set((await auditTrail(cloud, template)).filter((one) => one.event === event && one.target_key_id === keyId).map((one) => one.event_id));
  const read = (await readLogs(cloud.gatewayUrl, admin, { q: keyId, event })).items.filter((one) => one.target_key_id === keyId).map((one) => one.event_id);
  expect([...read].sort()).toEqual([...ids].sort());
  return [...ids];
}

async function newKeyAfter(change: () => Promise<unknown>): Promise<string[]> {
  const before = new Set((await keys()).map(({ key_id }) => key_id));
  await change();
  return (await keys()).map(({ key_id }) => key_id).filter((id) => !before.has(id));
}

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: bootstrap, faults: true });
}, 240_000);
afterAll(() => cloud.stop());

/** A warm function: its log stream exists, so that the calls of a request are counted from the request's own first. */
beforeEach(async () => {
  await cloud.clearFaults();
  if (admin !== '') await create(admin, ['fax:read']);
});

describe('before anybody else is in charge', () => {
  it('the bootstrap key goes on as long as no admin key was stored', async () => {
    await killAt({ when: 'before', action: 'dynamodb:PutItem', resource: 'KeysTable' });
    expect(await create(bootstrap)).toMatchObject(crashed);
    expect(await keys(bootstrap)).toEqual([]);
    expect(await works(bootstrap)).toBe(true);
  });

  it('an admin key whose token nobody heard ends the bootstrap key, and who may write the table brings it back', async () => {
    await killAt({ when: 'after', action: 'dynamodb:UpdateItem', resource: 'KeysTable' });
    expect(await create(bootstrap)).toMatchObject(crashed);
    expect(await works(bootstrap)).toBe(false);
    await until(sweep, (settled) => settled === 0);
    // docs/guides/deploy.md, "First sign-in".
    const [table] = Object.keys(cloud.resources).filter((id) => /^KeysTable[0-9A-F]{8}$/.test(id));
    await cloud.clients.dynamodb.send(new DeleteItemCommand({ TableName: cloud.resources[table ?? ''], Key: { pk: { S: 'ROSTER' } } }));
    expect(await works(bootstrap)).toBe(true);
    admin = readCreatedKey(await create(bootstrap)).token;
    expect(await works(bootstrap)).toBe(false);
    expect(await works(admin)).toBe(true);
  });
});

describe('creating an admin key dies', () => {
  it('before it is stored: there is no key and no event', async () => {
    await killAt({ when: 'before', action: 'dynamodb:PutItem', resource: 'KeysTable' });
    const trail = (await auditTrail(cloud, template)).length;
    expect(await newKeyAfter(async () => expect(await create()).toMatchObject(crashed))).toEqual([]);
    expect((await auditTrail(cloud, template)).length).toBe(trail);
  });

  it.each([
    ['after it is stored', { when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable', nth: 1 }],
    ['after the roster has it', { when: 'after', action: 'dynamodb:UpdateItem', resource: 'KeysTable' }],
    ['before its event is in the chain', { when: 'before', action: 'dynamodb:PutItem', resource: 'AuditChain', nth: 1 }],
    ['after its event is in the chain', { when: 'after', action: 'dynamodb:PutItem', resource: 'AuditChain', nth: 1 }],
    ['before its event is published', { when: 'before', action: 'logs:PutLogEvents', nth: 1 }],
    ['after its event is published', { when: 'after', action: 'logs:PutLogEvents', nth: 1 }],
    ['before the outbox is emptied', { when: 'before', action: 'dynamodb:PutItem', resource: 'KeysTable', nth: 2 }],
    ['after the outbox is emptied', { when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable', nth: 2 }],
  ] as const)('%s: the key is in the list, its event in the trail, and it can be revoked', async (_, rule) => {
    // Ordered after the first list was read: that request's own calls must not count.
    const [id = '', ...more] = await newKeyAfter(async () => {
      await killAt(rule);
      expect(await create()).toMatchObject(crashed);
    });
    expect([id, more]).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), []]);
    expect(new Set(await eventsAfterSweeping(id, 'api_key_created')).size).toBe(1);
    expect((await administer('DELETE', `/${id}`)).status).toBe(200);
    expect(await stateOf(id)).toBe('revoked');
    expect(await works(admin)).toBe(true);
    expect(await works(bootstrap)).toBe(false);
  }, 60_000);
});

it('DynamoDB’s answer to a new key gets lost: the key is created all the same, and its token works', async () => {
  await cloud.injectFault({ function: functionId(template, 'key-admin'), when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable', effect: 'drop-connection' });
  const answer = await create();
  expect(answer.status).toBe(200);
  expect(await works(readCreatedKey(answer).token)).toBe(true);
});

describe('revoking an admin key dies', () => {
  it('between the roster and the key: it still works, and the same request again ends it', async () => {
    const { key_id: id, token } = readCreatedKey(await create());
    await killAt({ when: 'after', action: 'dynamodb:UpdateItem', resource: 'KeysTable' });
    expect(await administer('DELETE', `/${id}`)).toMatchObject(crashed);
    expect(await works(token)).toBe(true);
    expect((await administer('DELETE', `/${id}`)).status).toBe(200);
    expect(await works(token)).toBe(false);
    expect(new Set(await eventsAfterSweeping(id, 'api_key_revoked')).size).toBe(1);
  });

  it.each([
    ['after the key is revoked', { when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable', nth: 1 }],
    ['before its event is in the chain', { when: 'before', action: 'dynamodb:PutItem', resource: 'AuditChain', nth: 1 }],
    ['after its event is in the chain', { when: 'after', action: 'dynamodb:PutItem', resource: 'AuditChain', nth: 1 }],
    ['before its event is published', { when: 'before', action: 'logs:PutLogEvents', nth: 1 }],
    ['before the outbox is emptied', { when: 'before', action: 'dynamodb:PutItem', resource: 'KeysTable', nth: 2 }],
  ] as const)('%s: it is dead at once, and its event is in the trail', async (_, rule) => {
    const { key_id: id, token } = readCreatedKey(await create());
    await killAt(rule);
    expect(await administer('DELETE', `/${id}`)).toMatchObject(crashed);
    expect(await works(token)).toBe(false);
    expect(new Set(await eventsAfterSweeping(id, 'api_key_revoked')).size).toBe(1);
    expect((await administer('DELETE', `/${id}`)).status).toBe(200);
    expect(await works(bootstrap)).toBe(false);
  }, 60_000);
});

describe('rotating a key dies', () => {
  it('before the new secret is stored: the old token goes on', async () => {
    const { key_id: id, token } = readCreatedKey(await create());
    await killAt({ when: 'before', action: 'dynamodb:PutItem', resource: 'KeysTable' });
    expect(await administer('POST', `/${id}/rotate`)).toMatchObject(crashed);
    expect(await works(token)).toBe(true);
  });

  it('after it is stored: the old token has ended, and rotating again gives one that works', async () => {
    const { key_id: id, token } = readCreatedKey(await create());
    await killAt({ when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable' });
    expect(await administer('POST', `/${id}/rotate`)).toMatchObject(crashed);
    expect(await works(token)).toBe(false);
    const next = readCreatedKey(await administer('POST', `/${id}/rotate`));
    expect(await works(next.token)).toBe(true);
    expect(new Set(await eventsAfterSweeping(id, 'api_key_rotated')).size).toBe(2);
  });
});

describe('when all is over', () => {
  it('the one admin key that is left can not be revoked, and it works', async () => {
    for (const { key_id: id, state } of await keys()) if (state === 'active' && !admin.includes(id)) await administer('DELETE', `/${id}`);
    const last = admin.split('_')[2] ?? '';
    expect(await administer('DELETE', `/${last}`)).toMatchObject({ status: 409, body: { code: 'last_admin_key' } });
    expect(await works(admin)).toBe(true);
  });
});
