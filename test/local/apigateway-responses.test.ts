/** What the gateway answers by itself: gateway responses, by type and status; and its access log. The functions are fakes (see the fixture). */
import {
  api,
  authorizer,
  closeAll,
  gatewayResponse,
  type GatewayOptions,
  Outcome,
  policy,
  type Resources,
  startGateway,
} from './apigateway.fixture.js';

afterEach(closeAll);

const ok = () => ({ body: 'ok' });

describe('a gateway response', () => {
  const start = (resources: Resources, options: GatewayOptions = {}) =>
    startGateway(
      api(
        {
          'GET /guarded/{id}': { integration: 'ok', authorizer: 'Authorizer' },
          'GET /throws': 'throws',
          'GET /throttled': 'throttled',
          'POST /upload': 'ok',
        },
        {
          api: { BinaryMediaTypes: ['*/*'] },
          stage: { Variables: { color: 'blue' } },
          resources: { Authorizer: authorizer(), ...resources },
        },
      ),
      {
        functions: {
          ok,
          authorizer: (event) => policy('Deny', event['methodArn'], { context: { reason: 'key_expired', quoted: 'a "b"' } }),
          throws: () => new Outcome({ kind: 'failed', payload: '{}' }),
          throttled: () => new Outcome({ kind: 'throttled' }),
        },
        ...options,
      },
    );

  test('shapes the body from what is known of the request, and leaves empty what is not', async () => {
    const gateway = await start({
      Denied: gatewayResponse('ACCESS_DENIED', {
        ResponseTemplates: {
          'application/json':
            '{"detail":$context.error.messageString,"plain":"$context.error.message","type":"$context.error.responseType","code":"$context.authorizer.reason","none":"$context.authorizer.other","id":"$context.requestId","color":"$stageVariables.color","path":"$method.request.path.id","query":"$method.request.querystring.q"}',
        },
      }),
    });
    const response = await gateway.request('/guarded/17?q=x');
    expect(response.status).toBe(403);
    expect(JSON.parse(response.text)).toEqual({
      detail: 'User is not authorized to access this resource with an explicit deny',
      plain: 'User is not authorized to access this resource with an explicit deny',
      type: 'ACCESS_DENIED',
      code: 'key_expired',
      none: '',
      id: response.headers['x-amzn-requestid'],
      color: 'blue',
      path: '17',
      query: 'x',
    });
  });

  test('sets headers: literals, the context, the request; a missing one is left out', async () => {
    const gateway = await start({
      Unknown: gatewayResponse('MISSING_AUTHENTICATION_TOKEN', {
        StatusCode: '404',
        ResponseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.X-Id': 'context.requestId',
          'gatewayresponse.header.X-Origin': 'method.request.header.Origin',
          'gatewayresponse.header.X-Query': 'method.request.querystring.q',
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
        },
      }),
    });
    const { status, headers, text } = await gateway.request('/nowhere', { headers: { origin: 'https://a.example' } });
    expect([status, text]).toEqual([404, '{"message":"Missing Authentication Token"}']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'x-id': headers['x-amzn-requestid'],
      'x-origin': 'https://a.example',
      'content-type': 'application/problem+json',
    });
    expect(headers).not.toHaveProperty('x-query');
  });

  test('DEFAULT_4XX and DEFAULT_5XX stand in for types of their own, with the status of the type', async () => {
    const template = { ResponseTemplates: { 'application/json': '{"type":"$context.error.responseType"}' } };
    const gateway = await start({
      Client: gatewayResponse('DEFAULT_4XX', template),
      Server: gatewayResponse('DEFAULT_5XX', template),
      Own: gatewayResponse('ACCESS_DENIED', { ResponseTemplates: { 'application/json': '{"own":true}' } }),
    });
    const answer = async (path: string) => {
      const { status, text } = await gateway.request(path);
      return [status, text];
    };
    expect(await answer('/nowhere')).toEqual([403, '{"type":"MISSING_AUTHENTICATION_TOKEN"}']);
    expect(await answer('/guarded/1')).toEqual([403, '{"own":true}']);
    expect(await answer('/throws')).toEqual([502, '{"type":"DEFAULT_5XX"}']);
    expect(await answer('/throttled')).toEqual([500, '{"type":"INTEGRATION_FAILURE"}']);
  });

  test('of type INTEGRATION_FAILURE turns the 500 of a throttled function into its own status, 504 by default', async () => {
    const gateway = await start({ Failure: gatewayResponse('INTEGRATION_FAILURE', {}) });
    expect((await gateway.request('/throttled')).status).toBe(504);
    const custom = await start({ Failure: gatewayResponse('INTEGRATION_FAILURE', { StatusCode: '503' }) });
    expect((await custom.request('/throttled')).status).toBe(503);
  });

  test('chooses its template by what the client accepts', async () => {
    const gateway = await start({
      Unknown: gatewayResponse('MISSING_AUTHENTICATION_TOKEN', {
        ResponseTemplates: { 'text/plain': 'no such thing', 'application/json': '{}' },
      }),
    });
    expect((await gateway.request('/x', { headers: { Accept: 'text/plain;q=1, */*' } })).text).toBe('no such thing');
    expect((await gateway.request('/x')).headers['content-type']).toBe('application/json');
  });

  test('of type REQUEST_TOO_LARGE has no effect, as on AWS, and the start says so', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const gateway = await start({
      TooLarge: gatewayResponse('REQUEST_TOO_LARGE', { ResponseTemplates: { 'application/json': '{"mine":true}' } }),
      Client: gatewayResponse('DEFAULT_4XX', { ResponseTemplates: { 'application/json': '{"mine":true}' } }),
    });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('REQUEST_TOO_LARGE'));
    warn.mockRestore();
    const response = await gateway.request('/upload', { method: 'POST', body: Buffer.alloc(5 * 1024 * 1024) });
    expect([response.status, response.text]).toEqual([413, '{"message":"Request Too Long"}']);
  });

  test.each([
    ['$input', '{"a":"$input.params(1)"}'],
    ['an unknown variable', '{"a":"$context.requestID"}'],
  ])('with %s in it is refused', async (_case, text) => {
    await expect(
      start({ Bad: gatewayResponse('THROTTLED', { ResponseTemplates: { 'application/json': text } }) }),
    ).rejects.toThrow();
  });
});

