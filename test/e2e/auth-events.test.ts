/** The history of sign-ins: who came in, who did not and why, which only administrators read, and which holds no token. */
import * as z from 'zod';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { call, createKey, readCreatedKey, sendFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const bootstrap = 'needle-of-the-bootstrap-key';
let cloud: RunningLocalCloud;
let base: string;
let admin: string;
const tokens: string[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: bootstrap });
  base = cloud.gatewayUrl;
  admin = (await newKey({ scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z' }, bootstrap)).token;
}, 240_000);
afterAll(() => cloud.stop());

async function newKey(wanted: object = {}, by = admin): Promise<{ key_id: string; token: string }> {
  const created = await createKey(base, by, wanted);
  tokens.push(created.token);
  return created;
}

const authEvent = z.looseObject({ ts: z.string(), outcome: z.string(), reason: z.string().nullable(), key_id: z.string().nullable(), user_agent: z.string(), suppressed: z.int() });
const history = z.object({ items: z.array(authEvent), next_cursor: z.string().nullable() });
const read = async (query = '', key = admin) => history.parse((await call(base, 'GET', `/admin/auth-events?${query}`, { key })).body);
const getFax = (headers: Record<string, string>) => call(base, 'GET', '/fax/none', { headers });

/** The newest event of requests with this user agent, if there is one. */
const newestOf = async (agent: string) => (await read('limit=100')).items.find((item) => item.user_agent === agent);

/** Asks until the history tells of it: what is over the rate of a second is only counted. */
async function eventOf(agent: string, ask: () => Promise<unknown>): Promise<z.output<typeof authEvent>> {
  const found = await until(
    async () => {
      await ask();
      return newestOf(agent);
    },
    (event) => event !== undefined,
  );
  return authEvent.parse(found);
}

const always = { event_id: expect.any(String), ts: expect.any(String), source_ip: '127.0.0.1', request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), session_id: null, suppressed: 0 };
const nobody = { key_id: null, owner: null, secret_version: null, last_four: null };

it('tells of the first request of a key in a minute, and of no other', async () => {
  const { key_id, token } = await newKey({ owner: 'ward-1' });
  const headers = { 'X-API-Key': token, 'User-Agent': 'accepted/1.0' };
  for (let count = 0; count < 5; count += 1) await getFax(headers);
  const { items } = await until(() => read(`key_id=${key_id}`), (page) => page.items.length > 0);
  expect(items[0]).toEqual({
    ...always,
    outcome: 'accepted',
    reason: null,
    caller: 'key',
    key_id,
    owner: 'ward-1',
    secret_version: 1,
    last_four: token.slice(-4),
    user_agent: 'accepted/1.0',
    method: 'GET',
    route: '/fax/{id}',
  });
  // Two where the minute ended in between.
  expect(items.length).toBeLessThanOrEqual(2);
});

it('tells of every refusal why, which the caller does not get to know', async () => {
  const live = await newKey({ owner: 'ward-1', scopes: ['fax:send'] });
  const others = await newKey({ owner: 'ward-1', allowed_ips: ['192.0.2.0/24'] });
  const [revoked, disabled, rotated] = [await newKey(), await newKey(), await newKey()];
  await call(base, 'DELETE', `/admin/api-keys/${revoked.key_id}`, { key: admin });
  await call(base, 'POST', `/admin/api-keys/${disabled.key_id}/disable`, { key: admin });
  tokens.push(readCreatedKey(await call(base, 'POST', `/admin/api-keys/${rotated.key_id}/rotate`, { key: admin, json: {} })).token);
  const expiring = await newKey({ expires_at: new Date(Date.now() + 1500).toISOString() });
  await until(() => getFax({ 'X-API-Key': expiring.token }), ({ status }) => status === 401);
  if (!isKeyId(live.key_id)) throw new Error(live.key_id);
  const wrong = createToken(live.key_id);
  tokens.push(wrong);

  const named = ({ key_id, token }: { key_id: string; token: string }, owner = 'default') => ({ key_id, owner, secret_version: 1, last_four: token.slice(-4) });
  const cases: [string, Record<string, string>, object][] = [
    ['no_key', {}, nobody],
    ['malformed', { 'X-API-Key': 'needle-of-a-malformed-key' }, nobody],
    ['bad_checksum', { 'X-API-Key': `${live.token.slice(0, -1)}${live.token.endsWith('0') ? '1' : '0'}` }, nobody],
    ['unknown_id', { Authorization: `Bearer ${createToken(createKeyId())}` }, nobody],
    ['wrong_secret', { 'X-API-Key': wrong }, { ...nobody, key_id: live.key_id, owner: 'ward-1' }],
    ['revoked', { 'X-API-Key': revoked.token }, named(revoked)],
    ['disabled', { 'X-API-Key': disabled.token }, named(disabled)],
    ['rotated_out', { 'X-API-Key': rotated.token }, named(rotated)],
    ['expired', { 'X-API-Key': expiring.token }, named(expiring)],
    ['ip_refused', { 'X-API-Key': others.token }, named(others, 'ward-1')],
    ['scope_missing', { 'X-API-Key': live.token }, { ...named(live, 'ward-1'), caller: 'key' }],
  ];
  for (const [reason, headers, more] of cases) {
    const agent = `refused/${reason}`;
    const event = await eventOf(agent, async () => {
      const answer: GatewayAnswer = await getFax({ ...headers, 'User-Agent': agent });
      expect([reason, answer.status]).toEqual([reason, reason === 'scope_missing' ? 403 : 401]);
      expect(answer.text).not.toContain(reason);
    });
    expect(event).toEqual({ ...always, suppressed: expect.any(Number), outcome: 'refused', reason, caller: 'unknown', user_agent: agent, method: 'GET', route: '/fax/{id}', ...more });
  }
}, 60_000);

