/**
 * The control plane: looking around, and native keys that come and go at run time. Requests are handed to the service as
 * the endpoint does after it checked a signature; the functions are fakes (see the fixture).
 */
import { createServer, type Server } from 'node:http';
import { type Authorize, AwsError, type Principal } from '../../local/cloud/service.js';
import {
  api,
  closeAll,
  record,
  type Resources,
  startGateway,
  temporaryDirectory,
  type TestGateway,
  some,
} from './apigateway.fixture.js';

const servers = new Set<Server>();
afterEach(async () => {
  for (const server of servers) server.close();
  servers.clear();
  await closeAll();
});

const ok = () => ({ body: 'ok' });
const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/keys', functionName: 'keys' };

/** Calls the service as a principal; the stand-in for the endpoint. */
async function control(gateway: TestGateway, principal: Principal = { kind: 'administrator' }) {
  const [service] = gateway.module.services;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://endpoint');
      void service?.handle(
        {
          principal,
          requestId: 'request-1',
          method: request.method ?? 'GET',
          path: url.pathname,
          query: url.searchParams,
          headers: {},
          presigned: false,
          body: Buffer.concat(chunks),
        },
        response,
      );
    });
  });
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: 'close' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      errorType: response.headers.get('x-amzn-errortype'),
      body: text === '' ? {} : record(JSON.parse(text)),
    };
  };
}

const planned: Resources = {
  Plan: {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: {
      UsagePlanName: 'standard',
      ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }],
      Quota: { Limit: 10, Period: 'DAY' },
    },
  },
  Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'shared', Enabled: true } },
  Member: {
    Type: 'AWS::ApiGateway::UsagePlanKey',
    Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
  },
};

function start(options: { authorize?: Authorize; stateDirectory?: string } = {}) {
  return startGateway(api({ 'GET /fax/{id}': { integration: 'ok', apiKeyRequired: true } }, { resources: planned }), {
    functions: { ok },
    ...options,
  });
}

test('shows the API, its resources, its stage and its plans', async () => {
  const gateway = await start();
  const call = await control(gateway);
  const id = gateway.refs.get('Api') ?? '';
  expect((await call('GET', '/restapis')).body).toMatchObject({ item: [{ id, name: 'test', apiKeySource: 'HEADER' }] });
  expect((await call('GET', `/restapis/${id}/resources?limit=2`)).body).toMatchObject({
    item: [{ path: '/' }, { path: '/fax', pathPart: 'fax' }],
    position: some.text(),
  });
  expect((await call('GET', `/restapis/${id}/stages`)).body).toMatchObject({ item: [{ stageName: 'api' }] });
  expect((await call('GET', '/usageplans')).body).toMatchObject({
    item: [{ name: 'standard', quota: { limit: 10, period: 'DAY' }, apiStages: [{ apiId: id, stage: 'api' }] }],
  });
  expect(await call('GET', '/restapis/other/stages')).toMatchObject({ status: 404, errorType: 'NotFoundException' });
});

test('gives the rest of a list by its position', async () => {
  const gateway = await start();
  const call = await control(gateway);
  const path = `/restapis/${gateway.refs.get('Api')}/resources?limit=2`;
  const { position } = (await call('GET', path)).body;
  expect((await call('GET', `${path}&position=${encodeURIComponent(String(position))}`)).body).toEqual({
    item: [expect.objectContaining({ path: '/fax/{id}', resourceMethods: { GET: some.containing({ apiKeyRequired: true }) } })],
  });
});

test('shows the values of keys only to who asks for them', async () => {
  const gateway = await start();
  const call = await control(gateway);
  const [hidden] = [(await call('GET', '/apikeys')).body['item']].flat();
  expect(hidden).toMatchObject({ name: 'shared', enabled: true });
  expect(hidden).not.toHaveProperty('value');
  const shown = await call('GET', `/apikeys/${gateway.refs.get('Key')}?includeValue=true`);
  expect(shown.body['value']).toMatch(/^[a-z0-9]{40}$/);
});

