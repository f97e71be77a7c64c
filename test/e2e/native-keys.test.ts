/** Leased native keys on the running stack: a usage plan of one's own while the pool has some, the tier's shared one when it is empty. */
import { GetUsagePlanKeysCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { poolOf, type PoolState } from '../../lambdas/limits/native-key.js';
import { call, createKey, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { changeVariable, functionId, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const admin = 'native-keys-administrator';
/** One that is free for each tier, and no more than eight in all. */
const poolSize = 8;
const wanted = 1;

let copy: string;
let cloud: RunningLocalCloud;
let template: Template;
let base: string;

beforeAll(async () => {
  copy = withTemplate(await testAssembly(), (editable) => {
    for (const name of ['native-keys', 'key-admin']) changeVariable(editable, name, 'NATIVE_KEY_POOL', () => String(poolSize));
    changeVariable(editable, 'native-keys', 'USAGE_PLANS', withMonthlyQuota);
    for (const [id, resource] of Object.entries(editable.Resources)) {
      // The function runs when a test says so.
      if (resource.Type === 'AWS::Scheduler::Schedule' && id.startsWith('NativeKeys')) delete editable.Resources[id];
      if (resource.Type === 'AWS::ApiGateway::UsagePlan' && id.includes('Planbasic')) resource.Properties = { ...resource.Properties, Throttle: { RateLimit: 1, BurstLimit: 3 } };
    }
  });
  template = readTemplate(copy);
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin, faults: true });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

/** The plan of the tier high has a quota a month. */
function withMonthlyQuota(plans: unknown): unknown {
  const text = JSON.stringify(plans);
  if (!text.endsWith('/NONE"]]}')) throw new Error(`Not as expected: ${text}`);
  return JSON.parse(text.replace(/\/NONE"\]\]\}$/, '/MONTH"]]}'));
}

const physicalId = (pattern: RegExp) => cloud.resources[Object.keys(cloud.resources).find((id) => pattern.test(id)) ?? ''];
const limitsTable = () => physicalId(/^LimitsTable[0-9A-F]{8}$/);
const report = z.looseObject({ created: z.int(), released: z.int(), freed: z.int(), total: z.int(), regionFull: z.boolean() });

async function tend(): Promise<z.output<typeof report>> {
  const { Payload, FunctionError } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'native-keys')] }));
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(text);
  return report.parse(JSON.parse(text));
}

const pooled = z.object({ pk: z.string(), key_id: z.string().optional() });

async function inPool(state: PoolState, tier: 'basic' | 'standard' | 'high'): Promise<z.output<typeof pooled>[]> {
  const { Items = [] } = await cloud.clients.dynamodb.send(
    new QueryCommand({
      TableName: limitsTable(),
      IndexName: 'pool',
      KeyConditionExpression: '#pool = :pool',
      ExpressionAttributeNames: { '#pool': 'pool' },
      ExpressionAttributeValues: { ':pool': { S: poolOf(state, tier) } },
    }),
  );
  return Items.map((item) => pooled.parse(unmarshall(item)));
}

/** As if this had been its time: a new one settles for a minute, a rest takes a month. */
async function setTime(pk: string, time: number): Promise<void> {
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({ TableName: limitsTable(), Key: { pk: { S: pk } }, UpdateExpression: 'SET pooled_at = :time', ExpressionAttributeValues: { ':time': { N: String(time) } } }),
  );
}

/** Makes all that are new usable. */
async function settle(): Promise<void> {
  for (const tier of ['basic', 'standard', 'high'] as const) for (const { pk } of await inPool('free', tier)) await setTime(pk, 1);
}

const times = (count: number, key: string) => Promise.all(Array.from({ length: count }, () => call(base, 'GET', '/fax/none', { key })));
const refused = (answers: readonly GatewayAnswer[]) => answers.filter(({ status }) => status === 429).length;

it('the function makes native keys for each tier and puts them on its plan; a new key leases one', async () => {
  expect(await tend()).toMatchObject({ created: 3 * wanted, total: 3, regionFull: false });
  const { items = [] } = await cloud.clients.apiGateway.send(new GetUsagePlansCommand({}));
  for (const { id, name } of items.filter((plan) => !/ (anonymous|console)$/.test(plan.name ?? ''))) {
    const { items: keys = [] } = await cloud.clients.apiGateway.send(new GetUsagePlanKeysCommand({ usagePlanId: id }));
    expect([name, keys.map((key) => key.name?.startsWith('Faxbot dev leased ') === true).sort()]).toEqual([name, [false, true]]);
  }

  // Not at once: AWS needs a moment before a native key works.
  const early = await createKey(base, admin, { tier: 'standard' });
  expect(await inPool('leased', 'standard')).toEqual([]);
  expect((await times(1, early.token))[0]?.status).toBe(404);

  await settle();
  const { key_id, token } = await createKey(base, admin, { tier: 'standard' });
  expect((await inPool('leased', 'standard')).map((one) => one.key_id)).toEqual([key_id]);
  expect((await times(1, token))[0]?.status).toBe(404);
});

