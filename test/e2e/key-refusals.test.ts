/** What a refusal costs and gives away: the same work for every kind of wrong key, and a way back in for who owns the account. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { call, createKey, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, readTemplate, type Template } from './stack-resources.js';

let cloud: RunningLocalCloud;
let template: Template;
let base: string;
let bootstrap: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, faults: true });
  base = cloud.gatewayUrl;
  bootstrap = cloud.adminKey;
}, 240_000);
afterAll(() => cloud.stop());

const create = (wanted: object = {}, by = bootstrap) => createKey(base, by, wanted);
const administer = (method: string, path: string, json?: object) => call(base, method, `/admin/api-keys/${path}`, { key: bootstrap, ...(json === undefined ? {} : { json }) });
const knock = async (key: string) => (await call(base, 'GET', '/fax/none', { key })).status;

/** The authorizer's calls to AWS while it looks at a token, by action. */
async function callsFor(token: string): Promise<Record<string, number>> {
  await cloud.clearFaults();
  for (const action of ['dynamodb:GetItem', 'secretsmanager:GetSecretValue']) {
    // Counts, and never fires.
    await cloud.injectFault({ function: functionId(template, 'authorizer'), when: 'after', action, nth: 1_000_000, effect: 'delay' });
  }
  expect(await knock(token)).toBe(401);
  return Object.fromEntries((await cloud.faults()).map(({ action, seen }) => [action, seen]));
}

describe('a refusal', () => {
  it('takes the same look-ups for an unknown id, a wrong secret, and a key that is revoked, disabled, rotated out or used from elsewhere', async () => {
    const [live, revoked, disabled, rotated, elsewhere] = [await create(), await create(), await create(), await create(), await create({ allowed_ips: ['192.0.2.0/24'] })];
    await administer('DELETE', revoked.key_id);
    await administer('POST', `${disabled.key_id}/disable`);
    await administer('POST', `${rotated.key_id}/rotate`);
    if (!isKeyId(live.key_id)) throw new Error(live.key_id);
    // Warm: pepper, bootstrap key and settings are in memory.
    await knock(createToken(createKeyId()));
    const counted: Record<string, Record<string, number>> = {
      'an unknown id': await callsFor(createToken(createKeyId())),
      'a wrong secret': await callsFor(createToken(live.key_id)),
      revoked: await callsFor(revoked.token),
      disabled: await callsFor(disabled.token),
      'rotated out': await callsFor(rotated.token),
      'from elsewhere': await callsFor(elsewhere.token),
    };
    for (const calls of Object.values(counted)) expect(calls).toEqual({ 'dynamodb:GetItem': 1, 'secretsmanager:GetSecretValue': 0 });
  });
});

describe('who owns the account', () => {
  it('sees on the screen of npm start that the bootstrap key has ended, and the caller does not', async () => {
    const admin = await create({ scopes: ['admin'] });
    const { status, body } = await call(base, 'GET', '/fax/none', { key: bootstrap });
    expect([status, body]).toEqual([401, { detail: 'Invalid or missing API key', code: 'unauthorized' }]);
    await until(async () => cloud.logs(), (screen) => screen.includes('The bootstrap key was presented, but it ended with the first admin key'));
    await loseTheRoster();
    expect((await call(base, 'DELETE', `/admin/api-keys/${admin.key_id}`, { key: bootstrap })).status).toBe(200);
  });

  it('gets back in when every admin key is lost: without the roster, the bootstrap key works again', async () => {
    const lost = await create({ scopes: ['admin'] });
    expect(await knock(bootstrap)).toBe(401);
    await loseTheRoster();
    expect(await knock(bootstrap)).toBe(404);
    // The next admin key ends it again, and the lost one can be revoked.
    const found = await create({ scopes: ['admin'] });
    expect(await knock(bootstrap)).toBe(401);
    expect((await call(base, 'DELETE', `/admin/api-keys/${lost.key_id}`, { key: found.token })).status).toBe(200);
    expect(await knock(lost.token)).toBe(401);
  });
});

/** What docs/security/keys.md tells whoever owns the account to do. */
async function loseTheRoster(): Promise<void> {
  const [keysTable] = Object.keys(template.Resources).filter((id) => /^KeysTable[0-9A-F]{8}$/.test(id));
  await cloud.clients.dynamodb.send(new DeleteItemCommand({ TableName: cloud.resources[keysTable ?? ''], Key: { pk: { S: 'ROSTER' } } }));
}
