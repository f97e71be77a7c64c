/** The audit trail tells what happened and why, and no log of the stack tells what nobody may read there. */
import { DescribeLogGroupsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { call, faxForm, readCreatedKey, readFax, sendFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const bootstrap = 'needle-of-the-bootstrap-key';
const number = '+15558675309';
const text = 'Needle-in-the-text';
const fileName = 'needle-in-the-file-name.txt';
const userAgent = 'audit-test/1.0';
let copy: string;
let cloud: RunningLocalCloud;
let base: string;
/** Every token that was ever given out. */
const tokens: string[] = [];

beforeAll(async () => {
  copy = withTemplate(await testAssembly(), logAll);
  cloud = await startLocalCloud({ assembly: copy, apiKey: bootstrap });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

const ourFunction = z.looseObject({
  Environment: z.object({ Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
  LoggingConfig: z.looseObject({}),
});

/** Logs at their most talkative, as on the worst day of an operator. */
function logAll(template: EditableTemplate): void {
  for (const resource of Object.values(template.Resources)) {
    if (resource.Type !== 'AWS::Lambda::Function') continue;
    const properties = ourFunction.safeParse(resource.Properties).data;
    if (properties === undefined) continue;
    resource.Properties = {
      ...properties,
      Environment: { Variables: { ...properties.Environment.Variables, POWERTOOLS_LOG_LEVEL: 'DEBUG' } },
      LoggingConfig: { ...properties.LoggingConfig, ApplicationLogLevel: 'DEBUG' },
    };
  }
}

const auditEventShape = z.looseObject({
  v: z.literal(1),
  event_id: z.string(),
  ts: z.iso.datetime(),
  event: z.string(),
  outcome: z.string(),
  actor: z.looseObject({ type: z.string() }),
});
type AuditEvent = z.output<typeof auditEventShape>;

async function messagesOf(logGroupName: string): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await cloud.clients.logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
    messages.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return messages;
}

async function auditTrail(): Promise<AuditEvent[]> {
  const [, group = ''] = Object.entries(cloud.resources).find(([id]) => id.startsWith('AuditLog')) ?? [];
  return (await messagesOf(group)).map((message) => auditEventShape.parse(JSON.parse(message)));
}

/** The one event that has these members, once it stands in the trail. */
async function recorded(wanted: Readonly<Record<string, unknown>>): Promise<AuditEvent> {
  const isWanted = (event: AuditEvent) => Object.entries(wanted).every(([name, value]) => event[name] === value);
  const trail = await until(auditTrail, (events) => events.some(isWanted));
  const [found, ...more] = trail.filter(isWanted);
  if (found === undefined || more.length > 0) throw new Error(`There are ${more.length + 1} events with ${JSON.stringify(wanted)}`);
  return found;
}

const headers = { 'User-Agent': userAgent };
const origin = (method: string, route: string) => ({ source_ip: '127.0.0.1', user_agent: userAgent, request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), method, route });
const always = { v: 1, event_id: expect.any(String), ts: expect.any(String) };
/** Beside an event of the chain, the log has its link: the authorizer's refusals have none. */
const chained = { ...always, sequence: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) };

async function newKey(wanted: object, by = bootstrap): Promise<{ key_id: string; token: string }> {
  const created = readCreatedKey(await call(base, 'POST', '/admin/api-keys', { key: by, json: wanted, headers }));
  tokens.push(created.token);
  return created;
}

describe('the audit trail', () => {
  it('tells of a key that was created, rotated and revoked: by whom, from where, and with what', async () => {
    const wanted = { name: 'audited', owner: 'ward-1', scopes: ['fax:send'], tier: 'basic', expires_at: '2100-01-01T00:00:00.000Z' };
    const { key_id: id } = await newKey(wanted);
    expect(await recorded({ event: 'api_key_created', target_key_id: id })).toEqual({
      ...chained,
      event: 'api_key_created',
      outcome: 'success',
      actor: { type: 'bootstrap' },
      target_key_id: id,
      secret_version: 1,
      diff: { ...wanted, allowed_ips: [], requests_per_minute: null, rotate_every_days: null },
      ...origin('POST', '/admin/api-keys'),
    });

    const manager = await newKey({ owner: 'ward-1', scopes: ['keys:manage', 'fax:send'] });
    const actor = { type: 'key', key_id: manager.key_id };
    tokens.push(readCreatedKey(await call(base, 'POST', `/admin/api-keys/${id}/rotate`, { key: manager.token, headers })).token);
    expect(await recorded({ event: 'api_key_rotated', target_key_id: id })).toEqual({
      ...chained,
      event: 'api_key_rotated',
      outcome: 'success',
      actor,
      target_key_id: id,
      secret_version: 2,
      ...origin('POST', '/admin/api-keys/{id}/rotate'),
    });

    await call(base, 'DELETE', `/admin/api-keys/${id}`, { key: manager.token, headers });
    // Said twice, it happened once.
    await call(base, 'DELETE', `/admin/api-keys/${id}`, { key: manager.token, headers });
    expect(await recorded({ event: 'api_key_revoked', target_key_id: id })).toEqual({
      ...chained,
      event: 'api_key_revoked',
      outcome: 'success',
      actor,
      target_key_id: id,
      ...origin('DELETE', '/admin/api-keys/{id}'),
    });
  });

  it('tells of a fax that was accepted, opened and sent, with its number masked', async () => {
    const { key_id, token } = await newKey({});
    const { id } = readFax(await sendFax(base, token, '(555) 867-5309', { file: text, name: fileName, headers: { ...headers, 'Idempotency-Key': 'needle-of-the-idempotency-key' } }));
    expect(await recorded({ event: 'job_created', job_id: id })).toEqual({
      ...chained,
      event: 'job_created',
      outcome: 'success',
      actor: { type: 'key', key_id },
      job_id: id,
      to: '+*******5309',
      pages: 1,
      backend: 'sandbox',
      ...origin('POST', '/fax'),
    });

    const { pdf_url: address = '' } = await untilEnded(base, token, id);
    expect(await recorded({ event: 'job_updated', job_id: id })).toEqual({
      ...chained,
      event: 'job_updated',
      outcome: 'success',
      actor: { type: 'system' },
      job_id: id,
      state: 'success',
      backend: 'sandbox',
    });

    await call(base, 'GET', `/fax/${id}/pdf`, { key: token, headers });
    await call(base, 'GET', `/fax/${id}/pdf${new URL(address).search}`, { headers });
    const served = await until(
      async () => (await auditTrail()).filter((event) => event.event === 'pdf_served' && event['job_id'] === id),
      ({ length }) => length === 2,
    );
    const fact = { ...chained, event: 'pdf_served', outcome: 'success', job_id: id, ...origin('GET', '/fax/{id}/pdf') };
    expect(served).toEqual(expect.arrayContaining([{ ...fact, actor: { type: 'key', key_id } }, { ...fact, actor: { type: 'anonymous' } }]));
  });

  it.each([
    ['+15555550006', 'failed', 'partial'],
    ['+15555550003', 'failed', 'rejected'],
    ['+15555550004', 'uncertain', 'The line was cut in the middle: some pages may have arrived'],
  ])('tells of a fax to %s that it %s, and why', async (to, outcome, error) => {
    const { id } = readFax(await sendFax(base, bootstrap, to, { file: text }));
    await untilEnded(base, bootstrap, id);
    expect(await recorded({ event: 'job_updated', job_id: id })).toMatchObject({ outcome, state: outcome, error, actor: { type: 'system' } });
  });
});

describe('a refused sign-in', () => {
  /** Asks until the refusal is written one by one: of a flood, some are only counted. */
  async function refusalOf(requestHeaders: Record<string, string>, agent: string): Promise<AuditEvent | undefined> {
    return until(
      async () => {
        const { status } = await call(base, 'GET', '/fax/none', { headers: { ...requestHeaders, 'User-Agent': agent } });
        expect([401, 403]).toContain(status);
        return (await auditTrail()).find((event) => event['user_agent'] === agent);
      },
      (event) => event !== undefined,
    );
  }

  it('stands in the trail with the reason that the caller does not read', async () => {
    const live = await newKey({ scopes: ['fax:send'] });
    const revoked = await newKey({});
    await call(base, 'DELETE', `/admin/api-keys/${revoked.key_id}`, { key: bootstrap });
    const expiring = await newKey({ expires_at: new Date(Date.now() + 1500).toISOString() });
    await until(() => call(base, 'GET', '/fax/none', { key: expiring.token }), ({ status }) => status === 401);
    if (!isKeyId(live.key_id)) throw new Error(live.key_id);
    const [unknown, wrong, mistyped] = [createToken(createKeyId()), createToken(live.key_id), `${live.token.slice(0, -1)}${live.token.endsWith('0') ? '1' : '0'}`];
    tokens.push(unknown, wrong, mistyped);
    const anonymous = { type: 'anonymous' };
    for (const [reason, requestHeaders, more] of [
      ['no_key', {}, {}],
      ['malformed', { 'X-API-Key': 'needle-of-a-malformed-key' }, {}],
      ['bad_checksum', { 'X-API-Key': mistyped }, {}],
      ['unknown_id', { Authorization: `Bearer ${unknown}` }, {}],
      ['wrong_secret', { 'X-API-Key': wrong }, { target_key_id: live.key_id }],
      ['revoked', { 'X-API-Key': revoked.token }, { target_key_id: revoked.key_id }],
      ['expired', { 'X-API-Key': expiring.token }, { target_key_id: expiring.key_id }],
      ['scope_missing', { 'X-API-Key': live.token }, { target_key_id: live.key_id, actor: { type: 'key', key_id: live.key_id } }],
    ] as const) {
      const agent = `refused/${reason}`;
      const { suppressed: _, ...event } = { suppressed: 0, ...(await refusalOf(requestHeaders, agent)) };
      expect(event).toEqual({ ...always, event: 'auth_refused', outcome: 'refused', reason, actor: anonymous, ...origin('GET', '/fax/{id}'), user_agent: agent, ...more });
    }
  }, 60_000);

  it('does not fill the log when there is a flood of them: those that are not written are counted', async () => {
    const agent = 'flood/1.0';
    const flood = 60;
    let asked = 0;
    const ask = (by: string) => {
      asked += 1;
      return call(base, 'GET', '/fax/none', { key: 'nonsense', headers: { 'User-Agent': by } });
    };
    await Promise.all(Array.from({ length: flood }, () => ask(agent)));
    const written = (await auditTrail()).filter((event) => event['user_agent'] === agent).length;
    expect(written).toBeGreaterThan(0);
    // The next refusals of each environment carry the number of those that went unwritten before.
    const suppressed = await until(
      async () => {
        await ask('after-flood/1.0');
        return (await auditTrail()).reduce((sum, event) => sum + z.number().default(0).parse(event['suppressed']), 0);
      },
      (sum) => sum > 0,
      // Whose minute's budget is used up waits for the next minute.
      70,
    );
    expect(suppressed).toBeLessThan(asked);
  }, 120_000);
});

describe('no log of the stack', () => {
  it('holds a token, a whole number, a word of a document or a query string, even at DEBUG', async () => {
    // What goes wrong must not be more talkative than what goes well.
    const { token } = await newKey({});
    await sendFax(base, token, number, { file: `%PDF-1.7 ${text}`, name: fileName });
    await sendFax(base, token, `${number}needle`, { file: text });
    await sendFax(base, token, number, { file: Buffer.from(`${text}\u0000\u0001`), name: fileName });
    await call(base, 'POST', '/fax', { key: token, raw: `${text} ${number}`, headers: { 'Content-Type': 'multipart/form-data; boundary=x' } });
    await call(base, 'POST', '/admin/api-keys', { key: bootstrap, raw: `{ "needle-in-the-json": "${number}"`, headers: { 'Content-Type': 'application/json' } });
    await call(base, 'POST', '/admin/api-keys', { key: bootstrap, json: { note: 'needle-in-the-note', colour: number } });
    for (const path of ['/admin/fax-jobs', '/fax/none', '/fax/none/pdf', '/health', '/nothing']) {
      await call(base, 'GET', `${path}?token=needle-in-the-query&to=${encodeURIComponent(number)}`, { key: bootstrap });
    }
    await call(base, 'PUT', '/fax?needle-in-the-query', { form: faxForm(number, text, fileName) });
    // The key that ends the bootstrap key.
    await newKey({ scopes: ['admin'] });
    expect((await call(base, 'GET', '/admin/api-keys', { key: bootstrap, headers: { 'User-Agent': 'ended/1.0' } })).status).toBe(401);

    const { logGroups = [] } = await cloud.clients.logs.send(new DescribeLogGroupsCommand({}));
    const names = logGroups.map(({ logGroupName = '' }) => logGroupName);
    expect(names).toHaveLength(Object.keys(cloud.resources).filter((id) => /Log[0-9A-F]{8}$/.test(id)).length);
    // The access log is written after the answer: once its last line stands, all stand.
    const logs = await until(
      () => Promise.all(names.map(async (name) => ({ name, text: (await messagesOf(name)).join('\n') }))),
      (all) => all.some((one) => one.text.includes('"responseType"') && one.text.includes('ended/1.0')),
    );
    const { Items: links = [] } = await cloud.clients.dynamodb.send(new ScanCommand({ TableName: cloud.outputs['AuditTableName'] }));
    expect(links.length).toBeGreaterThan(10);
    logs.push({ name: 'the audit chain', text: JSON.stringify(links) });
    // What is searched is all there: the sender's record, the upload's, the trail, the access log.
    const everything = logs.map((one) => one.text).join('\n');
    for (const word of ['The sandbox line takes a fax', '"service":"fax-sender"', '"event":"job_created"', '"resource":"/fax/{id}/pdf"']) expect(everything).toContain(word);
    expect(logs.filter((one) => one.text.length > 0).length).toBeGreaterThan(6);
    const needles = [text, 'needle', '5558675309', '867-5309', 'token=', '%2B1555', ...tokens, ...tokens.map((one) => one.slice(-20)), 'X-Amz-Signature'];
    const found = logs.flatMap((one) => needles.filter((needle) => one.text.toLowerCase().includes(needle.toLowerCase())).map((needle) => [one.name, needle]));
    expect(found).toEqual([]);
    expect(everything).not.toMatch(/fbk_live_[0-9a-f]{12}_[0-9A-Za-z]/);
  }, 60_000);
});