it('a key with a native key of its own has a rate of its own; those that found none share one, and keep their own exact minute', async () => {
  await settle();
  const own = await createKey(base, admin, { tier: 'basic' });
  expect((await inPool('leased', 'basic')).map((one) => one.key_id)).toEqual([own.key_id]);
  // The pool is empty: these share.
  const [one, other] = [await createKey(base, admin, { tier: 'basic', requests_per_minute: 2 }), await createKey(base, admin, { tier: 'basic' })];
  expect(await inPool('leased', 'basic')).toHaveLength(1);

  const flood = await times(12, other.token);
  expect(refused(flood)).toBeGreaterThan(0);
  // Who shares with it waits, too; who has an own plan does not notice.
  const [shared, alone] = await Promise.all([times(3, one.token), times(3, own.token)]);
  expect([refused(shared) > 0, refused(alone)]).toEqual([true, 0]);

  // The plan lets more through, the key's own limit does not.
  const answers = await until(
    async () => times(1, one.token),
    (found) => found[0]?.headers.has('ratelimit') === true && found[0].status === 429,
    70,
  );
  expect(answers[0]?.body).toMatchObject({ code: 'rate_limited' });
}, 120_000);

it('of two keys that are created at once for the last one, one gets it', async () => {
  await tend();
  await settle();
  const before = (await inPool('leased', 'standard')).length;
  expect(await inPool('free', 'standard')).toHaveLength(wanted);
  const both = await Promise.all([createKey(base, admin, { tier: 'standard' }), createKey(base, admin, { tier: 'standard' })]);
  const leases = await inPool('leased', 'standard');
  expect(leases).toHaveLength(before + 1);
  expect(both.filter(({ key_id: id }) => leases.some((lease) => lease.key_id === id))).toHaveLength(1);
  for (const { token } of both) expect((await times(1, token))[0]?.status).toBe(404);
});

it('a revoked key’s native key rests until the quota’s period ends, and is then leased again', async () => {
  await settle();
  const { key_id } = await createKey(base, admin, { tier: 'high' });
  const [lease] = await inPool('leased', 'high');
  expect(lease?.key_id).toBe(key_id);
  await call(base, 'DELETE', `/admin/api-keys/${key_id}`, { key: admin });
  expect((await inPool('resting', 'high')).map(({ pk }) => pk)).toEqual([lease?.pk]);
  expect(await tend()).toMatchObject({ freed: 0 });

  await setTime(lease?.pk ?? '', Date.now() - 32 * 86_400_000);
  expect(await tend()).toMatchObject({ freed: 1 });
  expect((await inPool('free', 'high')).map(({ pk }) => pk)).toContain(lease?.pk);
});

it('a lease that a crash left without its key is found and given back', async () => {
  await tend();
  await settle();
  const [free] = await inPool('free', 'high');
  await cloud.injectFault({ function: functionId(template, 'key-admin'), action: 'dynamodb:UpdateItem', nth: 2, when: 'after', effect: 'kill-function' });
  // The first counts the request, the second leases.
  expect((await call(base, 'POST', '/admin/api-keys', { key: admin, json: { tier: 'high' } })).status).toBeGreaterThanOrEqual(500);
  await cloud.clearFaults();
  const [lost] = await inPool('leased', 'high');
  expect(lost).toBeDefined();
  expect(free).toBeDefined();
  expect(await tend()).toMatchObject({ released: 0 });
  await setTime(lost?.pk ?? '', 1);
  expect(await tend()).toMatchObject({ released: 1 });
  expect((await inPool('resting', 'high')).map(({ pk }) => pk)).toContain(lost?.pk);
});

it('where the region is full, no more are made, and the log says so', async () => {
  // A free one less, so that one is wanted.
  await settle();
  await createKey(base, admin, { tier: 'basic' });
  // AWS's client asks three times: a rule for each.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await cloud.injectFault({ function: functionId(template, 'native-keys'), action: 'apigateway:POST', when: 'before', effect: 'error', code: 'LimitExceededException', status: 429 });
  }
  expect(await tend()).toMatchObject({ created: 0, regionFull: true });
  await until(() => messagesOf(cloud, logGroupId(template, 'native-keys')), (messages) => messages.some((message) => message.includes('"native_keys_region_full":1')));
  await cloud.clearFaults();
  expect((await createKey(base, admin, { tier: 'basic' })).token).toBeDefined();
});
