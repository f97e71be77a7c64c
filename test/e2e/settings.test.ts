/** Administrators change the settings at run time: checked, versioned, audited, in force within 30 seconds, and with a way back. */
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { settingNames } from '../../lambdas/contract/settings-schemas.js';
import { auditTrail } from './audit-trail.js';
import { call, createKey, faxForm, readFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { readTemplate, type Template } from './stack-resources.js';

const admin = 'settings-administrator';
let assembly: string;
let template: Template;
let cloud: RunningLocalCloud;
let base: string;
/** A key with every scope but admin. */
let keyManager: string;

beforeAll(async () => {
  assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin });
  base = cloud.gatewayUrl;
  keyManager = (await createKey(base, admin, { scopes: ['fax:send', 'fax:read', 'inbound:list', 'inbound:read', 'keys:manage'] })).token;
}, 240_000);
afterAll(() => cloud.stop());

const settingsShape = z.looseObject({ version: z.number(), values: z.record(z.string(), z.unknown()) });
type Settings = z.output<typeof settingsShape>;

const get = (path = '', key = admin) => call(base, 'GET', `/admin/settings${path}`, { key });
const put = (json: unknown) => call(base, 'PUT', '/admin/settings', { key: admin, json });
const validate = (json: unknown) => call(base, 'POST', '/admin/settings/validate', { key: admin, json });
const restore = (json: unknown) => call(base, 'POST', '/admin/settings/restore', { key: admin, json });
const read = async (): Promise<Settings> => settingsShape.parse((await get()).body);
/** Changes the settings on top of those in force. */
const change = async (values: object): Promise<GatewayAnswer> => put({ version: (await read()).version, values });
const restoreDefaults = async (): Promise<GatewayAnswer> => restore({ version: (await read()).version, restore_version: 0 });
const refusal = (...fields: { field: string; message: string }[]) => ({
  status: 422,
  body: { detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; '), code: 'invalid_request', fields },
});

const defaults = {
  REQUIRE_API_KEY: true,
  MAX_REQUESTS_PER_MINUTE: 0,
  TIER_REQUESTS_PER_MINUTE: {},
  INBOUND_LIST_RPM: 30,
  INBOUND_GET_RPM: 60,
  MAX_FILE_SIZE_MB: 4,
  AUDIT_LOG_ENABLED: true,
  DEFAULT_KEY_EXPIRY_DAYS: 0,
  REQUIRE_IP_RANGES: false,
  REDIAL_BUSY_SECONDS: 180,
  REDIAL_NO_ANSWER_SECONDS: 300,
  REDIAL_MAX_TRIES: 3,
  REDIAL_MAX_DIALS: 12,
  PDF_TOKEN_TTL_MINUTES: 60,
  INBOUND_TOKEN_TTL_MINUTES: 60,
};

describe('before anybody changed one', () => {
  it('the defaults are in force, as version 0', async () => {
    const answer = await get();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        version: 0,
        values: defaults,
        defaults,
        changed_at: null,
        changed_by: null,
        warnings: [],
        effective_within_seconds: 30,
        deployment: { stage: 'dev', provider: 'sandbox', sending: 'on', max_file_size_mb: 4, document_token_minutes: 60 },
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await get('/versions')).body).toEqual({ versions: [], next_before: null });
  });

  it('each setting is explained, with its kind, bounds and default', async () => {
    const { fields } = z.looseObject({ fields: z.array(z.looseObject({ name: z.string(), description: z.string().min(20) })) }).parse((await get()).body);
    expect(fields.map(({ name }) => name)).toEqual([...settingNames]);
    expect(fields.find(({ name }) => name === 'MAX_REQUESTS_PER_MINUTE')).toMatchObject({ type: 'number', least: 0, most: 600_000, default: 0, locked: null });
    expect(fields.find(({ name }) => name === 'REQUIRE_API_KEY')).toMatchObject({ type: 'switch', least: null, most: null, default: true, locked: null });
    expect(fields.find(({ name }) => name === 'TIER_REQUESTS_PER_MINUTE')).toMatchObject({ type: 'tier_numbers', least: 0, most: 600_000, default: {} });
  });
});

