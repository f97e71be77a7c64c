/** The life of API keys, from the bootstrap key that the gateway made itself to the last admin key. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { scopes } from '../../lambdas/contract/scopes.js';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { call, createKey, readCreatedKey, readFax, sendFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const root = join(__dirname, '..', '..');
let cloud: RunningLocalCloud;
let base: string;
let bootstrap: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly() });
  base = cloud.gatewayUrl;
  bootstrap = cloud.adminKey;
}, 240_000);
afterAll(() => cloud.stop());

const create = (wanted: object = {}, by = bootstrap) => createKey(base, by, wanted);
const rotate = (id: string, key = bootstrap) => call(base, 'POST', `/admin/api-keys/${id}/rotate`, { key });
const revoke = (id: string, key = bootstrap) => call(base, 'DELETE', `/admin/api-keys/${id}`, { key });
/** Any operation that tells a key that is let in (404: there is no such fax) from one that is not. */
const knock = (headers: Record<string, string>) => call(base, 'GET', '/fax/none', { headers });
const knockWith = (key: string) => knock({ 'X-API-Key': key });

const keyList = z.array(z.looseObject({ key_id: z.string(), last_used_at: z.string().nullable(), revoked_at: z.string().nullable() }));
const listed = async (id: string, key = bootstrap) => keyList.parse((await call(base, 'GET', '/admin/api-keys', { key })).body).find(({ key_id }) => key_id === id);

const statusAndBody = ({ status, body }: GatewayAnswer) => [status, body];
const unauthorized = [401, { detail: 'Invalid or missing API key', code: 'unauthorized' }];
const cannotGrant = (detail: string) => [403, { detail, code: 'cannot_grant' }];

