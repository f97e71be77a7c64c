/**
 * Administrators set providers up at run time: tried before they are saved, changed whole or not at all, and no secret ever
 * comes back, in no answer, no log, no audit event and no export.
 */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { auditTrail } from './audit-trail.js';
import { call, createKey, faxForm, readFax, until, type GatewayAnswer } from './gateway-client.js';
import { physicalId } from './left-work.js';
import { startLocalCloud, withTemplate, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { sinchAccount, sinchFields, type SinchAccount } from './sinch-account.js';
import { changeVariable, functionId, logGroupId, messagesOf, readTemplate, sweepNow, type Template } from './stack-resources.js';

const admin = 'provider-administrator';
/** All that are ever sent here. */
const secrets: string[] = [];
const freshSecret = () => {
  const secret = `sk-${randomBytes(12).toString('hex')}`;
  secrets.push(secret);
  return secret;
};

let account: SinchAccount;
let copy: string;
let template: Template;
let cloud: RunningLocalCloud;

beforeAll(async () => {
  account = await sinchAccount(freshSecret());
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  copy = withTemplate(assembly, (editable) => {
    // Nothing answers at the second address.
    changeVariable(editable, 'settings-admin', 'PROVIDER_ENDPOINTS', () => JSON.stringify({ sinch: account.url, phaxio: 'http://127.0.0.1:9' }));
  });
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin, faults: true });
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  await account.close();
  rmSync(copy, { recursive: true, force: true });
});
beforeEach(() => cloud.clearFaults());

const path = '/admin/settings/providers';
const answers: string[] = [];
async function ask(method: string, below = '', json?: unknown): Promise<GatewayAnswer> {
  const answer = await call(cloud.gatewayUrl, method, `${path}${below}`, { key: admin, ...(json === undefined ? {} : { json }) });
  answers.push(answer.text);
  return answer;
}

const providersShape = z.looseObject({
  version: z.number(),
  order: z.array(z.string()),
  warnings: z.array(z.string()),
  providers: z.array(z.looseObject({ id: z.string(), fields: z.array(z.looseObject({ name: z.string(), set: z.boolean(), value: z.unknown() })) })),
});
const parsed = ({ body }: GatewayAnswer) => providersShape.parse(body);
const read = async () => parsed(await ask('GET'));
const one = (settings: z.output<typeof providersShape>, id: string) => settings.providers.find((provider) => provider.id === id);
const save = async (id: string, body: object) => ask('PUT', `/${id}`, { version: (await read()).version, ...body });
const order = async (...ids: string[]) => ask('PUT', '', { version: (await read()).version, order: ids });
const validate = (id: string) => ask('POST', `/${id}/validate`);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const refusal = (...fields: { field: string; message: string }[]) => ({ status: 422, body: { code: 'invalid_request', fields } });

