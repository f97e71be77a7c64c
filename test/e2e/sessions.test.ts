/** The console's sessions: a key is exchanged for a cookie that has what the key has, ends as said, and helps no other site. */
import { ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { createSessionToken } from '../../lambdas/sessions/session-token.js';
import { auditTrail } from './audit-trail.js';
import { call, createKey, faxForm, readFax, until, untilEnded, type GatewayAnswer, type GatewayRequest } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { readTemplate, sweepNow, type Template } from './stack-resources.js';

const bootstrap = 'sessions-administrator';
const fromConsole = { 'X-Requested-By': 'faxbot-console' };
let cloud: RunningLocalCloud;
let template: Template;
let base: string;
let admin = '';

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: bootstrap });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(() => cloud.stop());

const opened = z.looseObject({ session_id: z.string(), created_at: z.string(), last_seen_at: z.string(), idle_ends_at: z.string(), ends_at: z.string() });
type Opened = z.output<typeof opened> & { readonly cookie: string };

async function signIn(key: string, headers: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const answer = await call(base, 'POST', '/auth/session', { key, headers });
  const cookie = /^__Host-faxbot-session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
  return { ...opened.parse(answer.body), cookie };
}

/** A request as the console sends it. */
const by = (cookie: string, method: string, path: string, { headers, ...more }: GatewayRequest = {}): Promise<GatewayAnswer> =>
  call(base, method, path, { headers: { Cookie: cookie, ...fromConsole, ...headers }, ...more });
const me = (cookie: string) => by(cookie, 'GET', '/auth/me');
const status = async (cookie: string) => (await me(cookie)).status;
const list = async (key = admin) => z.object({ items: z.array(z.looseObject({ session_id: z.string(), current: z.boolean() })), next_cursor: z.string().nullable() }).parse((await call(base, 'GET', '/admin/sessions', { key })).body);
const newKey = (wanted: object = {}) => createKey(base, admin, wanted);
const tableOf = (name: RegExp) => cloud.resources[Object.keys(cloud.resources).find((id) => name.test(id)) ?? ''];
const sessionEvents = async (id: string) => (await auditTrail(cloud, template)).filter((event) => event['target_session_id'] === id && event.event !== 'auth_refused');

/** Time passes for a session: what its item says of time is so much earlier. */
async function age(id: string, attribute: 'createdAt' | 'endsAt', milliseconds: number): Promise<void> {
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: tableOf(/^SessionTable/),
      Key: { pk: { S: `SESSION#${id}` } },
      UpdateExpression: 'SET #time = #time - :past',
      ExpressionAttributeNames: { '#time': attribute },
      ExpressionAttributeValues: { ':past': { N: String(milliseconds) } },
    }),
  );
}

/** The reason of the newest refusal with this user agent, as administrators read it. */
async function reasonOf(agent: string, ask: () => Promise<unknown>): Promise<Record<string, unknown> | undefined> {
  const history = z.object({ items: z.array(z.looseObject({ user_agent: z.string() })) });
  return until(
    async () => {
      await ask();
      return history.parse((await call(base, 'GET', '/admin/auth-events?limit=100', { key: admin })).body).items.find(({ user_agent: one }) => one === agent);
    },
    (event) => event !== undefined,
  );
}

describe('a session of the bootstrap key', () => {
  it('lives to its own end after the bootstrap key has ended, and no other is opened then', async () => {
    const { cookie } = await signIn(bootstrap);
    expect((await me(cookie)).body).toMatchObject({ kind: 'session', key_id: null, owner: 'default', scopes: ['admin'], tier: 'standard' });
    const made = await by(cookie, 'POST', '/admin/api-keys', { json: { name: 'The first', scopes: ['admin'] } });
    expect(made).toMatchObject({ status: 200, body: { created_by: 'bootstrap' } });
    admin = z.object({ token: z.string() }).parse(made.body).token;
    expect((await call(base, 'GET', '/auth/me', { key: bootstrap })).status).toBe(401);
    expect(await status(cookie)).toBe(200);
    expect((await by(cookie, 'GET', '/admin/api-keys')).status).toBe(200);
    expect((await call(base, 'POST', '/auth/session', { key: bootstrap })).status).toBe(401);
  });
});

