/**
 * Mutation proof: what is taken out of the synthesized template is missing from the running stack, that and nothing else. So
 * nothing in `local/` knows the application.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { call, faxForm, readFax, until } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, messagesOf, logGroupId, readTemplate, type Template } from './stack-resources.js';

const admin = 'mutation-test-administrator';
let assembly: string;
let template: Template;

beforeAll(async () => {
  assembly = await testAssembly();
  template = readTemplate(assembly);
}, 240_000);

/** Runs the stack with a change to its template, for as long as `look` looks at it. */
async function mutated(edit: (template: EditableTemplate) => void, look: (cloud: RunningLocalCloud) => Promise<void>): Promise<void> {
  const copy = withTemplate(assembly, edit);
  try {
    const cloud = await startLocalCloud({ assembly: copy, apiKey: admin });
    try {
      await look(cloud);
    } finally {
      await cloud.stop();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function idsOf(of: EditableTemplate | Template, type: string, word = ''): string[] {
  return Object.entries(of.Resources).flatMap(([id, { Type }]) => (Type === type && id.includes(word) ? [id] : []));
}

/** Takes resources out, and their names out of every DependsOn. */
function remove(from: EditableTemplate, ids: readonly string[]): void {
  if (ids.length === 0) throw new Error('There is nothing to take out');
  from.Resources = Object.fromEntries(
    Object.entries(from.Resources).flatMap(([id, resource]) => {
      if (ids.includes(id)) return [];
      const { DependsOn: depends } = resource;
      return [[id, Array.isArray(depends) ? { ...resource, DependsOn: depends.filter((one) => !ids.includes(String(one))) } : resource]];
    }),
  );
}

/** Takes one action out of every policy of a function's role. */
function forbid(of: EditableTemplate, roleWord: string, action: string): void {
  let found = false;
  for (const id of idsOf(of, 'AWS::IAM::Policy', roleWord)) {
    const resource = of.Resources[id];
    const text = JSON.stringify(resource);
    found ||= text.includes(`"${action}"`);
    if (resource !== undefined) of.Resources[id] = JSON.parse(text.replaceAll(`"${action}"`, '"nothing:Nothing"'));
  }
  if (!found) throw new Error(`${roleWord} has no ${action}`);
}

const send = (cloud: RunningLocalCloud) => call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') });
const listKeys = (cloud: RunningLocalCloud) => call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: admin });
const failure = { status: 502, body: { detail: 'Internal Server Error', code: 'internal_error' } };
const internal = { status: 500, body: { detail: 'Internal Server Error', code: 'internal_error' } };

describe('without', () => {
  it('a route, that route is gone and the others work', () =>
    mutated(
      (t) => remove(t, idsOf(t, 'AWS::ApiGateway::Method', 'faxPOST')),
      async (cloud) => {
        const answer = await fetch(`${cloud.gatewayUrl}/fax`, { method: 'POST', headers: { 'X-API-Key': admin }, body: faxForm('+15551234567') });
        expect([answer.status, await answer.json()]).toEqual([405, { detail: 'Method Not Allowed', code: 'method_not_allowed' }]);
        expect((await listKeys(cloud)).status).toBe(200);
      },
    ), 120_000);

  it('an environment variable, its function fails in the contract’s shape and the others work', () =>
    mutated(
      (t) => {
        const id = functionId(readTemplate(assembly), 'fax-upload');
        t.Resources[id] = JSON.parse(JSON.stringify(t.Resources[id]).replace('"DEFAULT_COUNTRY"', '"DEFAULT_COUNTRY_GONE"'));
      },
      async (cloud) => {
        expect(await send(cloud)).toMatchObject(failure);
        expect((await listKeys(cloud)).status).toBe(200);
        const messages = await messagesOf(cloud, logGroupId(template, 'fax-upload'));
        expect(messages.join()).toContain('The environment variable DEFAULT_COUNTRY of the function fax-upload is not set');
      },
    ), 120_000);

  it('the event source, a fax is accepted and stays queued', () =>
    mutated(
      (t) => remove(t, idsOf(t, 'AWS::Lambda::EventSourceMapping')),
      async (cloud) => {
        const { id } = readFax(await send(cloud));
        const before = await messagesOf(cloud, logGroupId(template, 'fax-sender'));
        expect([before, readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).state]).toEqual([[], 'queued']);
      },
    ), 120_000);

  it.each([
    ['the fax function’s', 'Upload', send],
    ['key administration’s', 'Administration', listKeys],
    ['the authorizer’s', 'Authorizer', listKeys],
  ] as const)('%s Lambda permission, its requests are 500 in the contract’s shape', (_, word, ask) =>
    mutated(
      (t) => remove(t, idsOf(t, 'AWS::Lambda::Permission', word)),
      async (cloud) => {
        const answer = await ask(cloud);
        expect(answer).toMatchObject(word === 'Authorizer' ? internal : { body: { code: expect.stringMatching(/internal_error|bad_gateway/) } });
        expect(answer.status).toBeGreaterThanOrEqual(500);
        expect((await call(cloud.gatewayUrl, 'GET', '/health')).status).toBe(200);
      },
    ), 120_000);

  it('a gateway response, AWS’s own words come back', () =>
    mutated(
      (t) => remove(t, idsOf(t, 'AWS::ApiGateway::GatewayResponse', 'Unauthorized')),
      async (cloud) => {
        const answer = await fetch(`${cloud.gatewayUrl}/fax/x`);
        // DEFAULT_4XX takes its place: the contract's shape, but not its word for this.
        expect([answer.status, await answer.json()]).toEqual([401, { detail: 'Bad Request', code: 'bad_request' }]);
      },
    ), 120_000);

  it('the native key of its usage plan, a tier gets nothing', () =>
    mutated(
      (t) => remove(t, idsOf(t, 'AWS::ApiGateway::UsagePlanKey', 'standard')),
      async (cloud) => {
        expect(await listKeys(cloud)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
        expect((await call(cloud.gatewayUrl, 'GET', '/health')).status).toBe(200);
      },
    ), 120_000);
});

/** Every other grant: mutation-permissions.test.ts. */
describe('without the permission', () => {
  it('FaxesSender kms:Decrypt, a fax is accepted and not sent', () =>
    mutated(
      (t) => forbid(t, 'FaxesSender', 'kms:Decrypt'),
      async (cloud) => {
        const { id } = readFax(await send(cloud));
        await until(
          () => messagesOf(cloud, logGroupId(template, 'fax-sender')),
          (messages) => messages.some((message) => message.includes('comes back')),
        );
        expect(readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).state).toBe('queued');
      },
    ), 120_000);
});

