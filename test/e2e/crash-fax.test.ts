/**
 * More deaths on a fax's way than crash.test.ts has: around the document, around the audit trail, by the function's time
 * limit, with ten jobs in one batch, and of the upload function without anybody who asks again.
 */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { auditTrail } from './audit-trail.js';
import { call, faxForm, freshNumber, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, functionId, readTemplate, sweepNow, type Template } from './stack-resources.js';

const admin = 'crash-fax-administrator';
let cloud: RunningLocalCloud;
let template: Template;
let queueUrl: string;

const post = (headers: Record<string, string> = {}) => call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm(freshNumber()), headers });
const readState = async (id: string) => readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin }));
const fault = (name: string, rule: Omit<FaultRule, 'function'>) => cloud.injectFault({ function: functionId(template, name), ...rule });
const fired = () => until(() => cloud.faults(), (rules) => rules.every((rule) => rule.fired));
const calls = async (id: string) => (await callsByJob(cloud, template)).get(id) ?? 0;
/** A line of a function's log arrives a moment after what the function did. */
const calledAtLeastOnce = (id: string) => until(() => calls(id), (count) => count > 0);
/** The message that the sweeper sends, without the minute that it gives a job before. */
const nudge = (id: string) => cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ v: 1, jobId: id }) }));

async function nudgedToTheEnd(id: string): Promise<string> {
  let last = 0;
  const { state } = await until(
    async () => {
      if (Date.now() - last > 300) {
        last = Date.now();
        await nudge(id);
      }
      return readState(id);
    },
    ({ state: now }) => now === 'success' || now === 'uncertain',
    30,
  );
  return state;
}

const attempts = z.object({ attempts: z.array(z.object({ outcome: z.string(), error: z.string().nullable() })) });
const attemptsOf = async (id: string) => attempts.parse((await call(cloud.gatewayUrl, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).attempts;

async function eventsOf(id: string, event: string): Promise<Set<string>> {
  return new Set((await auditTrail(cloud, template)).filter((one) => one.event === event && one.job_id === id).map((one) => one.event_id));
}

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin, faults: true });
  queueUrl = cloud.resources[Object.keys(cloud.resources).find((id) => /^FaxesSendQueue[0-9A-F]{8}$/.test(id)) ?? ''] ?? '';
}, 240_000);
afterAll(() => cloud.stop());

/**
 * A warm sender: its log stream exists, so that calls are counted from the fax's own first. And nothing is due any more: no
 * call for another fax is counted.
 */
beforeEach(async () => {
  await cloud.clearFaults();
  await untilEnded(cloud.gatewayUrl, admin, readFax(await post()).id);
  await until(
    async () => {
      const due = await dueJobs();
      await Promise.all(due.map(nudge));
      return due;
    },
    ({ length }) => length === 0,
  );
});

async function dueJobs(): Promise<string[]> {
  const table = cloud.resources[Object.keys(cloud.resources).find((id) => /^FaxesTable[0-9A-F]{8}$/.test(id)) ?? ''];
  const { Items = [] } = await cloud.clients.dynamodb.send(
    new QueryCommand({ TableName: table, IndexName: 'due', KeyConditionExpression: 'due = :due', ExpressionAttributeValues: { ':due': { S: 'due' } } }),
  );
  const ids = Items.map(({ id }) => id?.S ?? '');
  // An uncertain one is due for a week: nothing is sent for it.
  const states = await Promise.all(ids.map(async (id) => (await readState(id)).state));
  return ids.filter((_, index) => states[index] !== 'uncertain');
}