describe('signing in', () => {
  it('answers who one is and until when, with a cookie that no script reads and no other site sends', async () => {
    const { key_id, token } = await newKey({ name: 'desk', owner: 'ward-1', scopes: ['fax:send', 'keys:manage'] });
    const answer = await call(base, 'POST', '/auth/session', { key: token });
    const session = opened.parse(answer.body);
    expect(answer.body).toMatchObject({ kind: 'session', key_id, name: 'desk', owner: 'ward-1', scopes: ['fax:send', 'keys:manage'], secret: { version: 1, ends_at: null } });
    expect(Date.parse(session.ends_at) - Date.parse(session.created_at)).toBe(12 * 3_600_000);
    expect(Date.parse(session.idle_ends_at) - Date.parse(session.last_seen_at)).toBe(30 * 60_000);
    const [pair = '', ...attributes] = (answer.headers.get('set-cookie') ?? '').split('; ');
    expect(pair).toMatch(new RegExp(`^__Host-faxbot-session=fbs_${session.session_id}_[0-9A-Za-z]{49}$`));
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Strict', 'Secure']);
    expect(answer.text).not.toContain('fbs_');
    expect((await by(pair, 'GET', '/auth/session')).body).toEqual(answer.body);
  });

  it('takes a bearer key, and no session, no document token and nobody', async () => {
    const { token } = await newKey();
    expect((await call(base, 'POST', '/auth/session', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    const { cookie } = await signIn(token);
    expect((await by(cookie, 'POST', '/auth/session')).status).toBe(401);
    expect((await call(base, 'POST', '/auth/session')).status).toBe(401);
    expect((await call(base, 'GET', '/auth/session', { key: token })).status).toBe(401);
  });

  it('takes no session id from outside: the cookie that a request brings is never the one that it gets', async () => {
    const { token } = await newKey();
    const planted = `__Host-faxbot-session=${createSessionToken().token}`;
    const { cookie } = await signIn(token, { Cookie: planted });
    expect(cookie).not.toBe(planted);
    expect([await status(planted), await status(cookie)]).toEqual([401, 200]);
  });

  it('anew in the same browser ends the session before', async () => {
    const { token } = await newKey();
    const first = await signIn(token);
    const second = await signIn(token, { Cookie: first.cookie });
    expect([await status(first.cookie), await status(second.cookie)]).toEqual([401, 200]);
    await signIn(token, { Cookie: `${second.cookie.slice(0, -1)}${second.cookie.endsWith('0') ? '1' : '0'}` });
    expect(await status(second.cookie)).toBe(200);
  });

  it('leaves no token in the table', async () => {
    const { cookie } = await signIn(admin);
    const { Items } = await cloud.clients.dynamodb.send(new ScanCommand({ TableName: tableOf(/^SessionTable/) }));
    expect(JSON.stringify(Items)).not.toContain(cookie.split('_').at(-1));
  });
});

describe('a session', () => {
  it('has what its key has: scopes, owner and history, and what it makes bears the key’s name', async () => {
    const { key_id, token } = await newKey({ owner: 'ward-2', scopes: ['fax:send', 'fax:read'] });
    const { cookie, session_id } = await signIn(token);
    const { id } = readFax(await by(cookie, 'POST', '/fax', { form: faxForm('+15551234567') }));
    await untilEnded(base, token, id);
    expect((await by(cookie, 'GET', `/fax/${id}`)).status).toBe(200);
    expect((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).toMatchObject({ owner: 'ward-2', created_by: key_id, session_id });
    expect(await by(cookie, 'GET', '/admin/api-keys')).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    const [created] = await until(async () => (await auditTrail(cloud, template)).filter((event) => event.event === 'job_created' && event.job_id === id), (events) => events.length > 0);
    expect(created).toMatchObject({ actor: { type: 'session', session_id, key_id } });
    expect((await call(base, 'GET', `/admin/auth-events?key_id=${key_id}`, { key: admin })).body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ key_id })]) });
  });

  it('follows an edit of its key with the next request', async () => {
    const { key_id, token } = await newKey({ scopes: ['keys:manage'] });
    const { cookie } = await signIn(token);
    expect((await by(cookie, 'GET', '/admin/api-keys')).status).toBe(200);
    await call(base, 'PATCH', `/admin/api-keys/${key_id}`, { key: admin, json: { version: 1, scopes: ['fax:read'] } });
    expect((await by(cookie, 'GET', '/admin/api-keys')).status).toBe(403);
  });

  it('counts for the limit of its key: many sessions are no way around it', async () => {
    const { token } = await newKey({ requests_per_minute: 4 });
    const ask = async () => {
      const [one, other] = [await signIn(token), await signIn(token)];
      return [await status(one.cookie), await status(other.cookie), await status(one.cookie), (await call(base, 'GET', '/auth/me', { key: token })).status];
    };
    const seconds = new Date().getSeconds();
    // All of it within one minute of the clock.
    if (seconds > 50) await until(() => Promise.resolve(new Date().getSeconds()), (now) => now < 50, 15);
    expect(await ask()).toEqual([200, 200, 429, 429]);
  });

  it('gives way to a key that the request presents, be it good or not', async () => {
    const { key_id, token } = await newKey();
    const { cookie } = await signIn(admin);
    expect((await by(cookie, 'GET', '/auth/me', { key: token })).body).toMatchObject({ kind: 'key', key_id });
    expect((await by(cookie, 'GET', '/auth/me', { key: 'wrong' })).status).toBe(401);
  });
});

