/** The exact limit of a key for each minute: who passes, who is told to wait, and for how long. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { call, createKey, sendFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const bootstrap = 'minute-limit-administrator';
/** As the settings table holds them (lambdas/settings): no request of this suite comes before they are there. */
const chosen = { MAX_REQUESTS_PER_MINUTE: 6, TIER_REQUESTS_PER_MINUTE: { basic: 4, high: 0 } };
let cloud: RunningLocalCloud;
let base: string;
/** An administrator with a limit of its own. */
let admin: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: bootstrap });
  base = cloud.gatewayUrl;
  const [, TableName] = Object.entries(cloud.resources).find(([id]) => /^SettingsTable[0-9A-F]{8}$/.test(id)) ?? [];
  await cloud.clients.dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ pk: 'CURRENT', chosen }) }));
  admin = (await createKey(base, bootstrap, { scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z', requests_per_minute: 100_000 })).token;
}, 240_000);
afterAll(() => cloud.stop());

const limited = { detail: 'Rate limit exceeded', code: 'rate_limited' };
const newKey = async (wanted: object) => (await createKey(base, admin, wanted)).token;
const getFax = (key: string) => call(base, 'GET', '/fax/none', { key });
const getMe = (key: string) => call(base, 'GET', '/auth/me', { key });

const rateLimit = /^"minute";r=(\d+);t=(\d+)$/;

/** What an answer says of the limit: of how many requests, how many are left, for how many seconds. */
function standingOf({ headers }: GatewayAnswer): { limit: number; remaining: number; seconds: number } {
  const [, limit] = /^"minute";q=(\d+);w=60$/.exec(headers.get('ratelimit-policy') ?? '') ?? [];
  const [, remaining, seconds] = rateLimit.exec(headers.get('ratelimit') ?? '') ?? [];
  return z.object({ limit: z.coerce.number(), remaining: z.coerce.number(), seconds: z.coerce.number() }).parse({ limit, remaining, seconds });
}

/** Waits for a minute that has so many seconds left, by what the gateway says of it. */
async function untilMinuteHas(seconds: number): Promise<void> {
  await until(async () => standingOf(await getMe(admin)).seconds, (left) => left >= seconds, 90);
}

/** It ends as a minute begins, which leaves the others the whole of it. */
it('a key that was told to wait is let in when that time is over', async () => {
  const key = await newKey({ requests_per_minute: 1 });
  const refused = await until(() => getFax(key), ({ status }) => status === 429);
  const { seconds } = standingOf(refused);
  const since = Date.now();
  await until(() => getFax(key), ({ status }) => status === 404, 90);
  // To the second that was told, and not before the one ahead of it was over.
  const waited = (Date.now() - since) / 1000;
  expect(waited).toBeGreaterThan(seconds - 1);
  expect(waited).toBeLessThan(seconds + 10);
}, 120_000);

it('exactly N of 5N requests that come at once are let through, over all functions', async () => {
  const limit = 30;
  const key = await newKey({ requests_per_minute: limit });
  await untilMinuteHas(20);
  const answers = await Promise.all(Array.from({ length: 5 * limit }, (_, index) => (index % 2 === 0 ? getFax(key) : getMe(key))));
  const [passed, refused] = [answers.filter(({ status }) => status !== 429), answers.filter(({ status }) => status === 429)];
  expect([passed.length, refused.length]).toEqual([limit, 4 * limit]);
  expect(new Set(passed.map(({ status }) => status))).toEqual(new Set([200, 404]));

  // Each was told another number of what is left.
  const left = passed.map((answer) => standingOf(answer).remaining).sort((one, other) => one - other);
  expect(left).toEqual(Array.from({ length: limit }, (_, index) => index));
  for (const answer of refused) {
    const { remaining, seconds } = standingOf(answer);
    expect([answer.body, remaining, answer.headers.get('retry-after')]).toEqual([limited, 0, String(seconds)]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
  }
  // All of one minute: what is left of it only fell.
  expect(Math.max(...answers.map((answer) => standingOf(answer).limit))).toBe(limit);
}, 180_000);

it('what is refused changes nothing: as many faxes are there as were accepted', async () => {
  const key = await newKey({ owner: 'limited-sender', requests_per_minute: 3 });
  await untilMinuteHas(15);
  const answers = await Promise.all(Array.from({ length: 15 }, () => sendFax(base, key, '+15551234567')));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(12);
  const { body } = await call(base, 'GET', '/admin/fax-jobs?limit=100', { key: admin });
  const { jobs } = z.object({ jobs: z.array(z.object({ owner: z.string() })) }).parse(body);
  expect(jobs.filter(({ owner }) => owner === 'limited-sender')).toHaveLength(3);
}, 180_000);

describe('a limit', () => {
  it.each([
    ['of its own, before its tier’s', { tier: 'basic', requests_per_minute: 9 }, 9],
    ['of its tier, before everybody’s', { tier: 'basic' }, 4],
    ['for everybody, where its tier has none', { tier: 'standard' }, 6],
  ])('is one %s', async (_, wanted, limit) => {
    expect(standingOf(await getFax(await newKey(wanted)))).toMatchObject({ limit, remaining: limit - 1 });
  });

  it('of 0 is none: a key of such a tier has no headers and no end', async () => {
    const key = await newKey({ tier: 'high' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => getFax(key)));
    expect(answers.map(({ status, headers }) => [status, headers.get('ratelimit'), headers.get('ratelimit-policy')])).toEqual(answers.map(() => [404, null, null]));
  });

  it('holds for the bootstrap key, too', async () => {
    await untilMinuteHas(10);
    const answers: GatewayAnswer[] = [];
    for (let count = 0; count < 8; count += 1) answers.push(await getFax(bootstrap));
    expect(answers.at(-1)).toMatchObject({ status: 429, body: limited });
    expect(answers.map((answer) => standingOf(answer).limit)).toEqual(answers.map(() => 6));
  }, 120_000);
});

describe('every answer with a limit', () => {
  it('says how much is left, also where the request is wrong', async () => {
    const key = await newKey({ scopes: ['fax:send', 'keys:manage'], requests_per_minute: 50 });
    for (const [status, answer] of [
      [422, await call(base, 'POST', '/admin/api-keys', { key, json: { colour: 'red' } })],
      [400, await call(base, 'POST', '/admin/api-keys', { key, raw: '{', headers: { 'Content-Type': 'application/json' } })],
      [422, await call(base, 'POST', '/fax', { key, raw: 'x', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } })],
      [404, await call(base, 'DELETE', '/admin/api-keys/000000000000', { key })],
      [200, await getMe(key)],
    ] as const) {
      expect([answer.status, standingOf(answer).limit]).toEqual([status, 50]);
    }
  });

  it('lets the program of any web page read it', async () => {
    const { headers } = await getFax(await newKey({}));
    expect(headers.get('access-control-expose-headers')).toContain('RateLimit, RateLimit-Policy, Retry-After');
  });

  it('agrees with GET /auth/me', async () => {
    const key = await newKey({ requests_per_minute: 50 });
    await untilMinuteHas(10);
    await getFax(key);
    const answer = await getMe(key);
    const { limit, remaining, seconds } = standingOf(answer);
    const { per_minute: told } = z.object({ limits: z.object({ per_minute: z.object({ limit: z.int(), remaining: z.int(), reset_seconds: z.int() }) }) }).parse(answer.body).limits;
    expect([limit, remaining]).toEqual([50, 48]);
    // The question itself is counted beside it.
    expect([48, 49]).toContain(told.remaining);
    expect([told.limit, told.reset_seconds]).toEqual([50, seconds]);
  }, 120_000);
});
