/**
 * When a change of a key counts: no request that begins after the answer to a revocation is let in, over many connections;
 * and of many changes at once, one consistent key is left, with every change in the audit trail.
 */
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import * as z from 'zod';
import { readLogs } from './audit-trail.js';
import { call, createKey, readCreatedKey, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const connections = 50;
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
const administer = (method: string, path: string, json?: object) => call(base, method, `/admin/api-keys/${path}`, { key: bootstrap, ...(json === undefined ? {} : { json }) });
const knock = async (key: string) => (await call(base, 'GET', '/fax/none', { key })).status;

interface Knock {
  readonly begun: number;
  readonly status: number;
}

/** Knocks on as many connections as fast as they answer, until `change` has been answered and each of them was refused after that. */
async function hammer(token: string, change: () => Promise<GatewayAnswer>): Promise<{ readonly knocks: readonly Knock[]; readonly answered: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const knocks: Knock[] = [];
  let answered = Number.POSITIVE_INFINITY;
  const once = () =>
    new Promise<Knock>((resolve, reject) => {
      const begun = performance.now();
      const outgoing = request(`${base}/fax/none`, { agent, headers: { 'X-API-Key': token } }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ begun, status: answer.statusCode ?? 0 }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  const lane = async () => {
    for (;;) {
      const one = await once();
      knocks.push(one);
      if (one.begun > answered) return;
    }
  };
  const lanes = Array.from({ length: connections }, lane);
  while (knocks.length < connections) await new Promise((resolve) => setImmediate(resolve));
  expect(await change()).toMatchObject({ status: 200 });
  answered = performance.now();
  await Promise.all(lanes);
  agent.destroy();
  return { knocks, answered };
}

describe('under fifty connections, no request is let in that begins after the answer', () => {
  it.each<[string, (id: string) => Promise<GatewayAnswer>]>([
    ['to a revocation', (id) => administer('DELETE', id)],
    ['to a disabling', (id) => administer('POST', `${id}/disable`)],
    ['to a rotation', (id) => administer('POST', `${id}/rotate`)],
    ['to an edit that takes the scope away', (id) => administer('PATCH', id, { version: 1, scopes: ['fax:send'] })],
    ['to an edit that lets in other addresses only', (id) => administer('PATCH', id, { version: 1, allowed_ips: ['192.0.2.0/24'] })],
  ])('%s', async (_, change) => {
    const { key_id, token } = await create({ scopes: ['fax:read'] });
    const { knocks, answered } = await hammer(token, () => change(key_id));
    const letIn = ({ status }: Knock) => status === 404;
    const [before, after] = [knocks.filter(({ begun }) => begun <= answered), knocks.filter(({ begun }) => begun > answered)];
    expect(before.some(letIn)).toBe(true);
    expect(after.length).toBeGreaterThanOrEqual(connections);
    expect(after.filter(letIn)).toEqual([]);
    expect(new Set(knocks.map(({ status }) => status)).size).toBe(2);
  });
});

const keyShape = z.looseObject({
  version: z.number(),
  state: z.string(),
  name: z.nullable(z.string()),
  token_last_four: z.string(),
  secrets: z.array(z.looseObject({ version: z.number(), live: z.boolean(), token_last_four: z.string() })),
});
const readKey = async (id: string) => keyShape.parse((await administer('GET', id)).body);

type Change = 'rotate' | 'overlap' | 'edit' | 'disable' | 'enable' | 'revoke';

/** Two hundred at once; in every second run, one of them is a revocation. */
const changes = fc
  .tuple(fc.array(fc.constantFrom<Change[]>('rotate', 'overlap', 'edit', 'disable', 'enable'), { minLength: 200, maxLength: 200 }), fc.option(fc.nat(199), { freq: 1 }))
  .map(([living, revocation]) => living.map((change, index): Change => (index === revocation ? 'revoke' : change)));

const apply = (id: string, change: Change, index: number): Promise<GatewayAnswer> => {
  switch (change) {
    case 'rotate':
      return administer('POST', `${id}/rotate`);
    case 'overlap':
      return administer('POST', `${id}/rotate`, { overlap_seconds: 3600 });
    case 'edit':
      return administer('PATCH', id, { version: 1 + (index % 3), name: `edit ${index}` });
    case 'disable':
    case 'enable':
      return administer('POST', `${id}/${change}`);
    case 'revoke':
      return administer('DELETE', id);
  }
};

describe('two hundred changes of one key at once', () => {
  it('leave one consistent key, at most two tokens in force, and each change in the trail, in order', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (wanted) => {
        const created = await create({ scopes: ['fax:read'] });
        const id = created.key_id;
        const answers = await Promise.all(wanted.map((change, index) => apply(id, change, index)));
        // 503: so many events wait at this moment that the audit trail takes no more; nothing was changed.
        const refused = answers.filter(({ status }) => status !== 200).map(({ status, body }) => [status, z.looseObject({ code: z.string() }).parse(body).code]);
        for (const refusal of refused) expect(['409', '503 audit_unavailable']).toContain(refusal[0] === 409 ? '409' : refusal.join(' '));

        const key = await readKey(id);
        const events = await readLogs(base, bootstrap, { q: id, limit: '1000' });
        const own = events.items.filter((event) => event.target_key_id === id);
        // One event a version, and none for a change that was refused or changed nothing.
        expect(own).toHaveLength(key.version);
        expect(new Set(own.map(({ event_id }) => event_id)).size).toBe(own.length);

        const tokens = [created.token, ...answers.filter((answer, index) => answer.status === 200 && /rotate|overlap/.test(wanted[index] ?? '')).map((answer) => readCreatedKey(answer).token)];
        const inForce = [];
        for (const token of tokens) if ((await knock(token)) === 404) inForce.push(token.slice(-4));
        const live = key.state === 'active' ? key.secrets.filter((secret) => secret.live).map((secret) => secret.token_last_four) : [];
        expect([...inForce].sort()).toEqual([...live].sort());
        expect(live.length).toBeLessThanOrEqual(2);
        if (wanted.includes('revoke')) expect(key.state).toBe('revoked');
      }),
      { numRuns: 4 },
    );
  }, 240_000);
});
