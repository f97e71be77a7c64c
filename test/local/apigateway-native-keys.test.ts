/** Native keys as a function of the stack makes them, with AWS's client and its role: what it may, what stays, where it ends. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  APIGatewayClient, CreateApiKeyCommand, CreateUsagePlanKeyCommand, DeleteApiKeyCommand, GetApiKeysCommand, GetUsageCommand, GetUsagePlanKeysCommand,
  GetUsagePlansCommand, paginateGetApiKeys,
} from '@aws-sdk/client-api-gateway';
import * as z from 'zod';
import { apiKeyOperations } from '../../local/apigateway/api-key-operations.js';
import { GatewayState } from '../../local/apigateway/gateway-state.js';
import { UsagePlans } from '../../local/apigateway/usage-plans.js';
import { AwsError } from '../../local/cloud/service.js';
import { startCore, type CoreCloud } from './core-assembly.js';

/** Sends the commands that its event names, one after the other, and says what became of each. */
const caller = `
const sdk = require(${JSON.stringify(require.resolve('@aws-sdk/client-api-gateway'))});
const client = new sdk.APIGatewayClient({ maxAttempts: 1 });
exports.handler = async (calls) => {
  const results = [];
  for (const [name, input] of calls)
    results.push(await client.send(new sdk[name + 'Command'](input)).then(({ $metadata, ...answer }) => answer, (error) => error.name + ': ' + error.message));
  return results;
};`;

const resources = {
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'keys' } },
  Method: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'NONE',
      ApiKeyRequired: true,
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{"statusCode":200}' },
        IntegrationResponses: [{ StatusCode: '200' }],
      },
      MethodResponses: [{ StatusCode: '200' }],
    },
  },
  Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } }, DependsOn: ['Method'] },
  Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'api' } },
  Plan: {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: { UsagePlanName: 'standard', ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }], Quota: { Limit: 10, Period: 'DAY' } },
  },
  Shared: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'shared', Enabled: true, Value: 'shared-key-of-the-standard-tier' } },
  Member: { Type: 'AWS::ApiGateway::UsagePlanKey', Properties: { KeyId: { Ref: 'Shared' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } } },
};
const region = 'arn:aws:apigateway:us-east-1::';
const may = (actions: readonly string[], ...paths: readonly (string | object)[]) => ({
  Effect: 'Allow',
  Action: actions.map((action) => `apigateway:${action}`),
  Resource: paths.map((path) => (typeof path === 'string' ? `${region}${path}` : path)),
});
const ofPlan = { 'Fn::Sub': `${region}/usageplans/\${Plan}/keys` };
const oneOfPlan = { 'Fn::Sub': `${region}/usageplans/\${Plan}/keys/*` };
const usage = { 'Fn::Sub': `${region}/usageplans/\${Plan}/usage` };
const parts = {
  resources,
  functions: {
    Pool: {
      source: caller,
      properties: { MemorySize: 512, Timeout: 60 },
      statements: [may(['POST', 'GET'], '/apikeys'), may(['GET', 'PATCH', 'DELETE'], '/apikeys/*'), may(['POST', 'GET'], ofPlan), may(['DELETE'], oneOfPlan), may(['GET'], usage, '/usageplans')],
    },
    Reader: { source: caller, properties: { MemorySize: 512, Timeout: 60 }, statements: [may(['GET'], '/apikeys/*')] },
  },
};

let state: string;
let cloud: CoreCloud;
let planId: string;
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'native-keys-'));
  cloud = await startCore(parts, { stateDirectory: state });
  planId = cloud.resources['Plan'] ?? '';
});
afterAll(async () => {
  await cloud.end();
  rmSync(state, { recursive: true, force: true });
});

async function send(calls: readonly (readonly [string, object])[], functionName = 'Pool', core = cloud): Promise<readonly unknown[]> {
  const { error, result } = await core.invoke(functionName, calls);
  if (error !== undefined) throw new Error(JSON.stringify(result));
  return z.array(z.unknown()).parse(result);
}
const status = async (value: string, core = cloud) => (await fetch(`${core.gatewayUrl}/`, { headers: { 'x-api-key': value } })).status;
const idOf = (answer: unknown) => (typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : '');
const administrator = (core: CoreCloud) =>
  new APIGatewayClient({ endpoint: core.endpointUrl, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });

test('a function makes a key, puts it into a plan, and takes both away again', async () => {
  const value = 'leased-key-of-somebody-1';
  const [created] = await send([['CreateApiKey', { name: 'pool-1', enabled: true, value }]]);
  const keyId = idOf(created);
  expect(created).toMatchObject({ name: 'pool-1', enabled: true, value });
  expect(await status(value)).toBe(403);
  expect(await send([['CreateUsagePlanKey', { usagePlanId: planId, keyId, keyType: 'API_KEY' }]])).toMatchObject([{ id: keyId, type: 'API_KEY' }]);
  expect(await status(value)).toBe(200);
  const today = new Date().toISOString().slice(0, 10);
  const looks = await send([
    ['GetUsage', { usagePlanId: planId, keyId, startDate: today, endDate: today }],
    ['GetUsagePlans', {}],
    ['GetApiKeys', { nameQuery: 'pool-', includeValues: true }],
    ['GetUsagePlanKeys', { usagePlanId: planId, nameQuery: 'pool-' }],
    ['GetApiKey', { apiKey: keyId }],
    ['UpdateApiKey', { apiKey: keyId, patchOperations: [{ op: 'replace', path: '/enabled', value: 'false' }] }],
  ]);
  expect(looks).toMatchObject([
    { items: { [keyId]: [[1, 9]] } },
    { items: [{ id: planId, name: 'standard' }] },
    { items: [{ id: keyId, value, stageKeys: [`${cloud.resources['Api']}/api`] }] },
    { items: [{ id: keyId, value }] },
    { id: keyId, name: 'pool-1' },
    { id: keyId, enabled: false },
  ]);
  expect(await status(value)).toBe(403);
  await send([['DeleteUsagePlanKey', { usagePlanId: planId, keyId }], ['DeleteApiKey', { apiKey: keyId }]]);
  expect(await send([['GetApiKey', { apiKey: keyId }]])).toEqual([expect.stringMatching(/^NotFoundException: /)]);
});