it('tells of a key that is over its limit', async () => {
  const { key_id, token } = await newKey({ requests_per_minute: 1 });
  await until(() => getFax({ 'X-API-Key': token }), ({ status }) => status === 429);
  const { items } = await until(() => read(`key_id=${key_id}&outcome=limited`), (page) => page.items.length > 0);
  expect(items[0]).toMatchObject({ outcome: 'limited', reason: 'limited', key_id, last_four: token.slice(-4) });
});

it('gives page after page, newest first, and nothing twice', async () => {
  const all = await read('limit=100');
  const pages: string[] = [];
  let cursor = '';
  do {
    const page = await read(`limit=3&until=${all.items[0]?.ts ?? ''}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    pages.push(...page.items.map(({ ts }) => ts));
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  expect(pages).toEqual([...pages].sort().reverse());
  const older = all.items.map(({ ts }) => ts).filter((ts) => ts < (all.items[0]?.ts ?? ''));
  expect(pages).toEqual(older);
});

describe('whoever has keys:manage without admin', () => {
  it('reads of the keys of the own owner alone', async () => {
    const manager = await newKey({ owner: 'ward-7', scopes: ['keys:manage'] });
    const [own, foreign] = [await newKey({ owner: 'ward-7' }), await newKey({ owner: 'ward-8' })];
    for (const { token } of [own, foreign]) await getFax({ 'X-API-Key': token });
    await getFax({ 'X-API-Key': 'needle-of-garbage' });
    await until(() => read(`key_id=${own.key_id}`), ({ items }) => items.length > 0);
    const { items } = await read('limit=100', manager.token);
    // Whether its own first request is there yet, which is counted beside this very answer, is open.
    expect(new Set(items.map(({ key_id }) => key_id).filter((id) => id !== manager.key_id))).toEqual(new Set([own.key_id]));
    expect((await read(`key_id=${foreign.key_id}`, manager.token)).items).toEqual([]);
    expect((await read(`key_id=${own.key_id}`, manager.token)).items).toHaveLength(1);
  });

  it('is who may read at all', async () => {
    const { token } = await newKey();
    const answer = await call(base, 'GET', '/admin/auth-events', { key: token });
    expect([answer.status, answer.body]).toEqual([403, { detail: 'Insufficient scope: keys:manage required', code: 'insufficient_scope' }]);
  });
});

it.each([
  ['key_id=nonsense', 'key_id: must be 12 hexadecimal digits'],
  ['outcome=maybe', 'outcome: must be one of accepted, refused, limited'],
  ['reason=mood', /^reason: must be one of no_key, /],
  ['since=yesterday', 'since: must be a date and time such as 2027-01-31T00:00:00Z'],
  ['limit=101', 'limit: must be a whole number from 1 to 100'],
  ['cursor=nonsense', 'cursor: must be the next_cursor of an answer'],
  ['colour=red', 'colour: is not a field of this operation'],
])('%s is a 422 that names what is wrong', async (query, detail) => {
  const answer = await call(base, 'GET', `/admin/auth-events?${query}`, { key: admin });
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request', detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) } });
});

it('holds no token, whole or in part, and ends with the bootstrap key’s last word', async () => {
  await newKey({ scopes: ['admin'] });
  const knock = async () => expect((await getFax({ 'X-API-Key': bootstrap, 'User-Agent': 'ended/1.0' })).status).toBe(401);
  expect(await eventOf('ended/1.0', knock)).toMatchObject({ reason: 'bootstrap_ended', outcome: 'refused', ...nobody });
  await sendFax(base, tokens.at(-1) ?? '', '+15551234567');
  const texts = [JSON.stringify((await read('limit=100')).items), (await call(base, 'GET', '/admin/auth-events?outcome=accepted', { key: admin })).text];
  for (const text of texts) {
    for (const secret of [...tokens.map((token) => token.slice(-12)), 'needle']) expect(text).not.toContain(secret);
  }
});