describe('with a usage plan of one request', () => {
  it('the second one is a 429 in the contract’s words, with Retry-After', () =>
    mutated(
      (t) => {
        const [plan = ''] = idsOf(t, 'AWS::ApiGateway::UsagePlan', 'Planstandard');
        const resource = t.Resources[plan];
        if (resource !== undefined) t.Resources[plan] = { ...resource, Properties: { ...resource.Properties, Throttle: { RateLimit: 1, BurstLimit: 1 } } };
      },
      async (cloud) => {
        const answers = await Promise.all([listKeys(cloud), listKeys(cloud), listKeys(cloud)]);
        const limited = answers.find(({ status }) => status === 429);
        expect(limited?.body).toEqual({ detail: 'Rate limit exceeded', code: 'rate_limited' });
        expect(limited?.headers.get('retry-after')).toBe('1');
      },
    ), 120_000);
});

describe('the local cloud', () => {
  it('has no word of the application in it', () => {
    const root = join(__dirname, '..', '..', 'local');
    const files = (folder: string): string[] =>
      readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? files(join(folder, name)) : [join(folder, name)]));
    const knowing = files(root).filter((file) => !/local.(start\.(ts|mjs)|try-provider.[\w-]+\.ts)$/.test(file) && /\b(fax|faxes|faxbot|sandbox|sweeper|fbk_live|api-keys)\b/i.test(readFileSync(file, 'utf8').replace('Sandbox.Timedout', '')));
    expect(knowing.map((file) => file.slice(root.length))).toEqual([]);
  });
});
