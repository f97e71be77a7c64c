/** A key from its creation to its end: what may be asked for, edited, switched off, found again. */
import * as z from 'zod';
import { createKeyId } from '../../lambdas/keys/token.js';
import { readLogs } from './audit-trail.js';
import { call, createKey, readCreatedKey, type GatewayAnswer } from './gateway-client.js';
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

const create = (wanted: object = {}, by = bootstrap) => createKey(base, by, wanted);
const read = (id: string, key = bootstrap) => call(base, 'GET', `/admin/api-keys/${id}`, { key });
const edit = (id: string, json: object, key = bootstrap) => call(base, 'PATCH', `/admin/api-keys/${id}`, { key, json });
const act = (id: string, action: string, key = bootstrap) => call(base, 'POST', `/admin/api-keys/${id}/${action}`, { key });
const revoke = (id: string, key = bootstrap) => call(base, 'DELETE', `/admin/api-keys/${id}`, { key });
const list = (query: string, key = bootstrap) => call(base, 'GET', `/admin/api-keys?${query}`, { key });
const knock = async (key: string) => (await call(base, 'GET', '/fax/none', { key })).status;
const statusAndBody = ({ status, body }: GatewayAnswer) => [status, body];
const idsOf = (answer: GatewayAnswer) => z.array(z.looseObject({ key_id: z.string() })).parse(answer.body).map(({ key_id }) => key_id);
const inForce = 404;

const isScope = 'must be one of fax:send, fax:read, inbound:list, inbound:read, keys:manage, admin';
const isRange = 'must be a range of addresses such as 203.0.113.0/24 or 2001:db8::/32; one address is 203.0.113.7/32';
const wrong: [string, object, string][] = [
  ['expires_at', { expires_at: '2020-01-01T00:00:00Z' }, 'must be in the future'],
  ['expires_at', { expires_at: 'tomorrow' }, 'must be a date and time such as 2027-01-31T00:00:00Z'],
  ['scopes.0', { scopes: ['fax:sent'] }, isScope],
  ['scopes', { scopes: [] }, 'must name at least one scope'],
  ['tier', { tier: 'gold' }, 'must be one of basic, standard, high'],
  ['allowed_ips.1', { allowed_ips: ['10.0.0.0/8', '10.0.0.0/33'] }, isRange],
  ['allowed_ips.0', { allowed_ips: ['10.0.0.1'] }, isRange],
  ['requests_per_minute', { requests_per_minute: 0 }, 'must be a whole number from 1 to 1000000'],
  ['requests_per_minute', { requests_per_minute: '60' }, 'must be a whole number from 1 to 1000000'],
  ['rotate_every_days', { rotate_every_days: 1.5 }, 'must be a whole number from 1 to 3650'],
  ['colour', { colour: 'blue' }, 'is not a field of this operation'],
];

describe('what a key can not be given', () => {
  it.each(wrong)('%s as in %j is refused, naming the field', async (field, terms, message) => {
    const refusal = [422, { detail: `${field}: ${message}`, code: 'invalid_request', fields: [{ field, message }] }];
    expect(statusAndBody(await call(base, 'POST', '/admin/api-keys', { key: bootstrap, json: terms }))).toEqual(refusal);
    const { key_id } = await create();
    expect(statusAndBody(await edit(key_id, { version: 1, ...terms }))).toEqual(refusal);
  });
});