describe('a value that a setting does not take is refused, and says what to write', () => {
  const switchWords = 'must be true or false';
  const numberWords = (least: number, most: number) => `must be a whole number from ${least} to ${most}`;
  const tierWords = 'must be an object of tiers (basic, standard, high) such as {"basic": 60}';
  const cases: [name: string, value: unknown, message: string, below?: string][] = [
    ['REQUIRE_API_KEY', 'false', switchWords],
    ['AUDIT_LOG_ENABLED', 0, switchWords],
    ['REQUIRE_IP_RANGES', null, switchWords],
    ['MAX_REQUESTS_PER_MINUTE', -1, numberWords(0, 600_000)],
    ['MAX_REQUESTS_PER_MINUTE', -1.5, numberWords(0, 600_000)],
    ['MAX_REQUESTS_PER_MINUTE', '60', numberWords(0, 600_000)],
    ['MAX_REQUESTS_PER_MINUTE', 600_001, numberWords(0, 600_000)],
    ['INBOUND_LIST_RPM', 1.5, numberWords(0, 600_000)],
    ['INBOUND_GET_RPM', true, numberWords(0, 600_000)],
    ['MAX_FILE_SIZE_MB', 0, numberWords(1, 4)],
    ['MAX_FILE_SIZE_MB', 5, numberWords(1, 4)],
    ['DEFAULT_KEY_EXPIRY_DAYS', 3_651, numberWords(0, 3_650)],
    ['PDF_TOKEN_TTL_MINUTES', 0, numberWords(1, 1_440)],
    ['PDF_TOKEN_TTL_MINUTES', 1_441, numberWords(1, 1_440)],
    ['INBOUND_TOKEN_TTL_MINUTES', [60], numberWords(1, 1_440)],
    ['TIER_REQUESTS_PER_MINUTE', 60, tierWords],
    ['TIER_REQUESTS_PER_MINUTE', { gold: 1 }, tierWords, '.gold'],
    ['TIER_REQUESTS_PER_MINUTE', { basic: 'many' }, numberWords(0, 600_000), '.basic'],
    ['COLOUR', 'red', `is no setting: write one of ${settingNames.join(', ')}`],
  ];
  it.each(cases)('%s %j', async (name, value, message, below = '') => {
    const problem = { field: `values.${name}${below}`, message };
    expect(await put({ version: 0, values: { [name]: value } })).toMatchObject(refusal(problem));
    expect((await validate({ values: { [name]: value } })).body).toEqual({ valid: false, errors: [problem], changes: [] });
  });

  it('all at once, and nothing of such a change is made', async () => {
    expect(await put({ version: 0, values: { MAX_FILE_SIZE_MB: 9, AUDIT_LOG_ENABLED: 'no', INBOUND_LIST_RPM: 7 } })).toMatchObject(
      refusal({ field: 'values.MAX_FILE_SIZE_MB', message: numberWords(1, 4) }, { field: 'values.AUDIT_LOG_ENABLED', message: switchWords }),
    );
    expect(await read()).toMatchObject({ version: 0, values: defaults });
  });

  it.each([
    [{ values: {} }, { field: 'version', message: 'must be a version of the settings: a whole number from 0' }],
    [{ version: 'latest', values: {} }, { field: 'version', message: 'must be a version of the settings: a whole number from 0' }],
    [{ version: 0 }, { field: 'values', message: 'must be an object of settings such as {"MAX_REQUESTS_PER_MINUTE": 60}' }],
    [{ version: 0, values: {}, force: true }, { field: 'force', message: 'is not a field of this operation' }],
  ])('a body %j', async (body, problem) => {
    expect(await put(body)).toMatchObject(refusal(problem));
  });
});

