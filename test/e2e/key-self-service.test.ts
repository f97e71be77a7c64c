/** What a key can find out about itself, and what its administrator can find out before a client does. */
import { call, createKey, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

let cloud: RunningLocalCloud;
let base: string;
let bootstrap: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly() });
  base = cloud.gatewayUrl;
  bootstrap = cloud.adminKey;
}, 240_000);
afterAll(() => cloud.stop());

const create = (wanted: object = {}) => createKey(base, bootstrap, wanted);
const post = (id: string, action: string, json?: object) => call(base, 'POST', `/admin/api-keys/${id}/${action}`, { key: bootstrap, ...(json === undefined ? {} : { json }) });
const check = async (id: string, json: object) => (await post(id, 'check', json)).body;
const me = (key: string) => call(base, 'GET', '/auth/me', { key });
const statusAndBody = ({ status, body }: GatewayAnswer) => [status, body];
const allowed = { allowed: true, reason: null, detail: null };

describe('GET /auth/me', () => {
  it('says which key this is, what it may do, for whom and how long', async () => {
    const { key_id, token } = await create({ name: 'desk', owner: 'ward-1', scopes: ['fax:send'], tier: 'basic', expires_at: '2100-01-01T00:00:00Z' });
    expect(statusAndBody(await me(token))).toEqual([
      200,
      {
        kind: 'key',
        key_id,
        name: 'desk',
        owner: 'ward-1',
        scopes: ['fax:send'],
        tier: 'basic',
        expires_at: '2100-01-01T00:00:00.000Z',
        secret: { version: 1, ends_at: null },
        limits: { per_minute: null },
      },
    ]);
  });

  it('tells the holder of the older secret when it ends', async () => {
    const { key_id, token } = await create();
    await post(key_id, 'rotate', { overlap_seconds: 3600 });
    expect((await me(token)).body).toMatchObject({ secret: { version: 1, ends_at: expect.any(String) } });
  });

  it('knows the bootstrap key, and nobody without a key', async () => {
    expect((await me(bootstrap)).body).toMatchObject({ kind: 'bootstrap', key_id: null, scopes: ['admin'] });
    expect((await call(base, 'GET', '/auth/me')).status).toBe(401);
  });
});

describe('the dry run', () => {
  it('says of each operation whether the key may call it', async () => {
    const { key_id } = await create({ scopes: ['fax:send'] });
    expect(await check(key_id, { operation: 'sendFax' })).toEqual(allowed);
    expect(await check(key_id, { operation: 'getMe' })).toEqual(allowed);
    expect(await check(key_id, { operation: 'getHealth' })).toEqual(allowed);
    expect(await check(key_id, { operation: 'getFax' })).toEqual({
      allowed: false,
      reason: 'scope_missing',
      detail: 'The operation needs the scope fax:read; the key holds fax:send',
    });
  });

  it('knows from where, and agrees with what happens', async () => {
    const { key_id, token } = await create({ scopes: ['fax:read'], allowed_ips: ['192.0.2.0/24', '2001:db8::/32'] });
    expect(await check(key_id, { operation: 'getFax' })).toEqual(allowed);
    for (const source_ip of ['192.0.2.77', '2001:db8::1']) expect(await check(key_id, { operation: 'getFax', source_ip })).toEqual(allowed);
    for (const source_ip of ['192.0.3.1', '2001:db9::1', '127.0.0.1']) {
      expect(await check(key_id, { operation: 'getFax', source_ip })).toMatchObject({ allowed: false, reason: 'ip_refused', detail: expect.stringContaining(source_ip) });
    }
    expect((await call(base, 'GET', '/fax/none', { key: token })).status).toBe(401);
  });

  it('names what ended the key', async () => {
    const { key_id } = await create({ scopes: ['fax:send'] });
    await post(key_id, 'disable');
    expect(await check(key_id, { operation: 'sendFax' })).toMatchObject({ allowed: false, reason: 'disabled', detail: expect.stringMatching(/^The key was disabled at 20.*: enable it$/) });
    await call(base, 'DELETE', `/admin/api-keys/${key_id}`, { key: bootstrap });
    expect(await check(key_id, { operation: 'sendFax' })).toMatchObject({ allowed: false, reason: 'revoked' });
  });

  it('of an operation that does not exist names the field', async () => {
    const { key_id } = await create();
    const { status, body } = await post(key_id, 'check', { operation: 'sendFaxes' });
    expect([status, body]).toMatchObject([422, { fields: [{ field: 'operation', message: expect.stringContaining('sendFax') }] }]);
  });
});
