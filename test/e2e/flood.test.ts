/** A flood of made-up keys, each well-formed: it locks nobody out, it hides nothing of real keys, and what is written of it is bounded. */
import { DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { isKeyId, type KeyId } from '../../lambdas/contract/identifiers.js';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { auditTrail } from './audit-trail.js';
import { call, createKey, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { logGroupId, readTemplate, type Template } from './stack-resources.js';

const bootstrap = 'flood-administrator';
const floodConnections = 40;
const goodConnections = 4;
const phaseMilliseconds = 4_000;
/** Of each environment, as the gateway states it. */
const perMinute = 60;

let cloud: RunningLocalCloud;
let template: Template;
let base: string;
let good: { readonly key_id: KeyId; readonly token: string };

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: bootstrap });
  base = cloud.gatewayUrl;
  const { key_id, token } = await createKey(base, bootstrap, { tier: 'high' });
  if (!isKeyId(key_id)) throw new Error(key_id);
  good = { key_id, token };
}, 240_000);
afterAll(() => cloud.stop());

/** Asks over so many connections until the time is over; gives the statuses. */
async function askFor(connections: number, deadline: number, headers: () => Record<string, string>): Promise<number[]> {
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (Date.now() < deadline) {
        const answer = await fetch(`${base}/fax/none`, { headers: headers() });
        await answer.arrayBuffer();
        statuses.push(answer.status);
      }
    }),
  );
  return statuses;
}

const goodHeaders = () => ({ 'X-API-Key': good.token });
const bogusHeaders = () => ({ 'X-API-Key': createToken(createKeyId()), 'User-Agent': 'flood/1.0' });
const history = z.object({ items: z.array(z.object({ reason: z.string().nullable(), user_agent: z.string(), suppressed: z.int(), key_id: z.string().nullable() })), next_cursor: z.string().nullable() });

async function refusals(): Promise<z.output<typeof history>['items']> {
  const items: z.output<typeof history>['items'] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: z.output<typeof history> = history.parse(
      (await call(base, 'GET', `/admin/auth-events?outcome=refused&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`, { key: bootstrap })).body,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

/** How many execution environments the authorizer had. */
async function environments(): Promise<number> {
  const { logStreams = [] } = await cloud.clients.logs.send(new DescribeLogStreamsCommand({ logGroupName: cloud.resources[logGroupId(template, 'authorizer')] }));
  return logStreams.length;
}

it('leaves a good key its way in, and its own failures their place in the history', async () => {
  const start = Date.now();
  await askFor(goodConnections, start + 1_000, goodHeaders);
  const alone = await askFor(goodConnections, Date.now() + phaseMilliseconds, goodHeaders);

  const end = Date.now() + phaseMilliseconds;
  const [during, flood, failure] = await Promise.all([
    askFor(goodConnections, end, goodHeaders),
    askFor(floodConnections, end, bogusHeaders),
    // Of a real key, in the thick of it.
    call(base, 'GET', '/fax/none', { key: createToken(good.key_id), headers: { 'User-Agent': 'forgetful/1.0' } }),
  ]);
  expect(new Set([...alone, ...during])).toEqual(new Set([404]));
  expect(new Set(flood)).toEqual(new Set([401]));
  expect(failure.status).toBe(401);
  const ratio = during.length / alone.length;
  console.log(
    `A good key alone: ${((alone.length / phaseMilliseconds) * 1000).toFixed(0)} requests a second; beside ${((flood.length / phaseMilliseconds) * 1000).toFixed(0)} made-up keys a second: ${((during.length / phaseMilliseconds) * 1000).toFixed(0)} (${(ratio * 100).toFixed(0)}%).`,
  );
  // A share of the connections is what is fair; far less than that would be a lock-out.
  expect(ratio).toBeGreaterThan(0.02);

  const found = await until(refusals, (items) => items.some(({ user_agent: agent }) => agent === 'forgetful/1.0'));
  expect(found.find(({ user_agent: agent }) => agent === 'forgetful/1.0')).toMatchObject({ reason: 'wrong_secret', key_id: good.key_id });

  // What was written of the flood is within the bound, in both places; the rest was counted, as far as an event came after it.
  const written = found.filter(({ user_agent: agent }) => agent === 'flood/1.0');
  const minutes = Math.floor(Date.now() / 60_000) - Math.floor(start / 60_000) + 1;
  const bound = (await environments()) * perMinute * minutes;
  const audited = (await auditTrail(cloud, template)).filter((event) => event['user_agent'] === 'flood/1.0');
  console.log(`${flood.length} refusals, ${written.length} written, at most ${bound}.`);
  for (const events of [written, audited]) {
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThanOrEqual(bound);
  }
  const suppressed = written.reduce((sum, event) => sum + event.suppressed, 0);
  expect(suppressed).toBeGreaterThan(0);
  expect(written.length + suppressed).toBeLessThanOrEqual(flood.length);
}, 120_000);