describe('a change', () => {
  it('is shown before it is made, then made, and told by what differs', async () => {
    const { version } = await read();
    const changes = [
      { name: 'MAX_REQUESTS_PER_MINUTE', from: 0, to: 120 },
      { name: 'TIER_REQUESTS_PER_MINUTE', from: {}, to: { basic: 30, high: 0 } },
    ];
    const body = { version, values: { MAX_REQUESTS_PER_MINUTE: 120, TIER_REQUESTS_PER_MINUTE: { basic: 30, high: 0 }, INBOUND_LIST_RPM: 30 } };
    expect((await validate(body)).body).toEqual({ valid: true, errors: [], changes });
    expect((await read()).version).toBe(version);
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 200, body: { version: version + 1, changes, changed_by: { type: 'bootstrap' }, values: { ...defaults, ...body.values } } });
    expect((await get()).body).toEqual(withoutChanges(answer.body));
  });

  it('that changes nothing makes no version', async () => {
    const { version, values } = await read();
    expect(await put({ version, values })).toMatchObject({ status: 200, body: { version, changes: [] } });
    expect(await put({ version, values: {} })).toMatchObject({ status: 200, body: { version, changes: [] } });
    const minusZero = `{"version": ${version}, "values": {"DEFAULT_KEY_EXPIRY_DAYS": -0}}`;
    const headers = { 'Content-Type': 'application/json' };
    expect(await call(base, 'PUT', '/admin/settings', { key: admin, raw: minusZero, headers })).toMatchObject({ status: 200, body: { version, changes: [] } });
    expect((await read()).version).toBe(version);
  });

  it('on top of an older version is refused, also where it would change nothing', async () => {
    const { version, values } = await read();
    const conflict = { status: 409, body: { code: 'settings_conflict', detail: `The settings are at version ${version}, not ${version - 1}: read them again` } };
    expect(await put({ version: version - 1, values: { INBOUND_GET_RPM: 1 } })).toMatchObject(conflict);
    expect(await put({ version: version - 1, values })).toMatchObject(conflict);
    expect((await validate({ version: version - 1, values: {} })).body).toMatchObject({
      valid: false,
      errors: [{ field: 'version', message: `must be ${version}, the version in force: read the settings again` }],
    });
  });

  it('of many at once on one version, one is made', async () => {
    const { version } = await read();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => put({ version, values: { INBOUND_GET_RPM: 100 + index } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect((await read()).version).toBe(version + 1);
  });

  it('stands in the audit trail with its difference, and with who made it', async () => {
    const key = await createKey(base, admin, { scopes: ['admin'], expires_at: '2099-01-01T00:00:00Z' });
    const { version, values } = await read();
    expect(await call(base, 'PUT', '/admin/settings', { key: key.token, json: { version, values: { DEFAULT_KEY_EXPIRY_DAYS: 90 } } })).toMatchObject({
      status: 200,
      body: { changed_by: { type: 'key', key_id: key.key_id } },
    });
    const events = (await auditTrail(cloud, template)).filter(({ event }) => event === 'settings_changed');
    expect(events.map(({ version: at }) => at)).toEqual(Array.from({ length: version + 1 }, (_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({
      actor: { type: 'key', key_id: key.key_id },
      outcome: 'success',
      method: 'PUT',
      route: '/admin/settings',
      diff: [{ name: 'DEFAULT_KEY_EXPIRY_DAYS', from: values['DEFAULT_KEY_EXPIRY_DAYS'], to: 90 }],
    });
    await change({ DEFAULT_KEY_EXPIRY_DAYS: 0 });
  });
});

function withoutChanges(body: unknown): unknown {
  const { changes: _, ...rest } = z.looseObject({ changes: z.unknown() }).parse(body);
  return rest;
}

describe('earlier versions', () => {
  const page = z.object({ versions: z.array(z.looseObject({ version: z.number() })), next_before: z.number().nullable() });

  it('are listed newest first, whole, page by page', async () => {
    await change({ PDF_TOKEN_TTL_MINUTES: 15 });
    const { version, values } = await read();
    const all: unknown[] = [];
    let before: number | null = version + 1;
    while (before !== null) {
      const { versions, next_before } = page.parse((await get(`/versions?limit=2&before=${before}`)).body);
      expect(versions.length).toBeLessThanOrEqual(2);
      all.push(...versions);
      before = next_before;
    }
    expect(all.map((one) => z.looseObject({ version: z.number() }).parse(one).version)).toEqual(Array.from({ length: version }, (_, index) => version - index));
    expect(page.parse((await get('/versions?limit=100')).body).versions).toEqual(all);
    expect(all[0]).toMatchObject({ version, values, changes: [{ name: 'PDF_TOKEN_TTL_MINUTES', from: 60, to: 15 }], changed_by: { type: 'bootstrap' }, restored_version: null });
    expect(all.at(-1)).toMatchObject({ version: 1, values: { ...defaults, MAX_REQUESTS_PER_MINUTE: 120 }, changes: [{ from: 0, to: 120 }, { from: {} }] });
  });

  it('come back as a new version', async () => {
    const { version } = await read();
    expect(await restore({ version, restore_version: 1 })).toMatchObject({ status: 200, body: { version: version + 1, values: { ...defaults, MAX_REQUESTS_PER_MINUTE: 120 } } });
    expect((await get('/versions?limit=1')).body).toMatchObject({ versions: [{ version: version + 1, restored_version: 1 }] });
    const events = (await auditTrail(cloud, template)).filter(({ event }) => event === 'settings_changed');
    expect(events.at(-1)).toMatchObject({ version: version + 1, restored_version: 1 });
  });

  it('the defaults come back as version 0, and what is in force already makes no version', async () => {
    const { version } = await read();
    expect(await restore({ version, restore_version: version })).toMatchObject({ status: 200, body: { version, changes: [] } });
    expect(await restore({ version, restore_version: 0 })).toMatchObject({ status: 200, body: { version: version + 1, values: defaults } });
    expect(await restore({ version: version + 1, restore_version: 0 })).toMatchObject({ status: 200, body: { version: version + 1, changes: [] } });
  });

  it('that do not exist, or on top of an older version, are refused', async () => {
    const { version } = await read();
    expect(await restore({ version, restore_version: version + 1 })).toMatchObject(
      refusal({ field: 'restore_version', message: `must be a version that exists: 0 to ${version}` }),
    );
    expect(await restore({ version: version - 1, restore_version: 1 })).toMatchObject({ status: 409, body: { code: 'settings_conflict' } });
    expect(await restore({ version })).toMatchObject({ status: 422, body: { fields: [{ field: 'restore_version' }] } });
  });
});

describe('an export', () => {
  it('is the body that PUT takes: nothing changes, and a changed one changes that', async () => {
    const exported = z.strictObject({ version: z.number(), values: z.record(z.string(), z.unknown()) }).parse((await get('/export')).body);
    expect(exported).toEqual({ version: exported.version, values: defaults });
    expect(await put(exported)).toMatchObject({ status: 200, body: { version: exported.version, changes: [] } });
    await change({ TIER_REQUESTS_PER_MINUTE: { basic: 5, standard: 50 }, REQUIRE_IP_RANGES: true });
    const later = settingsShape.parse((await get('/export')).body);
    await restore({ version: later.version, restore_version: 0 });
    expect(await change(later.values)).toMatchObject({ status: 200, body: { values: later.values } });
  });

  it('is a line for each setting where an environment file is asked for', async () => {
    const answer = await get('/export?format=env');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="faxbot-settings.env"');
    expect(answer.text.split('\n')).toEqual([
      'REQUIRE_API_KEY=true',
      'MAX_REQUESTS_PER_MINUTE=0',
      'TIER_REQUESTS_PER_MINUTE=basic:5,standard:50',
      'INBOUND_LIST_RPM=30',
      'INBOUND_GET_RPM=60',
      'MAX_FILE_SIZE_MB=4',
      'AUDIT_LOG_ENABLED=true',
      'DEFAULT_KEY_EXPIRY_DAYS=0',
      'REQUIRE_IP_RANGES=true',
      'REDIAL_BUSY_SECONDS=180',
      'REDIAL_NO_ANSWER_SECONDS=300',
      'REDIAL_MAX_TRIES=3',
      'REDIAL_MAX_DIALS=12',
      'PDF_TOKEN_TTL_MINUTES=60',
      'INBOUND_TOKEN_TTL_MINUTES=60',
      '',
    ]);
    await change({ TIER_REQUESTS_PER_MINUTE: {}, REQUIRE_IP_RANGES: false });
    expect((await get('/export?format=env')).text).toContain('\nTIER_REQUESTS_PER_MINUTE=\n');
  });

  it('in another form is refused', async () => {
    expect(await get('/export?format=xml')).toMatchObject(refusal({ field: 'format', message: 'must be json or env' }));
  });
});

describe('within 30 seconds and without a deployment', () => {
  const megabyte = 1024 * 1024;
  const send = (bytes: number) => call(base, 'POST', '/fax', { key: admin, form: faxForm('+15551234567', Buffer.alloc(bytes, 'A fax.\n')) });
  const warnings = async () => z.looseObject({ warnings: z.array(z.string()) }).parse((await call(base, 'GET', '/health/ready')).body).warnings;
  let fax: string;
  /** For how many minutes a new address of the document works: its token begins with its end, in seconds, base 36. */
  const addressMinutes = async () => {
    const { pdf_url: url = '' } = readFax(await call(base, 'GET', `/fax/${fax}`, { key: admin }));
    return Math.round((Number.parseInt(/token=(\w+)\./.exec(url)?.[1] ?? '', 36) - Date.now() / 1000) / 60);
  };
  const opened = ['REQUIRE_API_KEY is false: anybody who reaches the gateway can send faxes', 'AUDIT_LOG_ENABLED is false: faxes and sign-ins leave no trace in the audit log'];

  beforeAll(async () => {
    fax = readFax(await call(base, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') })).id;
    expect(await addressMinutes()).toBe(60);
    expect((await send(megabyte + 1)).status).not.toBe(413);
    expect((await warnings()).filter((warning) => opened.includes(warning))).toEqual([]);
    const { body } = await change({ MAX_FILE_SIZE_MB: 1, PDF_TOKEN_TTL_MINUTES: 5, REQUIRE_API_KEY: false, AUDIT_LOG_ENABLED: false, DEFAULT_KEY_EXPIRY_DAYS: 30, REQUIRE_IP_RANGES: true });
    expect(body).toMatchObject({ warnings: opened });
  });
  afterAll(() => restoreDefaults());

  it('the largest file is the one that was set, to the byte, and the refusal names it', async () => {
    const refused = await until(() => send(megabyte + 1), ({ status }) => status === 413, 30);
    expect(refused.body).toEqual({ detail: 'File exceeds 1 MB limit', code: 'file_too_large' });
    expect((await send(megabyte)).status).not.toBe(413);
  });

  it('an address of a document works for as long as was set', async () => {
    expect(await until(addressMinutes, (minutes) => minutes !== 60, 30)).toBe(5);
  });

  it('a new key must name where it is used from, and expires when its creator names no time', async () => {
    const create = (json: object) => call(base, 'POST', '/admin/api-keys', { key: admin, json });
    const refused = await until(() => create({}), ({ status }) => status === 422, 30);
    expect(refused.body).toMatchObject({ code: 'invalid_request', fields: [{ field: 'allowed_ips' }] });
    const expiry = async (json: object) => z.looseObject({ expires_at: z.string().nullable() }).parse((await create({ allowed_ips: ['192.0.2.0/24'], ...json })).body).expires_at;
    const days = (Date.parse((await expiry({})) ?? '') - Date.now()) / 86_400_000;
    expect(Math.abs(days - 30)).toBeLessThan(0.01);
    expect(await expiry({ expires_at: '2099-01-01T00:00:00.000Z' })).toBe('2099-01-01T00:00:00.000Z');
    expect(await expiry({ expires_at: null })).toBeNull();
  });

  it('readiness warns of a gateway that is open, and of one that keeps no trace', async () => {
    expect(await until(warnings, (all) => all.some((words) => words.startsWith('AUDIT_LOG_ENABLED')), 30)).toEqual(expect.arrayContaining(opened));
  });
});

describe('who may not', () => {
  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['POST', '/validate'],
    ['GET', '/export'],
    ['GET', '/versions'],
    ['POST', '/restore'],
  ])('%s /admin/settings%s: a key with every scope but admin gets a 403, and nobody without a key gets in', async (method, path) => {
    const json = method === 'GET' ? {} : { json: {} };
    expect(await call(base, method, `/admin/settings${path}`, { key: keyManager, ...json })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', detail: 'Insufficient scope: admin required' },
    });
    expect(await call(base, method, `/admin/settings${path}`, json)).toMatchObject({ status: 401 });
  });
});

it('stage production requires a key, whatever an administrator wants', async () => {
  const copy = withTemplate(assembly, (editable) => {
    const variables = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
    for (const resource of Object.values(editable.Resources)) {
      const properties = variables.safeParse(resource.Properties).data;
      if (properties?.Environment.Variables['STAGE'] !== undefined)
        resource.Properties = { ...properties, Environment: { Variables: { ...properties.Environment.Variables, STAGE: 'production' } } };
    }
  });
  const production = await startLocalCloud({ assembly: copy, apiKey: admin });
  try {
    const problem = { field: 'values.REQUIRE_API_KEY', message: 'must stay true on stage production: without a key, anybody who reaches the gateway could send faxes' };
    const json = { version: 0, values: { REQUIRE_API_KEY: false } };
    expect(await call(production.gatewayUrl, 'PUT', '/admin/settings', { key: admin, json })).toMatchObject(refusal(problem));
    expect((await call(production.gatewayUrl, 'POST', '/admin/settings/validate', { key: admin, json })).body).toEqual({ valid: false, errors: [problem], changes: [] });
    const { fields } = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) }).parse((await call(production.gatewayUrl, 'GET', '/admin/settings', { key: admin })).body);
    expect(fields.find(({ name }) => name === 'REQUIRE_API_KEY')).toMatchObject({ locked: problem.message });
  } finally {
    await production.stop();
    rmSync(copy, { recursive: true, force: true });
  }
}, 120_000);