describe('before anybody set one up', () => {
  it('the sandbox is in force, and each provider says what it needs', async () => {
    const answer = await ask('GET');
    expect(answer).toMatchObject({ status: 200, body: { version: 0, order: ['sandbox'], warnings: ['The provider is the sandbox: it dials nobody, and no fax is delivered'] } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const settings = parsed(answer);
    expect(one(settings, 'sandbox')).toMatchObject({ configured: true, position: 0, fields: [], callback_url: null });
    expect(one(settings, 'sinch')).toMatchObject({
      name: 'Sinch',
      built_in: true,
      configured: false,
      position: null,
      callback_url: matching(/^http.*\/sinch-callback$/),
      validated_at: null,
    });
    expect(one(settings, 'sinch')?.fields).toContainEqual(expect.objectContaining({ name: 'key_secret', secret: true, required: true, set: false, value: null }));
  });

  it('there is nothing to try or to remove', async () => {
    expect(await validate('sinch')).toMatchObject({ status: 404, body: { code: 'provider_not_found' } });
    expect(await ask('DELETE', '/sinch')).toMatchObject({ status: 404, body: { code: 'provider_not_found' } });
    expect(await save('sandbox', {})).toMatchObject({ status: 404, body: { code: 'provider_not_found' } });
  });
});

describe('what can’t be used is not saved', () => {
  afterEach(async () => expect(await read()).toMatchObject({ version: 0, order: ['sandbox'] }));

  it('a field is missing, unknown or malformed: named, and the provider is not asked', async () => {
    const asked = account.tried.length;
    expect(await save('sinch', { fields: { project_id: 'project-1' } })).toMatchObject(
      refusal({ field: 'fields.key_id', message: 'is needed to send through Sinch' }, { field: 'fields.key_secret', message: 'is needed to send through Sinch' }),
    );
    expect(await save('sinch', { fields: { colour: 'red' } })).toMatchObject({ status: 422, body: { fields: [{ field: 'fields.colour' }] } });
    expect(await save('sinch', { fields: { ...sinchFields('secret'), project_id: 'no/project' } })).toMatchObject({ status: 422, body: { fields: [{ field: 'fields.project_id' }] } });
    expect(await save('sinch', { fields: sinchFields('secret'), manifest: {} })).toMatchObject({ status: 422, body: { fields: [{ field: 'manifest' }] } });
    expect(await save('pigeon', { fields: {} })).toMatchObject({ status: 422, body: { fields: [{ field: 'manifest' }] } });
    expect(await save('Not-An-Id', { fields: {} })).toMatchObject({ status: 404 });
    expect(account.tried).toHaveLength(asked);
  });

  it('wrong credentials: refused in the provider’s words, without the secret', async () => {
    const wrong = freshSecret();
    const answer = await save('sinch', { fields: sinchFields(wrong) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'provider_refused', detail: matching(/^Sinch refused these credentials, and nothing was saved: Sinch answered 401/) } });
    expect(account.tried.at(-1)).toBe(wrong);
  });

  it('a provider that can’t be asked: a 502 that says how to save all the same', async () => {
    const fields = { api_key: freshSecret(), api_secret: freshSecret(), callback_token: freshSecret() };
    expect(await save('phaxio', { fields })).toMatchObject({ status: 502, body: { code: 'provider_unreachable', detail: matching(/"validate": false/) } });
  });

  it('an order of providers that are not set up', async () => {
    expect(await order('sinch', 'sandbox')).toMatchObject(refusal({ field: 'order.0', message: 'names sinch, which is not set up: save it first' }));
    expect(await order('sandbox', 'sandbox')).toMatchObject(refusal({ field: 'order', message: 'must name each provider once' }));
  });
});

describe('a provider that is set up', () => {
  it('was asked, shows what is no secret, and says who saved it', async () => {
    const secret = account.secret ?? '';
    const answer = await save('sinch', { fields: { ...sinchFields(secret), header_text: 'Practice' } });
    expect(answer.status).toBe(200);
    expect(account.tried.at(-1)).toBe(secret);
    const sinch = one(parsed(answer), 'sinch');
    expect(sinch).toMatchObject({ configured: true, saved_by: { type: 'bootstrap' }, validated_at: matching(/T.*Z$/) });
    expect(sinch?.fields.map(({ name, set, value }) => [name, set, value])).toEqual([
      ['project_id', true, 'project-1'],
      ['key_id', true, 'key-1'],
      ['key_secret', true, null],
      ['from', false, null],
      ['header_text', true, 'Practice'],
    ]);
    expect((await ask('GET')).body).toEqual(answer.body);
  });

  it('keeps what a change leaves out, and loses what it takes away', async () => {
    const answer = await save('sinch', { fields: { from: '+15551230000', header_text: null } });
    expect(answer.status).toBe(200);
    expect(account.tried.at(-1)).toBe(account.secret);
    expect(one(parsed(answer), 'sinch')?.fields.filter(({ set }) => set).map(({ name }) => name)).toEqual(['project_id', 'key_id', 'key_secret', 'from']);
  });

  it('that is saved again as it is makes no version', async () => {
    const { version } = await read();
    expect(await save('sinch', {})).toMatchObject({ status: 200, body: { version } });
  });

  it('can be saved without asking it', async () => {
    const fields = { api_key: freshSecret(), api_secret: freshSecret(), callback_token: freshSecret() };
    const answer = await save('phaxio', { fields, validate: false });
    expect(answer.status).toBe(200);
    expect(one(parsed(answer), 'phaxio')).toMatchObject({ configured: true, validated_at: null });
    expect(await validate('phaxio')).toMatchObject({ status: 200, body: { verdict: 'unreachable', validated_at: null } });
    expect((await ask('DELETE', '/phaxio')).status).toBe(200);
  });

  it('is tried again whenever somebody asks', async () => {
    const secret = account.secret;
    expect(await validate('sinch')).toMatchObject({ status: 200, body: { id: 'sinch', verdict: 'valid', error: null } });
    account.secret = 'another';
    expect(await validate('sinch')).toMatchObject({ status: 200, body: { verdict: 'invalid', error: matching(/401/) } });
    account.secret = undefined;
    expect(await validate('sinch')).toMatchObject({ status: 200, body: { verdict: 'unreachable' } });
    account.secret = secret;
  });
});

describe('two administrators at once', () => {
  it('of many changes on one version one is made, whole: its field with its secret', async () => {
    const { version } = await read();
    const tries = Array.from({ length: 6 }, (_, index) => ({ from: `+1555000000${index}`, key_secret: freshSecret() }));
    const given = await Promise.all(tries.map((fields) => ask('PUT', '/sinch', { version, fields, validate: false })));
    expect(given.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(given.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'settings_conflict' });
    const from = one(await read(), 'sinch')?.fields.find(({ name }) => name === 'from')?.value;
    await validate('sinch');
    expect(account.tried.at(-1)).toBe(tries.find((fields) => fields.from === from)?.key_secret);
    expect((await save('sinch', { fields: { key_secret: account.secret } })).status).toBe(200);
  });
});

describe('a change that dies', () => {
  const fault = (rule: Omit<FaultRule, 'function' | 'effect'>) => cloud.injectFault({ function: functionId(template, 'settings-admin'), effect: 'kill-function', ...rule });

  it.each([
    ['before the secret is written', { when: 'before', action: 'secretsmanager:PutSecretValue', nth: 1 }],
    ['after the secret is written', { when: 'after', action: 'secretsmanager:PutSecretValue', nth: 1 }],
    ['before the providers name its version', { when: 'before', action: 'dynamodb:PutItem', nth: 1 }],
  ] as const)('%s was not made: the old credentials are in force, and the same request again makes it once', async (_, rule) => {
    const { version } = await read();
    const [old, next] = [account.secret, freshSecret()];
    await fault(rule);
    expect(await ask('PUT', '/sinch', { version, fields: { key_secret: next }, validate: false })).toMatchObject({ status: 502 });
    expect((await read()).version).toBe(version);
    expect(await validate('sinch')).toMatchObject({ body: { verdict: 'valid' } });
    expect(account.tried.at(-1)).toBe(old);
    account.secret = next;
    expect(await ask('PUT', '/sinch', { version, fields: { key_secret: next } })).toMatchObject({ status: 200, body: { version: version + 1 } });
    expect(await validate('sinch')).toMatchObject({ body: { verdict: 'valid' } });
  });

  it('after the providers name its version was made, and the sweeper publishes its event', async () => {
    const { version } = await read();
    const next = freshSecret();
    await fault({ when: 'after', action: 'dynamodb:PutItem', nth: 1 });
    expect(await ask('PUT', '/sinch', { version, fields: { key_secret: next }, validate: false })).toMatchObject({ status: 502 });
    expect((await read()).version).toBe(version + 1);
    account.secret = next;
    expect(await validate('sinch')).toMatchObject({ body: { verdict: 'valid' } });
    expect(await ask('PUT', '/sinch', { version, fields: { key_secret: next } })).toMatchObject({ status: 409, body: { code: 'settings_conflict' } });
    await sweepNow(cloud, template);
    const events = (await auditTrail(cloud, template)).filter(({ event }) => event === 'provider_saved');
    expect(events.filter((event) => event['version'] === version + 1)).not.toEqual([]);
  });
});

describe('the order', () => {
  const ready = () => call(cloud.gatewayUrl, 'GET', '/health/ready');

  it('says which provider new faxes go to, within 30 seconds, and readiness tells it', async () => {
    expect(await order('sinch', 'sandbox')).toMatchObject({ status: 200, body: { order: ['sinch', 'sandbox'], warnings: [matching(/sandbox/)] } });
    expect(one(await read(), 'sinch')).toMatchObject({ position: 0 });
    const { body } = await until(ready, (answer) => z.looseObject({ backend: z.string() }).parse(answer.body).backend === 'sinch', 30);
    expect(body).toMatchObject({ status: 'ready', checks: { provider: 'ok' } });
    const send = async () => readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') })).backend;
    expect(await until(send, (backend) => backend === 'sinch', 30)).toBe('sinch');
  });

  it('holds on to its providers: one of them can’t be removed', async () => {
    expect(await ask('DELETE', '/sinch')).toMatchObject({ status: 409, body: { code: 'provider_in_use' } });
    expect(await order('sandbox')).toMatchObject({ status: 200, body: { order: ['sandbox'] } });
    expect(one(parsed(await ask('DELETE', '/sinch')), 'sinch')).toMatchObject({ configured: false, saved_at: null });
    expect(await validate('sinch')).toMatchObject({ status: 404 });
  });
});

describe('afterwards', () => {
  it('each change stands in the audit trail by the names of its fields', async () => {
    const trail = await auditTrail(cloud, template);
    const of = (name: string) => trail.filter(({ event }) => event === name);
    expect(of('provider_saved')[0]).toMatchObject({ provider: 'sinch', version: 1, validated: true, diff: ['project_id', 'key_id', 'key_secret', 'header_text'], actor: { type: 'bootstrap' }, route: '/admin/settings/providers/{id}' });
    expect(of('provider_saved')[1]).toMatchObject({ version: 2, diff: ['from', 'header_text'] });
    expect(of('provider_order_changed').map(({ diff }) => diff)).toEqual([
      { before: ['sandbox'], after: ['sinch', 'sandbox'] },
      { before: ['sinch', 'sandbox'], after: ['sandbox'] },
    ]);
    expect(of('provider_removed').map(({ provider }) => provider)).toEqual(['phaxio', 'sinch']);
  });

  it('no secret stands in any answer, log, audit event, table item or export', async () => {
    const item = await cloud.clients.dynamodb.send(new GetItemCommand({ TableName: physicalId(cloud, /^SettingsTable/), Key: { pk: { S: 'PROVIDERS' } } }));
    const places = {
      answers: answers.join('\n'),
      logs: (await Promise.all(['settings-admin', 'health', 'fax-upload', 'fax-sender'].map((name) => messagesOf(cloud, logGroupId(template, name))))).flat().join('\n'),
      screen: cloud.logs(),
      trail: JSON.stringify(await auditTrail(cloud, template)),
      item: JSON.stringify(item.Item),
      export: (await call(cloud.gatewayUrl, 'GET', '/admin/settings/export', { key: admin })).text,
      environment: (await call(cloud.gatewayUrl, 'GET', '/admin/settings/export?format=env', { key: admin })).text,
    };
    expect(secrets.length).toBeGreaterThan(10);
    expect(places.item).toContain('PROVIDERS');
    for (const [place, text] of Object.entries(places)) expect([place, secrets.filter((secret) => text.includes(secret))]).toEqual([place, []]);
  });

  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['PUT', '/sinch'],
    ['DELETE', '/sinch'],
    ['POST', '/sinch/validate'],
  ])('%s /admin/settings/providers%s is for administrators alone', async (method, below) => {
    const { token } = await createKey(cloud.gatewayUrl, admin, { scopes: ['fax:send', 'fax:read', 'keys:manage'] });
    const json = method === 'PUT' ? { json: {} } : {};
    expect(await call(cloud.gatewayUrl, method, `${path}${below}`, { key: token, ...json })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(await call(cloud.gatewayUrl, method, `${path}${below}`, json)).toMatchObject({ status: 401 });
  });
});
