/** Lambda authorizers: what they get, what their answers mean, and the cache. The functions are fakes (see the fixture). */
import {
  api,
  authorizer,
  closeAll,
  type GatewayOptions,
  Outcome,
  policy,
  record,
  type Resources,
  startGateway,
  some,
} from './apigateway.fixture.js';

afterEach(closeAll);

const echo = (event: Record<string, unknown>) => ({ body: JSON.stringify(event) });

function guarded(
  fake: (event: Record<string, unknown>) => unknown,
  properties: object = {},
  options: GatewayOptions = {},
  extra: Resources = {},
) {
  return startGateway(
    api(
      {
        'ANY /fax/{id}': { integration: 'echo', authorizer: 'Authorizer' },
        'GET /': { integration: 'echo', authorizer: 'Authorizer' },
        'GET /open': 'echo',
      },
      { resources: { Authorizer: authorizer(properties), ...extra } },
    ),
    { functions: { authorizer: fake, echo }, ...options },
  );
}

const allow = (event: Record<string, unknown>) => policy('Allow', event['methodArn']);
const failed = (errorMessage: string) =>
  new Outcome({ kind: 'failed', payload: JSON.stringify({ errorMessage, errorType: 'Error' }) });

describe('a REQUEST authorizer', () => {
  test('gets the whole request except its body', async () => {
    const gateway = await guarded(allow);
    await gateway.request('/api/fax/a%2B1?q=1&q=2', { method: 'POST', body: 'secret', headers: { 'X-Test': 'y' } });
    const [first] = gateway.invocations;
    expect(first?.functionName).toBe('authorizer');
    expect(first?.event).toMatchObject({
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:eu-central-1:000000000000:${gateway.refs.get('Api')}/api/POST/fax/a%2B1`,
      resource: '/fax/{id}',
      path: '/fax/a%2B1',
      httpMethod: 'POST',
      headers: { 'X-Test': 'y' },
      multiValueHeaders: { 'X-Test': ['y'] },
      queryStringParameters: { q: '2' },
      multiValueQueryStringParameters: { q: ['1', '2'] },
      pathParameters: { id: 'a%2B1' },
      stageVariables: {},
      requestContext: { path: '/api/fax/a%2B1', resourcePath: '/fax/{id}', identity: { sourceIp: '127.0.0.1' } },
    });
    expect(first?.event).not.toHaveProperty('body');
    expect(record(first?.event['requestContext'])).not.toHaveProperty('authorizer');
  });

  test('gets empty objects where a proxy event has null', async () => {
    const gateway = await guarded(allow);
    await gateway.request('/');
    expect(gateway.invocations[0]?.event).toMatchObject({
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
      pathParameters: {},
      stageVariables: {},
    });
  });

  test('is invoked in the name of the authorizer', async () => {
    const gateway = await guarded(allow);
    await gateway.request('/');
    expect(gateway.invocations[0]?.invoker).toMatchObject({
      sourceArn: `arn:aws:execute-api:eu-central-1:000000000000:${gateway.refs.get('Api')}/authorizers/${gateway.refs.get('Authorizer')}`,
    });
  });

  test('hands its context on as strings', async () => {
    const gateway = await guarded((event) =>
      policy('Allow', event['methodArn'], { context: { text: 'a', count: 1, flag: true, nothing: null } }),
    );
    const response = await gateway.request('/');
    expect(record(JSON.parse(response.text))['requestContext']).toMatchObject({
      authorizer: { principalId: 'somebody', text: 'a', count: '1', flag: 'true', integrationLatency: some.number() },
    });
  });

  test('is not asked for a method without it', async () => {
    const gateway = await guarded(() => policy('Deny', '*'));
    expect((await gateway.request('/open')).status).toBe(200);
    expect(gateway.invocations).toHaveLength(1);
  });
});

describe('the policy', () => {
  const statement = (Effect: string, Resource: unknown, more: object = {}) => ({
    Action: 'execute-api:Invoke',
    Effect,
    Resource,
    ...more,
  });
  const answered = async (Statement: unknown) => {
    const gateway = await guarded(() => ({ principalId: 'p', policyDocument: { Version: '2012-10-17', Statement } }));
    const response = await gateway.request('/fax/1');
    return [response.status, response.text];
  };
  const denied = [403, '{"Message":"User is not authorized to access this resource"}'];
  const explicit = [403, '{"Message":"User is not authorized to access this resource with an explicit deny"}'];
  const configuration = [500, '{"message":null}'];

  test.each([
    ['any resource', [statement('Allow', '*')]],
    ['one statement that is no list', statement('Allow', ['arn:aws:execute-api:*:*:*/api/GET/fax/?'])],
    ['any action', [statement('Allow', '*', { Action: ['EXECUTE-API:*'] })]],
    ['what another statement names', [statement('Allow', 'arn:other'), statement('Allow', '*/GET/*')]],
    ['everything but another resource', [{ Action: '*', Effect: 'Allow', NotResource: '*/POST/*' }]],
  ])('allows %s', async (_case, document) => {
    expect((await answered(document))[0]).toBe(200);
  });

  test.each([
    ['another method', [statement('Allow', 'arn:aws:execute-api:*:*:*/api/POST/fax/1')]],
    ['another action', [statement('Allow', '*', { Action: 'execute-api:ManageConnections' })]],
    ['another case of the path', [statement('Allow', '*/GET/FAX/1')]],
    ['nothing', []],
  ])('that allows %s denies', async (_case, document) => {
    expect(await answered(document)).toEqual(denied);
  });

  test('denies explicitly whatever else it allows', async () => {
    expect(await answered([statement('Allow', '*'), statement('Deny', '*/fax/1')])).toEqual(explicit);
  });

  test.each([
    ['no document', undefined],
    ['a wrong effect', [statement('Maybe', '*')]],
    ['no resource', [{ Action: '*', Effect: 'Allow' }]],
    ['a condition, which does not run here', [statement('Allow', '*', { Condition: { IpAddress: {} } })]],
  ])('with %s is a 500', async (_case, document) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const outcome = await answered(document ?? [{}]);
    warn.mockRestore();
    expect(outcome).toEqual(configuration);
  });
});

describe('an answer that is no policy', () => {
  beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterEach(() => jest.restoreAllMocks());

  test('the error "Unauthorized", and no other, is a 401', async () => {
    const unauthorized = await (await guarded(() => failed('Unauthorized'))).request('/');
    expect([unauthorized.status, unauthorized.text]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(unauthorized.headers['x-amzn-errortype']).toBe('UnauthorizedException');
    const other = await (await guarded(() => failed('Unauthorized!'))).request('/');
    expect([other.status, other.text, other.headers['x-amzn-errortype']]).toEqual([
      500,
      '{"message":null}',
      'AuthorizerConfigurationException',
    ]);
  });

  test.each<[string, () => unknown]>([
    ['a string', () => 'yes'],
    ['no policy document', () => ({ principalId: 'p' })],
    ['an object in the context', () => policy('Allow', '*', { context: { nested: {} } })],
    ['a principal that is a number', () => ({ ...policy('Allow', '*'), principalId: 1 })],
    ['more than 8 KB', () => policy('Allow', '*', { context: { long: 'x'.repeat(8192) } })],
    ['nothing in its own time', () => new Outcome({ kind: 'timed-out', payload: '{}' })],
  ])('%s is a 500 of its configuration', async (_case, fake) => {
    const response = await (await guarded(fake)).request('/');
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([500, 'AuthorizerConfigurationException']);
  });

  test('a throttled authorizer is a 500 of the authorizer', async () => {
    const response = await (await guarded(() => new Outcome({ kind: 'throttled' }))).request('/');
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([500, 'AuthorizerFailureException']);
  });
});

describe('identity sources', () => {
  const sources = { IdentitySource: 'method.request.header.X-Key, method.request.querystring.user' };

  test('missing or empty: 401, and the authorizer is not invoked', async () => {
    const gateway = await guarded(allow, sources);
    expect((await gateway.request('/', { headers: { 'x-key': 'k' } })).status).toBe(401);
    expect((await gateway.request('/?user=u', { headers: { 'x-key': '' } })).status).toBe(401);
    expect(gateway.invocations).toHaveLength(0);
    expect((await gateway.request('/?user=u', { headers: { 'x-KEY': 'k' } })).status).toBe(200);
  });
});

describe('the cache', () => {
  const sources = { IdentitySource: 'method.request.header.X-Key', AuthorizerResultTtlInSeconds: 60 };
  const asked = (gateway: { invocations: readonly { functionName: string }[] }) =>
    gateway.invocations.filter(({ functionName }) => functionName === 'authorizer').length;

  test('keeps an answer for its time, per identity', async () => {
    let now = 1_000_000;
    const gateway = await guarded(() => policy('Allow', '*'), sources, { clock: () => now });
    const get = (key: string) => gateway.request('/', { headers: { 'X-Key': key } });
    await get('a');
    await get('a');
    expect(asked(gateway)).toBe(1);
    await get('b');
    expect(asked(gateway)).toBe(2);
    now += 60_000;
    await get('a');
    expect(asked(gateway)).toBe(3);
  });

  test('holds the cached policy against each method anew', async () => {
    const gateway = await guarded(() => policy('Allow', '*/GET/'), sources);
    const headers = { 'X-Key': 'a' };
    expect((await gateway.request('/', { headers })).status).toBe(200);
    expect((await gateway.request('/fax/1', { headers })).status).toBe(403);
    expect(asked(gateway)).toBe(1);
  });

  test('does not exist with a time of 0', async () => {
    const gateway = await guarded(allow, { ...sources, AuthorizerResultTtlInSeconds: 0 });
    await gateway.request('/', { headers: { 'X-Key': 'a' } });
    await gateway.request('/', { headers: { 'X-Key': 'a' } });
    expect(asked(gateway)).toBe(2);
  });

  test('needs an identity: the template is refused without one, also with the default time', async () => {
    await expect(guarded(allow, { AuthorizerResultTtlInSeconds: 60 })).rejects.toThrow(/needs an IdentitySource/);
    await expect(guarded(allow, { AuthorizerResultTtlInSeconds: undefined })).rejects.toThrow(/needs an IdentitySource/);
  });
});

describe('a TOKEN authorizer', () => {
  const token = {
    Type: 'TOKEN',
    IdentitySource: 'method.request.header.Authorization',
    IdentityValidationExpression: 'Bearer .+',
  };

  test('gets the token and nothing else', async () => {
    const gateway = await guarded(allow, token);
    expect((await gateway.request('/', { headers: { Authorization: 'Bearer x' } })).status).toBe(200);
    expect(gateway.invocations[0]?.event).toEqual({
      type: 'TOKEN',
      authorizationToken: 'Bearer x',
      methodArn: `arn:aws:execute-api:eu-central-1:000000000000:${gateway.refs.get('Api')}/api/GET/`,
    });
  });

  test('is not asked about a token that does not look like one', async () => {
    const gateway = await guarded(allow, token);
    expect((await gateway.request('/', { headers: { Authorization: 'Basic x' } })).status).toBe(401);
    expect(gateway.invocations).toHaveLength(0);
  });
});

test('a method ARN of more than 1,600 bytes is a 414', async () => {
  const gateway = await guarded(allow);
  expect((await gateway.request(`/fax/${'x'.repeat(1600)}`)).status).toBe(414);
});