describe('the sender dies', () => {
  it.each([
    ['while it opens the document', { when: 'after', action: 's3:GetObject', nth: 1 }],
    ['before the acceptance is in the audit trail', { when: 'before', action: 'logs:PutLogEvents', nth: 1 }],
    ['after the acceptance is in the audit trail', { when: 'after', action: 'logs:PutLogEvents', nth: 1 }],
    ['before the nudge for the next look', { when: 'before', action: 'sqs:SendMessage', nth: 1 }],
    ['after the nudge for the next look', { when: 'after', action: 'sqs:SendMessage', nth: 1 }],
    ['before the end is in the audit trail', { when: 'before', action: 'logs:PutLogEvents', nth: 2 }],
    ['after the end is in the audit trail', { when: 'after', action: 'logs:PutLogEvents', nth: 2 }],
    ['before the outbox is emptied', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 5 }],
  ] as const)(
    '%s: the fax is sent once, and the trail tells its acceptance and its end',
    async (_, rule) => {
      await fault('fax-sender', { ...rule, effect: 'kill-function' });
      const { id } = readFax(await post());
      await fired();
      expect(await nudgedToTheEnd(id)).toBe('success');
      expect(await calledAtLeastOnce(id)).toBe(1);
      await until(
        async () => {
          await nudge(id);
          return eventsOf(id, 'job_updated');
        },
        ({ size }) => size === 1,
      );
      expect((await eventsOf(id, 'job_created')).size).toBe(1);
    },
    60_000,
  );

  it('by its time limit, while it waits to hear that it has claimed the job: nothing was sent, and the job says so', async () => {
    await fault('fax-sender', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2, effect: 'delay', milliseconds: 4_000 });
    const { id } = readFax(await post());
    await until(() => readState(id), ({ state }) => state === 'submitting');
    expect(await nudgedToTheEnd(id)).toBe('uncertain');
    expect(await calls(id)).toBe(0);
    expect(await attemptsOf(id)).toEqual([{ outcome: 'uncertain', error: 'The sender ended in the middle of handing the fax over' }]);
    expect(await readState(id)).toMatchObject({ status: 'in_progress' });
  }, 60_000);

  it('by its time limit, while it waits to hear that the answer is stored: the fax goes on to its end', async () => {
    await fault('fax-sender', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 3, effect: 'delay', milliseconds: 4_000 });
    const { id } = readFax(await post());
    await fired();
    expect(await nudgedToTheEnd(id)).toBe('success');
    expect(await calledAtLeastOnce(id)).toBe(1);
  }, 60_000);

  it('after a claim: the sweeper itself finds the job once the claim has ended', async () => {
    await fault('fax-sender', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2, effect: 'kill-function' });
    const { id } = readFax(await post());
    await fired();
    const { state } = await until(
      async () => {
        await sweepNow(cloud, template);
        return readState(id);
      },
      (fax) => fax.state !== 'submitting',
    );
    expect(state).toBe('uncertain');
    expect(await calls(id)).toBe(0);
  }, 60_000);

  it('three times on the way of twelve faxes: each comes to an end, and none is sent twice', async () => {
    for (const nth of [3, 9, 17]) await fault('fax-sender', { when: nth === 9 ? 'before' : 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth, effect: 'kill-function' });
    const faxes = await Promise.all(Array.from({ length: 12 }, async () => readFax(await post()).id));
    await fired();
    const ends = await Promise.all(faxes.map(nudgedToTheEnd));
    for (const [index, id] of faxes.entries()) if (ends[index] === 'success') expect(await calledAtLeastOnce(id)).toBe(1);
    expect(ends.filter((end) => end === 'success').length).toBeGreaterThan(0);
  }, 90_000);
});

describe('the upload function dies, and nobody asks again', () => {
  const faxIds = z.object({ jobs: z.array(z.looseObject({ id: z.string() })) });
  const known = async () => faxIds.parse((await call(cloud.gatewayUrl, 'GET', '/admin/fax-jobs?limit=100', { key: admin })).body).jobs.map(({ id }) => id);

  it.each([
    ['after the document is stored: there is no job', { when: 'after', action: 's3:PutObject' }, 0],
    ['before the job is stored: there is no job', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable' }, 0],
    ['after the job is stored: the job is sent, once', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable' }, 1],
    ['before the message is sent: the job is sent, once', { when: 'before', action: 'sqs:SendMessage' }, 1],
    ['after the message is sent: the job is sent, once', { when: 'after', action: 'sqs:SendMessage' }, 1],
  ] as const)(
    '%s',
    async (_, rule, jobs) => {
      const before = new Set(await known());
      await fault('fax-upload', { ...rule, effect: 'kill-function' });
      expect(await post()).toMatchObject({ status: 502, body: { code: 'internal_error' } });
      const left = (await known()).filter((id) => !before.has(id));
      expect(left.length).toBe(jobs);
      for (const id of left) {
        expect(await nudgedToTheEnd(id)).toBe('success');
        expect(await calledAtLeastOnce(id)).toBe(1);
      }
    },
    60_000,
  );

  it('DynamoDB’s answer to the job gets lost: the fax is accepted all the same, as one', async () => {
    const before = new Set(await known());
    await fault('fax-upload', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', effect: 'drop-connection' });
    const { id } = readFax(await post());
    expect((await known()).filter((one) => !before.has(one))).toEqual([id]);
    expect(await nudgedToTheEnd(id)).toBe('success');
    expect(await calledAtLeastOnce(id)).toBe(1);
  }, 60_000);
});

it('after all that, no job was sent twice', async () => {
  const counted = await callsByJob(cloud, template);
  expect(counted.size).toBeGreaterThan(20);
  expect([...counted].filter(([, count]) => count > 1)).toEqual([]);
});