describe('the gateway that was just started', () => {
  it('prints a curl line that works when it is pasted, with a key of its own making', () => {
    const line = cloud.logs().split('\n').find((one) => one.trim().startsWith('curl '));
    const answer: unknown = JSON.parse(execFileSync('bash', ['-ec', line ?? 'false'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    expect(answer).toMatchObject({ status: 'queued', backend: 'sandbox' });
    expect(bootstrap.length).toBeGreaterThanOrEqual(43);
  });
});

describe('a new key', () => {
  it('comes with its token, once, and with what was asked for', async () => {
    const wanted = { name: 'Ward 3', owner: 'ward-3', scopes: ['fax:send', 'inbound:list'], tier: 'high', expires_at: '2100-01-31T12:00:00+02:00', note: 'the printer' };
    const { status, body } = await call(base, 'POST', '/admin/api-keys', { key: bootstrap, json: wanted });
    const { note, ...given } = wanted;
    expect([status, body]).toMatchObject([
      200,
      { ...given, key_id: expect.stringMatching(/^[0-9a-f]{12}$/), token: expect.stringMatching(/^fbk_live_[0-9a-f]{12}_[0-9A-Za-z]{49}$/), expires_at: '2100-01-31T10:00:00.000Z' },
    ]);
    const { key_id, token } = readCreatedKey({ status, body, text: '', headers: new Headers() });
    expect(token.startsWith(`fbk_live_${key_id}_`)).toBe(true);
    const shown = {
      key_id,
      state: 'active',
      version: 1,
      name: 'Ward 3',
      owner: 'ward-3',
      scopes: wanted.scopes,
      tier: 'high',
      allowed_ips: [],
      requests_per_minute: null,
      rotate_every_days: null,
      token_prefix: `fbk_live_${key_id}_`,
      token_last_four: token.slice(-4),
      created_at: expect.any(String),
      created_by: 'bootstrap',
      last_used_at: null,
      expires_at: '2100-01-31T10:00:00.000Z',
      disabled_at: null,
      revoked_at: null,
      note,
      secrets: [{ version: 1, token_last_four: token.slice(-4), created_at: expect.any(String), last_used_at: null, ends_at: null, live: true }],
      rotation: null,
      advice: [],
    };
    expect(await listed(key_id)).toEqual(shown);
  });

  it('that asks for nothing may send and read the faxes of the default owner', async () => {
    const { body } = await call(base, 'POST', '/admin/api-keys', { key: bootstrap, json: {} });
    expect(body).toMatchObject({ name: null, owner: 'default', scopes: ['fax:send', 'fax:read'], tier: 'standard', expires_at: null });
  });

  it('is let in by X-API-Key and as a bearer token, in any case of the header', async () => {
    const { token } = await create();
    for (const headers of [{ 'X-API-Key': token }, { 'x-api-key': token }, { Authorization: `Bearer ${token}` }, { authorization: `bearer ${token}` }]) {
      expect(statusAndBody(await knock(headers))).toEqual([404, { detail: 'Job not found', code: 'job_not_found' }]);
    }
  });
});

describe('the list of keys', () => {
  it('never holds a token or a hash, whatever happened to a key', async () => {
    const { key_id, token } = await create({ name: 'rotated' });
    const { token: second } = readCreatedKey(await rotate(key_id));
    const revoked = await create({ name: 'revoked' });
    await revoke(revoked.key_id);
    const { text } = await call(base, 'GET', '/admin/api-keys', { key: bootstrap });
    for (const secret of [token, second, revoked.token]) expect(text).not.toContain(secret.slice(-48));
    expect(text).not.toMatch(/hash|hmac|pepper/i);
  });

  it('shows when a key was last used', async () => {
    const { key_id, token } = await create();
    expect(await listed(key_id)).toMatchObject({ last_used_at: null });
    const before = Date.now();
    await knockWith(token);
    const used = Date.parse((await listed(key_id))?.last_used_at ?? '');
    expect(used).toBeGreaterThanOrEqual(before);
    expect(used).toBeLessThanOrEqual(Date.now());
  });
});

describe('a rotation', () => {
  it('gives the same id a new token, and the old one is dead with the next request', async () => {
    const { key_id, token } = await create({ name: 'same key', scopes: ['fax:read'] });
    expect((await knockWith(token)).status).toBe(404);
    const answer = await rotate(key_id);
    expect([answer.status, answer.body]).toMatchObject([200, { key_id, token: expect.stringMatching(new RegExp(`^fbk_live_${key_id}_[0-9A-Za-z]{49}$`)) }]);
    const { token: second } = readCreatedKey(answer);
    expect(second).not.toBe(token);
    expect([(await knockWith(token)).status, (await knockWith(second)).status]).toEqual([401, 404]);
    expect(await listed(key_id)).toMatchObject({ name: 'same key', scopes: ['fax:read'], token_last_four: second.slice(-4) });
  });

  it('of a key that is revoked or does not exist is refused', async () => {
    const { key_id } = await create();
    await revoke(key_id);
    expect(statusAndBody(await rotate(key_id))).toEqual([409, { detail: 'The key is not in force: enable it, extend it, or create a new one', code: 'key_not_active' }]);
    for (const unknown of ['000000000000', 'nonsense']) expect(statusAndBody(await rotate(unknown))).toEqual([404, { detail: 'Key not found', code: 'key_not_found' }]);
  });
});

describe('a revocation', () => {
  it('counts with the next request, for good, and may be said twice', async () => {
    const { key_id, token } = await create();
    expect((await knockWith(token)).status).toBe(404);
    expect(statusAndBody(await revoke(key_id))).toEqual([200, { status: 'ok' }]);
    expect((await knockWith(token)).status).toBe(401);
    const revoked_at = (await listed(key_id))?.revoked_at;
    expect(revoked_at).toEqual(expect.any(String));
    expect(statusAndBody(await revoke(key_id))).toEqual([200, { status: 'ok' }]);
    expect(await listed(key_id)).toMatchObject({ state: 'revoked', revoked_at });
  });

  it.each(['000000000000', 'nonsense'])('of %s, which is no key, is a 404', async (unknown) => {
    expect(statusAndBody(await revoke(unknown))).toEqual([404, { detail: 'Key not found', code: 'key_not_found' }]);
  });
});

describe('a token that lets nobody in', () => {
  it('is answered in the same words, whatever is wrong with it', async () => {
    const live = await create();
    const revoked = await create();
    await revoke(revoked.key_id);
    const expiring = await create({ expires_at: new Date(Date.now() + 2000).toISOString() });
    expect((await knockWith(expiring.token)).status).toBe(404);
    await until(() => knockWith(expiring.token), ({ status }) => status === 401);
    expect(await listed(expiring.key_id)).toMatchObject({ state: 'expired' });
    if (!isKeyId(live.key_id)) throw new Error(live.key_id);
    const mistyped = live.token.slice(0, -1) + (live.token.endsWith('0') ? '1' : '0');
    const refused: Record<string, Record<string, string>> = {
      'no key': {},
      'an empty key': { 'X-API-Key': '' },
      'a malformed one': { 'X-API-Key': 'nonsense' },
      'another scheme': { Authorization: `Basic ${live.token}` },
      'a typo': { 'X-API-Key': mistyped },
      'an unknown key': { 'X-API-Key': createToken(createKeyId()) },
      'a wrong secret': { 'X-API-Key': createToken(live.key_id) },
      'a revoked key': { 'X-API-Key': revoked.token },
      'an expired key': { 'X-API-Key': expiring.token },
    };
    for (const [name, headers] of Object.entries(refused)) {
      const answer = await knock(headers);
      expect([name, ...statusAndBody(answer)]).toEqual([name, ...unauthorized]);
    }
  });
});

describe('a key does what its scopes say', () => {
  const operations: [string, (key: string) => Promise<GatewayAnswer>][] = [
    ['fax:send', (key) => sendFax(base, key, '+15551234567')],
    ['fax:read', knockWith],
    ['keys:manage', (key) => call(base, 'GET', '/admin/api-keys', { key })],
    ['admin', (key) => call(base, 'GET', '/admin/fax-jobs', { key })],
  ];

  it.each(scopes)('with %s alone it is let in there, and elsewhere it reads which scope it lacks', async (held) => {
    // An expiring admin key leaves the bootstrap key alive.
    const { token } = await create({ scopes: [held], expires_at: '2100-01-01T00:00:00Z' });
    for (const [wanted, operate] of operations) {
      const answer = await operate(token);
      if (held === wanted || held === 'admin') expect([wanted, answer.status < 400 || answer.status === 404]).toEqual([wanted, true]);
      else expect(statusAndBody(answer)).toEqual([403, { detail: `Insufficient scope: ${wanted} required`, code: 'insufficient_scope' }]);
    }
  });
});

describe('an owner', () => {
  it('sees the own faxes alone: a foreign one does not exist, its document neither', async () => {
    const [mine, foreign] = [await create({ owner: 'ward-1' }), await create({ owner: 'ward-2' })];
    const colleague = await create({ owner: 'ward-1', scopes: ['fax:read'] });
    const { id } = readFax(await sendFax(base, mine.token, '+15551234567'));
    for (const key of [mine.token, colleague.token, bootstrap]) {
      expect((await call(base, 'GET', `/fax/${id}`, { key })).status).toBe(200);
      expect((await call(base, 'GET', `/fax/${id}/pdf`, { key })).status).toBe(302);
    }
    for (const path of [`/fax/${id}`, `/fax/${id}/pdf`]) {
      expect(statusAndBody(await call(base, 'GET', path, { key: foreign.token }))).toEqual([404, { detail: 'Job not found', code: 'job_not_found' }]);
    }
  });

  it('manages the own keys alone: a foreign one does not exist', async () => {
    const manager = await create({ owner: 'ward-4', scopes: ['keys:manage', 'fax:send'] });
    const own = await create({ scopes: ['fax:send'] }, manager.token);
    const foreign = await create({ owner: 'ward-5', scopes: ['fax:send'] });
    const { body } = await call(base, 'GET', '/admin/api-keys', { key: manager.token });
    expect(keyList.parse(body).map(({ key_id }) => key_id).sort()).toEqual([manager.key_id, own.key_id].sort());
    expect(await listed(own.key_id)).toMatchObject({ owner: 'ward-4' });
    for (const answer of [await revoke(foreign.key_id, manager.token), await rotate(foreign.key_id, manager.token)]) {
      expect(statusAndBody(answer)).toEqual([404, { detail: 'Key not found', code: 'key_not_found' }]);
    }
    expect((await revoke(own.key_id, manager.token)).status).toBe(200);
  });
});

describe('nobody grants what they do not hold', () => {
  it.each([
    [{ scopes: ['admin'] }, 'Your own key needs every scope of the key that it manages; it lacks admin'],
    [{ scopes: ['fax:send', 'fax:read', 'keys:manage'] }, 'Your own key needs every scope of the key that it manages; it lacks fax:read'],
    [{}, 'Your own key needs every scope of the key that it manages; it lacks fax:read'],
    [{ scopes: ['fax:send'], owner: 'somebody else' }, 'Only an admin key can create keys of another owner; leave owner out or write ward-6'],
  ])('with keys:manage and fax:send: no key with %j', async (wanted, detail) => {
    const manager = await create({ owner: 'ward-6', scopes: ['keys:manage', 'fax:send'] });
    expect(statusAndBody(await call(base, 'POST', '/admin/api-keys', { key: manager.token, json: wanted }))).toEqual(cannotGrant(detail));
  });

  it('and neither rotates nor revokes a key that holds more', async () => {
    const manager = await create({ owner: 'ward-8', scopes: ['keys:manage'] });
    const stronger = await create({ owner: 'ward-8', scopes: ['fax:send'] });
    const detail = 'Your own key needs every scope of the key that it manages; it lacks fax:send';
    expect(statusAndBody(await rotate(stronger.key_id, manager.token))).toEqual(cannotGrant(detail));
    expect(statusAndBody(await revoke(stronger.key_id, manager.token))).toEqual(cannotGrant(detail));
    expect((await sendFax(base, stronger.token, '+15551234567')).status).toBe(202);
  });
});

describe('the bootstrap key', () => {
  it('lives with an admin key that expires, and ends with the first that stands', async () => {
    const expiring = await create({ scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z' });
    expect((await knockWith(bootstrap)).status).toBe(404);
    const first = await create({ scopes: ['admin'] });
    expect(statusAndBody(await knockWith(bootstrap))).toEqual(unauthorized);

    // The last standing admin key can not go, by whose hand ever; it can be rotated.
    const last = [409, { detail: 'This is the last admin key: create another one first', code: 'last_admin_key' }];
    for (const key of [first.token, expiring.token]) expect(statusAndBody(await revoke(first.key_id, key))).toEqual(last);
    const { token } = readCreatedKey(await rotate(first.key_id, first.token));
    expect([(await knockWith(first.token)).status, (await knockWith(token)).status]).toEqual([401, 404]);

    // Two that remove each other at the same moment: one stays.
    const second = await create({ scopes: ['admin'] }, token);
    const outcomes = await Promise.all([revoke(second.key_id, token), revoke(first.key_id, second.token)]);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    const alive = [(await knockWith(token)).status, (await knockWith(second.token)).status];
    expect([...alive].sort()).toEqual([401, 404].sort());
    expect((await knockWith(bootstrap)).status).toBe(401);
  });
});