describe('another site', () => {
  const refused = { status: 403, body: { code: 'cross_site_request' } };
  let cookie: string;
  beforeAll(async () => {
    ({ cookie } = await signIn(admin));
  });
  const send = (headers: Readonly<Record<string, string>>) => call(base, 'POST', '/admin/api-keys', { json: {}, headers: { Cookie: cookie, ...headers } });

  it.each([
    ['a form', {}],
    ['a form that says what it likes in its body', { 'X-Requested-With': 'faxbot-console' }],
    ['a header with another value', { 'X-Requested-By': 'faxbot' }],
    ['a page of another site', { ...fromConsole, 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of a sibling host', { ...fromConsole, 'Sec-Fetch-Site': 'same-site' }],
    ['an address that was typed', { ...fromConsole, 'Sec-Fetch-Site': 'none' }],
  ])('can change nothing by %s', async (_, headers) => {
    const keys = async () => z.array(z.object({ key_id: z.string() })).parse((await call(base, 'GET', '/admin/api-keys', { key: admin })).body);
    const before = await keys();
    expect(await send(headers)).toMatchObject(refused);
    expect(await call(base, 'DELETE', '/auth/session', { headers: { Cookie: cookie, ...headers } })).toMatchObject(refused);
    expect(await keys()).toEqual(before);
    expect(await status(cookie)).toBe(200);
  });

  it('is told by the preflight that it may not send the console’s header, nor cookies', async () => {
    const preflight = await call(base, 'OPTIONS', '/admin/api-keys', {
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-requested-by' },
    });
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).not.toContain('x-requested-by');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await call(base, 'GET', '/auth/me', { headers: { Cookie: cookie, Origin: 'https://evil.example' } });
    expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-credentials')]).toEqual(['*', null]);
  });

  it('is found in the history', async () => {
    expect(await reasonOf('forged/1.0', () => send({ 'User-Agent': 'forged/1.0' }))).toMatchObject({ outcome: 'refused', reason: 'cross_site', caller: 'session' });
  });

  it('is no matter for a key: it goes without the header', async () => {
    const { token } = await newKey();
    expect((await call(base, 'POST', '/fax', { key: token, form: faxForm('+15551234567'), headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(202);
  });

  it('is no matter for the console: its own pages say where they are', async () => {
    expect((await send({ ...fromConsole, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
  });
});

describe('the end of a session', () => {
  it('comes with signing out: the cookie is cleared, and a kept copy is refused', async () => {
    const { cookie, session_id } = await signIn(admin);
    const answer = await by(cookie, 'DELETE', '/auth/session');
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(answer.headers.get('set-cookie')).toBe('__Host-faxbot-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict');
    expect(await status(cookie)).toBe(401);
    expect((await by(cookie, 'DELETE', '/auth/session')).status).toBe(401);
    const actor = { type: 'session', session_id };
    await until(() => sessionEvents(session_id), (events) => events.length === 2);
    expect(await sessionEvents(session_id)).toMatchObject([{ event: 'session_created', actor: { type: 'key' } }, { event: 'session_ended', actor }]);
    expect(await reasonOf('replay/1.0', () => by(cookie, 'GET', '/auth/me', { headers: { 'User-Agent': 'replay/1.0' } }))).toMatchObject({ reason: 'session_ended', session_id });
  });

  it('comes when an administrator revokes it, with the next request, and to that one alone', async () => {
    const { key_id, token } = await newKey();
    const [one, other] = [await signIn(token), await signIn(token)];
    expect((await call(base, 'DELETE', `/admin/sessions/${one.session_id}`, { key: admin })).status).toBe(200);
    expect([await status(one.cookie), await status(other.cookie)]).toEqual([401, 200]);
    expect((await call(base, 'DELETE', `/admin/sessions/${one.session_id}`, { key: admin })).status).toBe(200);
    await until(() => sessionEvents(one.session_id), (events) => events.length === 2);
    expect((await sessionEvents(one.session_id))[1]).toMatchObject({ event: 'session_revoked', target_key_id: key_id, actor: { type: 'key' } });
    for (const id of ['f'.repeat(32), 'none']) expect(await call(base, 'DELETE', `/admin/sessions/${id}`, { key: admin })).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  });

  it('comes when it was idle for too long, and not before', async () => {
    const { cookie, session_id } = await signIn(admin);
    await age(session_id, 'createdAt', 29 * 60_000);
    expect(await status(cookie)).toBe(200);
    // That use was noted, so that it goes on from there.
    await age(session_id, 'createdAt', 60 * 60_000);
    expect(await status(cookie)).toBe(200);
    const idle = await signIn(admin);
    await age(idle.session_id, 'createdAt', 30 * 60_000);
    expect(await status(idle.cookie)).toBe(401);
  });

  it('comes at its absolute end, however much it is used', async () => {
    const { cookie, session_id } = await signIn(admin);
    await age(session_id, 'endsAt', 12 * 3_600_000 - 60_000);
    expect(await status(cookie)).toBe(200);
    await age(session_id, 'endsAt', 60_000);
    expect(await status(cookie)).toBe(401);
    expect((await list()).items.map((one) => one.session_id)).not.toContain(session_id);
  });

  it.each([
    ['revoked', (id: string) => call(base, 'DELETE', `/admin/api-keys/${id}`, { key: admin })],
    ['disabled', (id: string) => call(base, 'POST', `/admin/api-keys/${id}/disable`, { key: admin })],
    ['given a new secret', (id: string) => call(base, 'POST', `/admin/api-keys/${id}/rotate`, { key: admin, json: {} })],
    ['kept to other addresses', (id: string) => call(base, 'PATCH', `/admin/api-keys/${id}`, { key: admin, json: { version: 1, allowed_ips: ['203.0.113.0/24'] } })],
  ])('comes with the next request when its key is %s', async (_, change) => {
    const { key_id, token } = await newKey();
    const { cookie } = await signIn(token);
    expect(await status(cookie)).toBe(200);
    expect((await change(key_id)).status).toBe(200);
    expect(await status(cookie)).toBe(401);
  });

  it('comes when its key expires', async () => {
    const { token } = await newKey({ expires_at: new Date(Date.now() + 3_000).toISOString() });
    const { cookie } = await signIn(token);
    await until(() => status(cookie), (one) => one === 401);
  });

  it('does not come while a rotation overlaps', async () => {
    const { key_id, token } = await newKey();
    const { cookie } = await signIn(token);
    await call(base, 'POST', `/admin/api-keys/${key_id}/rotate`, { key: admin, json: { overlap_seconds: 60 } });
    expect(await status(cookie)).toBe(200);
    await call(base, 'POST', `/admin/api-keys/${key_id}/rotate/finish`, { key: admin });
    expect(await status(cookie)).toBe(401);
  });
});

describe('a token that is no session', () => {
  it.each([
    ['made up', () => createSessionToken().token],
    ['garbage', () => 'fbs_1'],
    ['an API key', () => admin],
  ])('is refused: %s', async (what, token) => {
    const agent = `${what.replaceAll(' ', '-')}/1.0`;
    const ask = () => by(`__Host-faxbot-session=${token()}`, 'GET', '/auth/me', { headers: { 'User-Agent': agent } });
    expect((await ask()).status).toBe(401);
    expect(await reasonOf(agent, ask)).toMatchObject({ outcome: 'refused', reason: 'unknown_session', session_id: null });
  });

  it('is refused with the id of one that exists, and an unknown secret', async () => {
    const { session_id, cookie } = await signIn(admin);
    const forged = createSessionToken().token.replace(/^fbs_[0-9a-f]+/, `fbs_${session_id}`);
    expect(await status(`__Host-faxbot-session=${forged}`)).toBe(401);
    expect(await status(cookie)).toBe(200);
  });
});

describe('the list of sessions', () => {
  it('shows administrators who is signed in, from where and until when, and no secret', async () => {
    const { key_id, token } = await newKey({ name: 'listed', owner: 'ward-9' });
    const { session_id, cookie, ...ends } = await signIn(token, { 'User-Agent': 'browser/1.0' });
    const answer = await by((await signIn(admin)).cookie, 'GET', '/admin/sessions');
    const items = z.object({ items: z.array(z.looseObject({ session_id: z.string(), current: z.boolean() })) }).parse(answer.body).items;
    expect(items.find((one) => one.session_id === session_id)).toEqual({
      session_id,
      current: false,
      key_id,
      key_name: 'listed',
      owner: 'ward-9',
      created_at: ends.created_at,
      last_seen_at: ends.last_seen_at,
      idle_ends_at: ends.idle_ends_at,
      ends_at: ends.ends_at,
      source_ip: '127.0.0.1',
      user_agent: 'browser/1.0',
    });
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    for (const secret of [cookie.split('=')[1] ?? '', 'fbs_', 'hash', 'pepper']) expect(answer.text).not.toContain(secret);
    await call(base, 'DELETE', `/admin/api-keys/${key_id}`, { key: admin });
    expect((await list()).items.map((one) => one.session_id)).not.toContain(session_id);
  });

  it('is for the scope admin alone, like their end', async () => {
    const { token } = await newKey({ scopes: ['keys:manage'] });
    expect((await call(base, 'GET', '/admin/sessions', { key: token })).status).toBe(403);
    expect((await call(base, 'DELETE', `/admin/sessions/${'0'.repeat(32)}`, { key: token })).status).toBe(403);
  });

  it('goes on page by page, and each stands on one of them', async () => {
    for (let count = 0; count < 3; count += 1) await signIn(admin);
    const all = (await list()).items.map((one) => one.session_id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: { session_id: string }[]; next_cursor: string | null } = z
        .object({ items: z.array(z.object({ session_id: z.string() })), next_cursor: z.string().nullable() })
        .parse((await call(base, 'GET', `/admin/sessions?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, { key: admin })).body);
      seen.push(...page.items.map((one) => one.session_id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all);
    expect((await call(base, 'GET', '/admin/sessions?cursor=1.x', { key: admin })).status).toBe(422);
  });
});

it('an event that a crash left unpublished is published by the sweeper', async () => {
  const { session_id } = await signIn(admin);
  const event = { v: 1, event_id: 'left', event: 'session_created', target_session_id: session_id, ts: new Date().toISOString(), actor: { type: 'bootstrap' }, outcome: 'success' };
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: tableOf(/^SessionTable/),
      Key: { pk: { S: `SESSION#${session_id}` } },
      UpdateExpression: 'SET outboxState = :pending, outbox = :events',
      ExpressionAttributeValues: { ':pending': { S: 'pending' }, ':events': { L: [{ S: JSON.stringify(event) }] } },
    }),
  );
  await until(async () => {
    await sweepNow(cloud, template);
    return sessionEvents(session_id);
  }, (events) => events.some(({ event_id }) => event_id === 'left'));
});
