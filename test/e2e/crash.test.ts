/** The sender dies at each step of a job: no fax is lost, and none is sent twice. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { call, faxForm, freshNumber, readCreatedKey, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, functionId, readTemplate, sweepNow, type Template } from './stack-resources.js';

const admin = 'crash-test-administrator';
let cloud: RunningLocalCloud;
let template: Template;
let queueUrl: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin, faults: true });
  const [queue = ''] = Object.entries(template.Resources).find(([id, { Type }]) => Type === 'AWS::SQS::Queue' && id.includes('SendQueue')) ?? [];
  queueUrl = cloud.resources[queue] ?? '';
}, 240_000);
afterEach(() => cloud.clearFaults());
afterAll(() => cloud.stop());

const post = async (headers: Record<string, string> = {}, to = freshNumber()) => call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm(to), headers });
const state = async (id: string) => readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).state;
const fault = (name: string, rule: Omit<FaultRule, 'function'>) => cloud.injectFault({ function: functionId(template, name), ...rule });
const fired = () => until(() => cloud.faults(), (rules) => rules.every((rule) => rule.fired));

/** The message that the sweeper sends for a job that is due: here at once, so that the test need not wait. */
const nudge = (id: string) => cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ v: 1, jobId: id }) }));

/** Nudges until the job has ended, as the sweeper does until nothing is due. */
async function nudgeToTheEnd(id: string): Promise<string> {
  return until(
    async () => {
      await nudge(id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return state(id);
    },
    (now) => now === 'success' || now === 'uncertain',
    30,
  );
}

async function expectSentAtMostOnce(): Promise<void> {
  const calls = await callsByJob(cloud, template);
  expect([...calls].filter(([, count]) => count > 1)).toEqual([]);
}

describe('the sender is killed', () => {
  it.each([
    ['before it reads the job', { when: 'before', action: 'dynamodb:GetItem', nth: 1 }, 'success', 1],
    ['before it reads the document', { when: 'before', action: 's3:GetObject', nth: 1 }, 'success', 1],
    ['before it takes the line', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 1 }, 'success', 1],
    ['after it took the line', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 1 }, 'success', 1],
    ['before the claim', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2 }, 'success', 1],
    ['after the claim', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2 }, 'uncertain', 0],
    ["after the provider's answer, before it is stored", { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 3 }, 'uncertain', 1],
    ["after the provider's answer is stored", { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 3 }, 'success', 1],
    ['before the end is stored', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 4 }, 'success', 1],
    ['after the end is stored', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 4 }, 'success', 1],
  ] as const)(
    '%s',
    async (_, rule, end, calls) => {
      await fault('fax-sender', { ...rule, effect: 'kill-function' });
      const { id } = readFax(await post());
      await fired();
      expect(await nudgeToTheEnd(id)).toBe(end);
      expect((await callsByJob(cloud, template)).get(id) ?? 0).toBe(calls);
    },
    60_000,
  );

  it('while several messages for the job are on their way: still one call', async () => {
    await fault('fax-sender', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 3, effect: 'kill-function' });
    const { id } = readFax(await post());
    await Promise.all([nudge(id), nudge(id), nudge(id)]);
    // The write that the sender dies after may be the loser's of two claims: which one it is decides how it ends.
    expect(['success', 'uncertain']).toContain(await nudgeToTheEnd(id));
    await expectSentAtMostOnce();
  }, 60_000);
});

describe('AWS fails under the sender', () => {
  it.each([
    ['the table, at the claim', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2, effect: 'error' }],
    ['the table, whose answer to the lease of the line gets lost', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', effect: 'drop-connection' }],
    ['the table, whose answer to the claim gets lost', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2, effect: 'drop-connection' }],
    ['the bucket', { when: 'before', action: 's3:GetObject', effect: 'error' }],
    ['the audit log', { when: 'before', action: 'logs:PutLogEvents', effect: 'error' }],
    ['the queue', { when: 'before', action: 'sqs:SendMessage', effect: 'drop-connection' }],
  ] as const)(
    '%s: the fax comes to an end, and is sent at most once',
    async (_, rule) => {
      await fault('fax-sender', rule);
      const { id } = readFax(await post());
      await fired();
      expect(['success', 'uncertain']).toContain(await nudgeToTheEnd(id));
      await expectSentAtMostOnce();
    },
    60_000,
  );
});

describe('the upload function is killed', () => {
  it.each([
    ['before the document is stored', { when: 'before', action: 's3:PutObject' }],
    ['after the document is stored', { when: 'after', action: 's3:PutObject' }],
    ['after the job is stored', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable' }],
  ] as const)(
    '%s: the client hears an error, and the same request again gives one fax',
    async (_, rule) => {
      const headers = { 'Idempotency-Key': `crash-${rule.when}-${rule.action.replace(':', '-')}` };
      await fault('fax-upload', { ...rule, effect: 'kill-function' });
      const to = freshNumber();
      const crashed = await post(headers, to);
      expect(crashed).toMatchObject({ status: 502, body: { code: 'internal_error' } });
      const { id } = readFax(await post(headers, to));
      expect(await nudgeToTheEnd(id)).toBe('success');
      await expectSentAtMostOnce();
    },
    60_000,
  );

  it('after a lost nudge, the sweeper finds the accepted fax', async () => {
    await fault('fax-upload', { when: 'before', action: 'sqs:SendMessage', effect: 'error', code: 'AccessDenied', status: 403 });
    const { id, state: first } = readFax(await post());
    expect(first).toBe('queued');
    expect(await state(id)).toBe('queued');
    // The sweeper leaves a fresh job to its message for a minute: here the message is sent as the sweeper would.
    await sweepNow(cloud, template);
    await nudge(id);
    expect((await untilEnded(cloud.gatewayUrl, admin, id)).state).toBe('success');
  }, 60_000);
});

describe('key administration is killed', () => {
  it('after an admin key is stored: the sweeper puts it on the roster and publishes its event, and somebody is in charge all along', async () => {
    await fault('key-admin', { when: 'after', action: 'dynamodb:PutItem', resource: 'KeysTable', effect: 'kill-function' });
    expect((await call(cloud.gatewayUrl, 'POST', '/admin/api-keys', { key: admin, json: { scopes: ['admin'] } })).status).toBe(502);
    expect((await call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: admin })).status).toBe(200);
    // Nobody heard that key's token: the administrator makes another one before the sweeper ends the bootstrap key.
    const { token } = readCreatedKey(await call(cloud.gatewayUrl, 'POST', '/admin/api-keys', { key: admin, json: { scopes: ['admin'] } }));
    await sweepNow(cloud, template);
    expect((await call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: admin })).status).toBe(401);
    const { body } = await call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: token });
    expect(body).toHaveLength(2);
  }, 60_000);
});