test('a role without the permission on just that is refused, and nothing happens', async () => {
  const refused = (method: string, path: string): unknown => expect.stringMatching(new RegExp(`^AccessDeniedException: .* not authorized to perform: apigateway:${method} on resource: ${region}${path}`));
  const shared = cloud.resources['Shared'] ?? '';
  expect(
    await send(
      [
        ['CreateApiKey', { name: 'pool-2', enabled: true }],
        ['GetApiKeys', {}],
        ['DeleteApiKey', { apiKey: shared }],
        ['CreateUsagePlanKey', { usagePlanId: planId, keyId: shared, keyType: 'API_KEY' }],
        ['DeleteUsagePlanKey', { usagePlanId: planId, keyId: shared }],
        ['GetUsagePlans', {}],
        ['GetUsage', { usagePlanId: planId, startDate: '2026-01-01', endDate: '2026-01-01' }],
      ],
      'Reader',
    ),
  ).toEqual([
    refused('POST', '/apikeys'),
    refused('GET', '/apikeys'),
    refused('DELETE', `/apikeys/${shared}`),
    refused('POST', `/usageplans/${planId}/keys`),
    refused('DELETE', `/usageplans/${planId}/keys/${shared}`),
    refused('GET', '/usageplans'),
    refused('GET', `/usageplans/${planId}/usage`),
  ]);
  // Tags are a permission of their own.
  expect(await send([['CreateApiKey', { name: 'tagged', tags: { tier: 'standard' } }]])).toEqual([refused('PUT', '/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapikeys%2F\\*')]);
  expect(await status('shared-key-of-the-standard-tier')).toBe(200);
});

test('keys that a function made and those of the template are there after the cloud was killed', async () => {
  const value = 'leased-key-that-stays-1';
  const [created] = await send([['CreateApiKey', { name: 'stays', enabled: true, value }], ['CreateApiKey', { name: 'free', enabled: true }]]);
  await send([['CreateUsagePlanKey', { usagePlanId: planId, keyId: idOf(created), keyType: 'API_KEY' }]]);
  expect(await status(value)).toBe(200);
  // What is on disk at this moment is what a kill -9 would leave.
  const left = mkdtempSync(join(tmpdir(), 'native-keys-killed-'));
  cpSync(state, left, { recursive: true });
  const second = await startCore(parts, { stateDirectory: left });
  try {
    const client = administrator(second);
    expect([await status(value, second), await status('shared-key-of-the-standard-tier', second)]).toEqual([200, 200]);
    const { items } = await client.send(new GetApiKeysCommand({ limit: 500 }));
    expect(items?.map(({ name }) => name).sort()).toEqual(['free', 'shared', 'stays']);
    expect((await client.send(new GetUsagePlanKeysCommand({ usagePlanId: planId }))).items).toHaveLength(2);
    client.destroy();
  } finally {
    await second.end();
    rmSync(left, { recursive: true, force: true });
  }
});

test('pages give each key once, although others come and go between them', async () => {
  const client = administrator(cloud);
  const ids: string[] = [];
  for (let number = 0; number < 12; number++) ids.push((await client.send(new CreateApiKeyCommand({ name: `paged-${number}` }))).id ?? '');
  const seen: string[] = [];
  for await (const { items } of paginateGetApiKeys({ client, pageSize: 5 }, { nameQuery: 'paged-' })) {
    seen.push(...(items ?? []).map(({ id }) => id ?? ''));
    const [first] = seen;
    await client.send(new DeleteApiKeyCommand({ apiKey: first })).catch(() => undefined);
  }
  expect(seen.sort()).toEqual(ids.sort());
  await expect(client.send(new GetUsageCommand({ usagePlanId: planId, startDate: 'x', endDate: 'y' }))).rejects.toMatchObject({ name: 'BadRequestException' });
  expect((await client.send(new GetUsagePlansCommand({ keyId: cloud.resources['Shared'] }))).items).toMatchObject([{ id: planId }]);
  await expect(client.send(new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId: cloud.resources['Shared'], keyType: 'API_KEY' }))).rejects.toMatchObject({ name: 'ConflictException' });
  client.destroy();
});

test('a region has 10,000 keys, and not one more', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'native-keys-limit-'));
  const full = new GatewayState(directory, Date.now);
  await full.load();
  const plans = new UsagePlans(full);
  const [create] = apiKeyOperations({ plans, plan: () => { throw new Error('no plan'); }, authorize: () => undefined, region: 'us-east-1', clock: Date.now });
  const make = async () => create?.run({ principal: { kind: 'administrator' }, parameters: {}, query: new URLSearchParams(), body: {} });
  for (let number = 0; number < 9_999; number++)
    full.keys.set(String(number), { id: String(number), name: '', value: String(number), enabled: true, createdAt: 0, updatedAt: 0, tags: {} });
  await make();
  await expect(make()).rejects.toMatchObject({ constructor: AwsError, code: 'LimitExceededException', status: 429 });
  await full.close();
  rmSync(directory, { recursive: true, force: true });
});