test('a key that a client creates works once it is enabled and in a plan, and no longer when it is switched off', async () => {
  const gateway = await start();
  const call = await control(gateway);
  const created = await call('POST', '/apikeys', { name: 'pool-1', enabled: true, value: 'a-value-of-at-least-20-chars' });
  expect(created.status).toBe(201);
  const id = String(created.body['id']);
  const get = async () => (await gateway.request('/fax/1', { headers: { 'x-api-key': 'a-value-of-at-least-20-chars' } })).status;
  expect(await get()).toBe(403);
  const member = await call('POST', `/usageplans/${gateway.refs.get('Plan')}/keys`, { keyId: id, keyType: 'API_KEY' });
  expect(member).toMatchObject({ status: 201, body: { id, type: 'API_KEY', name: 'pool-1' } });
  expect(await get()).toBe(200);
  await call('PATCH', `/apikeys/${id}`, { patchOperations: [{ op: 'replace', path: '/enabled', value: 'false' }] });
  expect(await get()).toBe(403);
  await call('PATCH', `/apikeys/${id}`, { patchOperations: [{ op: 'replace', path: '/enabled', value: 'true' }] });
  expect((await call('DELETE', `/usageplans/${gateway.refs.get('Plan')}/keys/${id}`)).status).toBe(202);
  expect(await get()).toBe(403);
  expect((await call('DELETE', `/apikeys/${id}`)).status).toBe(202);
  expect(await call('GET', `/apikeys/${id}`)).toMatchObject({ status: 404, errorType: 'NotFoundException' });
});

test('keys of the template and of clients, their plans and their usage are there after a restart', async () => {
  const stateDirectory = temporaryDirectory();
  const first = await start({ stateDirectory });
  const call = await control(first);
  const template = (await call('GET', `/apikeys/${first.refs.get('Key')}?includeValue=true`)).body['value'];
  const created = (await call('POST', '/apikeys', { enabled: true })).body;
  const [id, value] = [String(created['id']), String(created['value'])];
  await call('POST', `/usageplans/${first.refs.get('Plan')}/keys`, { keyId: id, keyType: 'API_KEY' });
  await first.request('/fax/1', { headers: { 'x-api-key': value } });
  await first.close();

  const second = await start({ stateDirectory });
  const again = await control(second);
  expect((await again('GET', `/apikeys/${second.refs.get('Key')}?includeValue=true`)).body['value']).toBe(template);
  expect((await second.request('/fax/1', { headers: { 'x-api-key': value } })).status).toBe(200);
  const today = new Date().toISOString().slice(0, 10);
  const usage = await again(
    'GET',
    `/usageplans/${second.refs.get('Plan')}/usage?startDate=${today}&endDate=${today}&keyId=${id}`,
  );
  expect(usage.body).toEqual({
    usagePlanId: second.refs.get('Plan'),
    startDate: today,
    endDate: today,
    values: { [id]: [[2, 8]] },
  });
});

test.each<[string, unknown, string]>([
  ['a value that another key has', { value: 'the-same-value-twice-in-a-row' }, 'ConflictException'],
  ['a short value', { value: 'short' }, 'BadRequestException'],
  ['a parameter that is not built', { stageKeys: [] }, 'NotImplemented'],
])('%s is an error', async (_case, body, errorType) => {
  const call = await control(await start());
  await call('POST', '/apikeys', { value: 'the-same-value-twice-in-a-row' });
  expect(await call('POST', '/apikeys', body)).toMatchObject({ errorType });
});

test('an operation or a query parameter that is not built is an error', async () => {
  const call = await control(await start());
  expect(await call('POST', '/restapis', {})).toMatchObject({ status: 501, errorType: 'NotImplemented' });
  expect(await call('GET', '/usageplans?sort=name')).toMatchObject({ status: 501, errorType: 'NotImplemented' });
});

test('each operation is authorized by its method and path', async () => {
  const asked: string[] = [];
  const gateway = await start({
    authorize: (principal, action, resource) => {
      if (principal.kind !== 'role') return;
      asked.push(`${action} ${resource}`);
      throw new AwsError('AccessDeniedException', 'not authorized', 403);
    },
  });
  const call = await control(gateway, role);
  expect(await call('POST', '/apikeys', {})).toMatchObject({ status: 403, errorType: 'AccessDeniedException' });
  await call('DELETE', '/usageplans/abc/keys/def');
  expect(asked).toEqual([
    'apigateway:POST arn:aws:apigateway:eu-central-1::/apikeys',
    'apigateway:DELETE arn:aws:apigateway:eu-central-1::/usageplans/abc/keys/def',
  ]);
});