describe('an edit', () => {
  it('changes what it names, leaves the rest, and takes away what is null', async () => {
    const { key_id } = await create({ name: 'before', note: 'keep me', scopes: ['fax:send'], expires_at: '2100-01-01T00:00:00Z', rotate_every_days: 90 });
    const answer = await edit(key_id, { version: 1, name: 'after', scopes: ['fax:read', 'fax:send'], tier: 'high', rotate_every_days: null, requests_per_minute: 60 });
    const edited = {
      version: 2,
      name: 'after',
      note: 'keep me',
      scopes: ['fax:read', 'fax:send'],
      tier: 'high',
      rotate_every_days: null,
      requests_per_minute: 60,
      expires_at: '2100-01-01T00:00:00.000Z',
    };
    expect([answer.status, answer.body]).toMatchObject([200, edited]);
    expect((await read(key_id)).body).toEqual(answer.body);
  });

  it('on an older version is a 409 and changes nothing; on nothing new it makes no version', async () => {
    const { key_id } = await create({ name: 'first' });
    expect((await edit(key_id, { version: 1, name: 'second' })).body).toMatchObject({ version: 2 });
    expect(statusAndBody(await edit(key_id, { version: 1, name: 'third' }))).toEqual([
      409,
      { detail: 'The key was changed by somebody else in the meantime: read it again', code: 'write_conflict' },
    ]);
    expect((await edit(key_id, { version: 2, name: 'second' })).body).toMatchObject({ version: 2, name: 'second' });
  });

  it('of two that start from one version, one wins', async () => {
    const { key_id } = await create();
    const answers = await Promise.all(['left', 'right'].map((name) => edit(key_id, { version: 1, name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [winner] = answers.filter(({ status }) => status === 200);
    expect((await read(key_id)).body).toEqual(winner?.body);
  });

  it('stands in the audit trail with each member before and after, in the words of the API', async () => {
    const { key_id } = await create({ allowed_ips: ['127.0.0.0/8'], expires_at: '2100-01-01T00:00:00Z' });
    await edit(key_id, { version: 1, allowed_ips: null, requests_per_minute: 5, expires_at: null, name: 'edited' });
    const { items } = await readLogs(base, bootstrap, { q: key_id, event: 'api_key_edited' });
    expect(items).toMatchObject([
      {
        target_key_id: key_id,
        diff: {
          before: { name: null, allowed_ips: ['127.0.0.0/8'], requests_per_minute: null, expires_at: '2100-01-01T00:00:00.000Z' },
          after: { name: 'edited', allowed_ips: [], requests_per_minute: 5, expires_at: null },
        },
      },
    ]);
  });

  it('of the scopes counts with the next request', async () => {
    const { key_id, token } = await create({ scopes: ['fax:read'] });
    expect(await knock(token)).toBe(inForce);
    await edit(key_id, { version: 1, scopes: ['fax:send'] });
    expect(await knock(token)).toBe(403);
  });

  it('gives no scope that its editor does not hold, and changes no key of another owner', async () => {
    const manager = await create({ owner: 'ward-1', scopes: ['keys:manage', 'fax:send'] });
    const own = await create({ scopes: ['fax:send'] }, manager.token);
    const foreign = await create({ owner: 'ward-2', scopes: ['fax:send'] });
    const cannot = [403, { detail: 'Your own key needs every scope of the key that it manages; it lacks admin', code: 'cannot_grant' }];
    expect(statusAndBody(await edit(own.key_id, { version: 1, scopes: ['admin'] }, manager.token))).toEqual(cannot);
    expect(statusAndBody(await edit(foreign.key_id, { version: 1, name: 'mine now' }, manager.token))).toEqual([404, { detail: 'Key not found', code: 'key_not_found' }]);
    expect(statusAndBody(await read(foreign.key_id, manager.token))).toEqual([404, { detail: 'Key not found', code: 'key_not_found' }]);
  });

  it('by one who is no administrator raises no limit, and neither does a creation', async () => {
    const manager = await create({ owner: 'ward-1', scopes: ['keys:manage', 'fax:send'] });
    const own = await create({ scopes: ['fax:send'], tier: 'basic' }, manager.token);
    const cannot = (detail: string) => [403, { detail, code: 'cannot_grant' }];
    const ownLimit = cannot('Only an admin key sets requests_per_minute; leave it out');
    for (const requests_per_minute of [1_000_000, null]) {
      expect(statusAndBody(await edit(own.key_id, { version: 1, requests_per_minute }, manager.token))).toEqual(ownLimit);
      expect(statusAndBody(await call(base, 'POST', '/admin/api-keys', { key: manager.token, json: { scopes: ['fax:send'], requests_per_minute } }))).toEqual(ownLimit);
    }
    expect(statusAndBody(await edit(own.key_id, { version: 1, tier: 'standard' }, manager.token))).toEqual(cannot('Only an admin key moves a key to another tier; leave tier out'));
    expect(statusAndBody(await call(base, 'POST', '/admin/api-keys', { key: manager.token, json: { scopes: ['fax:send'], tier: 'high' } }))).toEqual(
      cannot('Only an admin key creates keys of the tier high; leave tier out'),
    );
    expect((await read(own.key_id)).body).toMatchObject({ version: 1, tier: 'basic', requests_per_minute: null });
  });

  it('of the expiry brings an expired key back, and ends one', async () => {
    const { key_id, token } = await create({ expires_at: new Date(Date.now() + 1500).toISOString() });
    await untilRefused(token);
    expect((await edit(key_id, { version: 1, expires_at: null })).body).toMatchObject({ state: 'active', expires_at: null });
    expect(await knock(token)).toBe(inForce);
  });
});

describe('a disabled key', () => {
  it('is refused with the next request, and let in again once enabled', async () => {
    const { key_id, token } = await create();
    expect(await knock(token)).toBe(inForce);
    expect((await act(key_id, 'disable')).body).toMatchObject({ state: 'disabled', disabled_at: expect.any(String), version: 2 });
    expect(await knock(token)).toBe(401);
    expect((await act(key_id, 'disable')).body).toMatchObject({ state: 'disabled', version: 2 });
    expect((await act(key_id, 'enable')).body).toMatchObject({ state: 'active', disabled_at: null, version: 3 });
    expect(await knock(token)).toBe(inForce);
  });

  it('is not rotated', async () => {
    const { key_id } = await create();
    await act(key_id, 'disable');
    expect((await act(key_id, 'rotate')).body).toMatchObject({ code: 'key_not_active' });
  });
});

describe('a revoked key', () => {
  it('is neither edited, disabled nor enabled', async () => {
    const { key_id } = await create();
    await revoke(key_id);
    const gone = [409, { detail: 'The key is revoked for good: create a new one', code: 'key_revoked' }];
    for (const answer of [await edit(key_id, { version: 2, name: 'zombie' }), await act(key_id, 'disable'), await act(key_id, 'enable')]) expect(statusAndBody(answer)).toEqual(gone);
  });
});

describe('ranges of addresses', () => {
  it('let in whoever is in one of them, and refuse everybody else with the next request', async () => {
    const { key_id, token } = await create({ allowed_ips: ['192.0.2.0/24', '127.0.0.0/8', '::1/128'] });
    expect(await knock(token)).toBe(inForce);
    const elsewhere = { version: 1, allowed_ips: ['192.0.2.0/24', '2001:db8::/32'] };
    expect((await edit(key_id, elsewhere)).body).toMatchObject({ allowed_ips: elsewhere.allowed_ips });
    expect(await knock(token)).toBe(401);
    expect((await edit(key_id, { version: 2, allowed_ips: null })).body).toMatchObject({ allowed_ips: [] });
    expect(await knock(token)).toBe(inForce);
  });

  it('of a key can not be set by that key so that it shuts itself out', async () => {
    const admin = await create({ scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z' });
    const { status, body } = await edit(admin.key_id, { version: 1, allowed_ips: ['192.0.2.0/24'] }, admin.token);
    expect([status, body]).toMatchObject([422, { fields: [{ field: 'allowed_ips', message: expect.stringContaining('shut itself out') }] }]);
    expect((await read(admin.key_id, admin.token)).status).toBe(200);
  });
});

describe('the list', () => {
  it('finds keys by state, owner, scope, tier and words', async () => {
    const owner = `ward-${createKeyId()}`;
    const one = await create({ owner, name: 'Reception Desk', scopes: ['fax:send'], tier: 'basic' });
    const two = await create({ owner, name: 'billing', note: 'for the desk upstairs', scopes: ['fax:read'] });
    const three = await create({ owner, scopes: ['fax:read', 'inbound:list'] });
    await act(two.key_id, 'disable');
    await revoke(three.key_id);
    const find = async (query: string) => idsOf(await list(`owner=${owner}&${query}`));
    expect(await find('')).toEqual([three, two, one].map(({ key_id }) => key_id));
    expect(await find('state=active')).toEqual([one.key_id]);
    expect(await find('state=disabled')).toEqual([two.key_id]);
    expect(await find('state=revoked')).toEqual([three.key_id]);
    expect(await find('scope=inbound:list')).toEqual([three.key_id]);
    expect(await find('tier=basic')).toEqual([one.key_id]);
    expect(await find('q=DESK')).toEqual([two.key_id, one.key_id]);
    expect(await find(`q=${one.key_id}`)).toEqual([one.key_id]);
    expect(await find('q=nothing')).toEqual([]);
  });

  it('comes in pages that hold every key once, also while keys are created', async () => {
    const owner = `ward-${createKeyId()}`;
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await create({ owner })).key_id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(`owner=${owner}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      cursor = page.headers.get('x-next-cursor') ?? '';
      if (seen.length === 2) await create({ owner });
    } while (cursor !== '');
    expect(seen).toEqual(made);
  });

  it.each([
    ['limit=0', 'limit', 'must be a whole number from 1 to 1000'],
    ['cursor=nonsense', 'cursor', 'must be the X-Next-Cursor of the page before'],
    ['state=dead', 'state', 'must be one of active, disabled, expired, revoked'],
  ])('refuses %s, naming the field', async (query, field, message) => {
    expect(statusAndBody(await list(query))).toEqual([422, { detail: `${field}: ${message}`, code: 'invalid_request', fields: [{ field, message }] }]);
  });
});

describe('the last admin key', () => {
  const last = [409, { detail: 'This is the last admin key: create another one first', code: 'last_admin_key' }];

  it('can not be disabled, lose its scope or get an expiry; with another one it can', async () => {
    const first = await create({ scopes: ['admin'] });
    const changes: (() => Promise<GatewayAnswer>)[] = [
      () => act(first.key_id, 'disable', first.token),
      () => edit(first.key_id, { version: 1, scopes: ['fax:send'] }, first.token),
      () => edit(first.key_id, { version: 1, expires_at: '2100-01-01T00:00:00Z' }, first.token),
    ];
    for (const change of changes) expect(statusAndBody(await change())).toEqual(last);
    expect((await read(first.key_id, first.token)).body).toMatchObject({ version: 1, state: 'active' });

    const second = readCreatedKey(await call(base, 'POST', '/admin/api-keys', { key: first.token, json: { scopes: ['admin'] } }));
    expect((await act(first.key_id, 'disable', second.token)).status).toBe(200);
    expect(statusAndBody(await revoke(second.key_id, second.token))).toEqual(last);
    // Enabled again it stands beside the other, which may now go.
    expect((await act(first.key_id, 'enable', second.token)).status).toBe(200);
    expect((await revoke(second.key_id, first.token)).status).toBe(200);
    expect(await knock(bootstrap)).toBe(401);
  });
});

async function untilRefused(token: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await knock(token)) !== 401) if (Date.now() > deadline) throw new Error('The key did not expire');
}