describe('the access log', () => {
  const group = 'access-log';
  const logging = (Format: string) => ({
    stage: { AccessLogSetting: { DestinationArn: `arn:aws:logs:eu-central-1:000000000000:log-group:${group}:*`, Format } },
  });

  test('has a line for each request, with a hyphen for what is missing', async () => {
    const format =
      '{"id":"$context.requestId","at":"$context.requestTime","who":"$context.authorizer.owner","path":"$context.resourcePath","status":$context.status,"length":$context.responseLength,"ms":"$context.integration.latency","error":"$context.error.responseType","waf":"$context.wafResponseCode"}';
    const gateway = await startGateway(
      api(
        { 'GET /fax/{id}': { integration: 'ok', authorizer: 'Authorizer' } },
        { ...logging(format), resources: { Authorizer: authorizer() } },
      ),
      {
        functions: { ok, authorizer: () => policy('Allow', '*', { context: { owner: 'default' } }) },
        clock: () => Date.UTC(2026, 10, 18, 10, 26, 40),
      },
    );
    const first = await gateway.request('/fax/17?secret=1');
    await gateway.request('/nowhere');
    await gateway.close();
    expect(gateway.logged).toHaveLength(2);
    expect(gateway.logged[0]?.group).toBe(group);
    expect(JSON.parse(gateway.logged[0]?.message ?? '')).toEqual({
      id: first.headers['x-amzn-requestid'],
      at: '18/Nov/2026:10:26:40 +0000',
      who: 'default',
      path: '/fax/{id}',
      status: 200,
      length: 2,
      ms: '0',
      error: '-',
      waf: '-',
    });
    expect(JSON.parse(gateway.logged[1]?.message ?? '')).toMatchObject({
      who: '-',
      path: '-',
      status: 403,
      ms: '-',
      error: 'MISSING_AUTHENTICATION_TOKEN',
    });
  });

  test.each([
    ['no request id', '$context.status'],
    ['a variable that AWS does not have', '$context.requestId $context.query'],
    ['something that is no variable', '$context.requestId $input.body'],
  ])('is refused with %s', async (_case, format) => {
    await expect(startGateway(api({ 'GET /': 'ok' }, logging(format)))).rejects.toThrow();
  });
});

test('an API whose execute-api endpoint is disabled answers nothing', async () => {
  const gateway = await startGateway(api({ 'GET /': 'ok' }, { api: { DisableExecuteApiEndpoint: true } }), { functions: { ok } });
  const response = await gateway.request('/');
  expect([response.status, response.text]).toEqual([403, '{"message":"Forbidden"}']);
});
