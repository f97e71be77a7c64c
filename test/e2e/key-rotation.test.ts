/** Rotation with an overlap: two secrets under one id, each with its own last use, until one of them ends. */
import * as z from 'zod';
import { call, createKey, until, type GatewayAnswer } from './gateway-client.js';
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

const keyShape = z.looseObject({
  key_id: z.string(),
  token: z.string().default(''),
  token_last_four: z.string(),
  rotation: z.nullable(z.looseObject({ ends_at: z.nullable(z.string()) })),
  secrets: z.array(z.looseObject({ version: z.number(), live: z.boolean(), last_used_at: z.nullable(z.string()), ends_at: z.nullable(z.string()) })),
});
const keyOf = ({ body }: GatewayAnswer) => keyShape.parse(body);
const create = (wanted: object = {}) => createKey(base, bootstrap, wanted);
const read = async (id: string) => keyOf(await call(base, 'GET', `/admin/api-keys/${id}`, { key: bootstrap }));
const post = (id: string, action: string, json?: object) => call(base, 'POST', `/admin/api-keys/${id}/${action}`, { key: bootstrap, ...(json === undefined ? {} : { json }) });
const knock = async (key: string) => (await call(base, 'GET', '/fax/none', { key })).status;
const statuses = (...tokens: string[]) => Promise.all(tokens.map(knock));
const inForce = 404;

describe('a rotation with an overlap', () => {
  it('leaves both tokens in force under one id, each with its own last use', async () => {
    const { key_id, token: first } = await create();
    const answer = keyOf(await post(key_id, 'rotate', { overlap_seconds: 3600 }));
    expect(answer).toMatchObject({ key_id, rotation: { older_version: 1, newer_version: 2, ends_at: expect.any(String) }, version: 2 });
    expect((await read(key_id)).secrets.map(({ last_used_at }) => last_used_at)).toEqual([null, null]);

    expect(await knock(first)).toBe(inForce);
    expect((await read(key_id)).secrets.map(({ last_used_at }) => last_used_at !== null)).toEqual([true, false]);
    expect(await knock(answer.token)).toBe(inForce);
    const { secrets, token_last_four } = await read(key_id);
    expect(secrets.map(({ version, live, last_used_at }) => [version, live, last_used_at !== null])).toEqual([
      [1, true, true],
      [2, true, true],
    ]);
    expect(token_last_four).toBe(answer.token.slice(-4));
  });

  it('ends the old token by itself when the overlap is over, and the new one stays', async () => {
    const { key_id, token: first } = await create();
    const { token: second } = keyOf(await post(key_id, 'rotate', { overlap_seconds: 1 }));
    await until(() => knock(first), (status) => status === 401);
    expect(await knock(second)).toBe(inForce);
    const key = await read(key_id);
    expect(key).toMatchObject({ rotation: null });
    expect(key.secrets.map(({ live }) => live)).toEqual([false, true]);
  });

  it('is finished early: the old token is refused with the next request', async () => {
    const { key_id, token: first } = await create();
    const { token: second } = keyOf(await post(key_id, 'rotate', { overlap_seconds: 3600 }));
    expect(keyOf(await post(key_id, 'rotate/finish'))).toMatchObject({ rotation: null });
    expect(await statuses(first, second)).toEqual([401, inForce]);
  });

  it('is taken back: the new token is refused with the next request, and the old one stays for good', async () => {
    const { key_id, token: first } = await create();
    const { token: second } = keyOf(await post(key_id, 'rotate', { overlap_seconds: 2 }));
    expect(keyOf(await post(key_id, 'rotate/cancel'))).toMatchObject({ rotation: null, token_last_four: first.slice(-4) });
    expect(await statuses(first, second)).toEqual([inForce, 401]);
    const { secrets } = await read(key_id);
    expect(secrets.map(({ version, live, ends_at }) => [version, live, ends_at === null])).toEqual([
      [2, false, false],
      [1, true, true],
    ]);
    // The next secret does not get the number of the one that was taken back.
    expect(keyOf(await post(key_id, 'rotate', { overlap_seconds: 60 })).secrets.map(({ version }) => version)).toEqual([1, 3]);
  });

  it('can not begin while another one overlaps; an immediate rotation can, and ends both', async () => {
    const { key_id, token: first } = await create();
    const { token: second } = keyOf(await post(key_id, 'rotate', { overlap_seconds: 3600 }));
    expect((await post(key_id, 'rotate', { overlap_seconds: 60 })).body).toMatchObject({ code: 'rotation_in_progress' });
    const { token: third } = keyOf(await post(key_id, 'rotate'));
    expect(await statuses(first, second, third)).toEqual([401, 401, inForce]);
  });

  it('neither finishes nor is taken back where none is under way', async () => {
    const { key_id } = await create();
    for (const action of ['rotate/finish', 'rotate/cancel']) {
      const { status, body } = await post(key_id, action);
      expect([status, body]).toEqual([409, { detail: 'No rotation of this key is under way', code: 'no_rotation' }]);
    }
  });

  it.each([-1, 2_592_001, 1.5, '60'])('does not take %p seconds', async (overlap_seconds) => {
    const { key_id } = await create();
    const { status, body } = await post(key_id, 'rotate', { overlap_seconds });
    expect([status, body]).toMatchObject([422, { fields: [{ field: 'overlap_seconds', message: 'must be a whole number from 0 to 2592000' }] }]);
  });
});

describe('advice', () => {
  it('speaks of a key without an expiry, and of nothing on one that is dead', async () => {
    const { key_id } = await create();
    const advice = async () => z.looseObject({ advice: z.array(z.looseObject({ code: z.string() })) }).parse(await read(key_id)).advice.map(({ code }) => code);
    expect(await advice()).toEqual(['no_expiry']);
    await post(key_id, 'disable');
    expect(await advice()).toEqual([]);
  });
});
