/**
 * A change of the settings dies between its writes: it is made whole or not at all, no version is missing or doubled, and
 * each change that was made stands in the audit trail.
 */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { auditTrail } from './audit-trail.js';
import { call, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, readTemplate, type Template } from './stack-resources.js';

const admin = 'crash-settings-administrator';
const crashed = { status: 502, body: { code: 'internal_error' } };
let cloud: RunningLocalCloud;
let template: Template;
const state = mkdtempSync(join(tmpdir(), 'crash-settings-'));

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, state, apiKey: admin, faults: true });
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(state, { recursive: true, force: true });
});

const settings = z.looseObject({ version: z.number(), values: z.looseObject({ INBOUND_LIST_RPM: z.number() }) });
const read = async () => settings.parse((await call(cloud.gatewayUrl, 'GET', '/admin/settings', { key: admin })).body);
const put = (version: number, rpm: number): Promise<GatewayAnswer> =>
  call(cloud.gatewayUrl, 'PUT', '/admin/settings', { key: admin, json: { version, values: { INBOUND_LIST_RPM: rpm } } });
const fault = (rule: Omit<FaultRule, 'function'>) => cloud.injectFault({ function: functionId(template, 'settings-admin'), ...rule });

const versionList = z.object({ versions: z.array(z.looseObject({ version: z.number(), changes: z.array(z.object({ from: z.unknown(), to: z.unknown() })) })) });
async function history(): Promise<z.output<typeof versionList>['versions']> {
  return versionList.parse((await call(cloud.gatewayUrl, 'GET', '/admin/settings/versions?limit=100', { key: admin })).body).versions;
}

const sweepReport = z.object({ settledSettings: z.number() });
/** The sweeper's next runs, until nothing is left of a crash. */
async function sweep(): Promise<void> {
  const run = async () => {
    const { Payload } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'sweeper')] }));
    return sweepReport.parse(JSON.parse(Buffer.from(Payload ?? []).toString())).settledSettings;
  };
  await until(run, (settled) => settled === 0);
}

/** One event for each version, however often it was written. */
async function expectWholeTrail(): Promise<void> {
  await sweep();
  const { version } = await read();
  const events = (await auditTrail(cloud, template)).filter(({ event }) => event === 'settings_changed');
  const byId = new Map(events.map((event) => [event.event_id, event['version']]));
  expect([...byId.values()].sort((one, other) => Number(one) - Number(other))).toEqual(Array.from({ length: version }, (_, index) => index + 1));
}

/** From the newest to the first, each begins where the one before it ended. */
async function expectWholeHistory(): Promise<void> {
  const versions = await history();
  const { version } = await read();
  expect(versions.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, index) => version - index));
  for (const [index, { changes }] of versions.slice(0, -1).entries()) expect(changes[0]?.from).toEqual(versions[index + 1]?.changes[0]?.to);
}

/** A warm function on settings that were changed twice: a change then archives, puts, publishes and clears. */
beforeEach(async () => {
  await cloud.clearFaults();
  for (let change = 0; change < 2; change += 1) {
    const { version, values } = await read();
    expect((await put(version, values.INBOUND_LIST_RPM + 1)).status).toBe(200);
  }
  await sweep();
});

describe('a change that dies', () => {
  it.each([
    ['before the version in force is archived', { when: 'before', action: 'dynamodb:PutItem', nth: 1 }],
    ['after it is archived', { when: 'after', action: 'dynamodb:PutItem', nth: 1 }],
    ['before the next version is put', { when: 'before', action: 'dynamodb:PutItem', nth: 2 }],
  ] as const)('%s was not made, and the same request again makes it once', async (_, rule) => {
    const { version, values } = await read();
    await fault({ ...rule, effect: 'kill-function' });
    expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject(crashed);
    expect(await read()).toEqual(expect.objectContaining({ version, values }));
    await expectWholeHistory();
    expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject({ status: 200, body: { version: version + 1 } });
    await expectWholeHistory();
    await expectWholeTrail();
  });

  it.each([
    ['after the next version is put', { when: 'after', action: 'dynamodb:PutItem', nth: 2 }],
    ['before its event is published', { when: 'before', action: 'logs:PutLogEvents', nth: 1 }],
    ['after its event is published', { when: 'after', action: 'logs:PutLogEvents', nth: 1 }],
  ] as const)('%s was made; the same request again is a 409, and the sweeper publishes the event', async (_, rule) => {
    const { version, values } = await read();
    await fault({ ...rule, effect: 'kill-function' });
    expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject(crashed);
    expect(await read()).toMatchObject({ version: version + 1, values: { INBOUND_LIST_RPM: values.INBOUND_LIST_RPM + 1 } });
    expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject({ status: 409, body: { code: 'settings_conflict' } });
    await expectWholeHistory();
    await expectWholeTrail();
  });

  it('after the next version is put, and another change comes before the sweeper: both events stand in the trail', async () => {
    const { version, values } = await read();
    await fault({ when: 'after', action: 'dynamodb:PutItem', nth: 2, effect: 'kill-function' });
    expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject(crashed);
    expect((await put(version + 1, values.INBOUND_LIST_RPM + 2)).status).toBe(200);
    await expectWholeHistory();
    await expectWholeTrail();
  });
});

it('DynamoDB’s answer to a change gets lost: it is made once, and answered as made', async () => {
  const { version, values } = await read();
  await fault({ when: 'after', action: 'dynamodb:PutItem', nth: 2, effect: 'drop-connection' });
  expect(await put(version, values.INBOUND_LIST_RPM + 1)).toMatchObject({ status: 200, body: { version: version + 1 } });
  await expectWholeHistory();
  await expectWholeTrail();
});

it('the machine dies after a change: settings and history are there when it is up again', async () => {
  const before = await read();
  const versions = await history();
  await cloud.kill();
  cloud = await startLocalCloud({ assembly: await testAssembly(), state, apiKey: admin, faults: true });
  expect(await read()).toEqual(before);
  expect(await history()).toEqual(versions);
});
