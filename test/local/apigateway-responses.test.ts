/** What the gateway answers by itself: gateway responses, MOCK integrations, CORS preflights; and its access log. The functions are fakes (see the fixture). */
import { api, authorizer, closeAll, functionUri, gatewayResponse, type GatewayOptions, Outcome, policy, type Resources, startGateway } from './apigateway.fixture.js';

afterEach(closeAll);

const ok = () => ({ body: 'ok' });

function mock(integration: object, methodResponses: object[] = [{ StatusCode: '200' }]) {
  return { integration: { Type: 'MOCK', ...integration }, properties: { MethodResponses: methodResponses } };
}

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
        { api: { BinaryMediaTypes: ['*/*'] }, stage: { Variables: { color: 'blue' } }, resources: { Authorizer: authorizer(), ...resources } },
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
    await expect(start({ Bad: gatewayResponse('THROTTLED', { ResponseTemplates: { 'application/json': text } }) })).rejects.toThrow();
  });
});

describe('a MOCK integration', () => {
  test('answers with the response that its status code selects', async () => {
    const gateway = await startGateway(
      api({
        'ANY /fax': mock(
          {
            RequestTemplates: { 'application/json': '{"statusCode": 405}' },
            IntegrationResponses: [
              { StatusCode: '200', SelectionPattern: '2\\d\\d' },
              {
                StatusCode: '405',
                SelectionPattern: '40[45]',
                ResponseParameters: { 'method.response.header.Allow': "'GET, POST'", 'method.response.header.X-Id': 'context.requestId' },
                ResponseTemplates: { 'application/json': '{"detail":"$context.httpMethod is not for $context.resourcePath"}' },
              },
            ],
          },
          [{ StatusCode: '200' }, { StatusCode: '405', ResponseParameters: { 'method.response.header.Allow': true, 'method.response.header.X-Id': true } }],
        ),
      }),
    );
    const response = await gateway.request('/fax', { method: 'DELETE' });
    expect([response.status, response.text]).toEqual([405, '{"detail":"DELETE is not for /fax"}']);
    expect(response.headers).toMatchObject({ allow: 'GET, POST', 'content-type': 'application/json', 'x-id': response.headers['x-amzn-requestid'] });
  });

  test('is a CORS preflight as the CDK writes it', async () => {
    const header = 'method.response.header.Access-Control-Allow-Origin';
    const gateway = await startGateway(
      api({
        'OPTIONS /fax': mock(
          {
            RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
            IntegrationResponses: [{ StatusCode: '204', ResponseParameters: { [header]: "'*'" } }],
          },
          [{ StatusCode: '204', ResponseParameters: { [header]: true } }],
        ),
      }),
    );
    const response = await gateway.request('/fax', { method: 'OPTIONS' });
    expect([response.status, response.text, response.headers['access-control-allow-origin']]).toEqual([204, '', '*']);
  });

  test.each([
    [undefined, 500],
    ['WHEN_NO_TEMPLATES', 415],
    ['NEVER', 415],
  ])('with passthrough %s answers %d to a media type without template', async (PassthroughBehavior, status) => {
    const gateway = await startGateway(
      api({
        'POST /': mock({
          ...(PassthroughBehavior === undefined ? {} : { PassthroughBehavior }),
          RequestTemplates: { 'application/json': '{"statusCode":200}' },
          IntegrationResponses: [{ StatusCode: '200' }],
        }),
      }),
    );
    const post = (type: string, body: string) => gateway.request('/', { method: 'POST', body, headers: { 'Content-Type': type } });
    expect((await post('text/plain', 'x')).status).toBe(status);
    expect((await post('application/json; charset=utf-8', 'x')).status).toBe(200);
  });

  test('without a response for its status is a 500', async () => {
    const gateway = await startGateway(
      api({
        'GET /': mock({
          RequestTemplates: { 'application/json': '{"statusCode":404}' },
          IntegrationResponses: [{ StatusCode: '200', SelectionPattern: '200' }],
        }),
      }),
    );
    expect((await gateway.request('/')).status).toBe(500);
  });

  const responding = (response: object, responses?: object[]) =>
    startGateway(
      api({
        'GET /': mock({ RequestTemplates: { 'application/json': '{"statusCode":200}' }, IntegrationResponses: [{ StatusCode: '200', ...response }] }, responses),
      }),
    );

  test.each([
    ['a directive', { ResponseTemplates: { 'application/json': '#set($a = 1)' } }, /VTL/],
    ['another reference', { ResponseTemplates: { 'application/json': '$util.escapeJavaScript("x")' } }, /other references/],
    ['an undeclared header', { ResponseParameters: { 'method.response.header.A': "'b'" } }, /not declared/],
    ['a mapping from the integration', { ResponseParameters: { 'method.response.header.A': 'integration.response.header.B' } }, /not declared|does not evaluate/],
  ])('with %s is refused', async (_case, response, sentence) => {
    await expect(responding(response)).rejects.toThrow(sentence);
  });

  test('with a response that the method does not declare is refused', async () => {
    await expect(responding({}, [])).rejects.toThrow(/no method response/);
  });
});

describe('required parameters', () => {
  test('are checked where a validator says so', async () => {
    const properties = {
      RequestParameters: { 'method.request.header.X-Name': true, 'method.request.querystring.to': true, 'method.request.querystring.from': false },
    };
    const gateway = await startGateway(
      api(
        {
          'GET /checked': { integration: 'ok', properties: { ...properties, RequestValidatorId: { Ref: 'Validator' } } },
          'GET /unchecked': { integration: 'ok', properties },
        },
        { resources: { Validator: { Type: 'AWS::ApiGateway::RequestValidator', Properties: { RestApiId: { Ref: 'Api' }, ValidateRequestParameters: true } } } },
      ),
      { functions: { ok } },
    );
    expect((await gateway.request('/checked?to=1')).text).toBe('{"message":"Missing required request parameters: [X-Name]"}');
    expect((await gateway.request('/checked?to=1', { headers: { 'x-name': 'a' } })).status).toBe(200);
    expect((await gateway.request('/unchecked')).status).toBe(200);
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
      { functions: { ok, authorizer: () => policy('Allow', '*', { context: { owner: 'default' } }) }, clock: () => Date.UTC(2026, 10, 18, 10, 26, 40) },
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

describe('the template is refused', () => {
  const integration = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: functionUri('ok') };

  test.each<[string, Resources, RegExp]>([
    ['with an unknown property', api({ 'GET /': 'ok' }, { api: { Policy: {} } }), /Policy/],
    ['with compression', api({ 'GET /': 'ok' }, { api: { MinimumCompressionSize: 0 } }), /MinimumCompressionSize/],
    ['with a cache', api({ 'GET /': 'ok' }, { stage: { CacheClusterEnabled: true } }), /caches no responses/],
    ['with bodies in logs', api({ 'GET /': 'ok' }, { stage: { MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', DataTraceEnabled: true }] } }), /never wanted/],
    ['with IAM authorization', api({ 'GET /': { integration: 'ok', properties: { AuthorizationType: 'AWS_IAM' } } }), /AuthorizationType/],
    ['with credentials', api({ 'GET /': { integration: { ...integration, Credentials: 'arn:aws:iam::1:role/x' } } }), /Credentials/],
    ['with more than 29 seconds', api({ 'GET /': { integration: { ...integration, TimeoutInMillis: 30_000 } } }), /TimeoutInMillis/],
    ['with an HTTP integration', api({ 'GET /': { integration: { Type: 'HTTP_PROXY' } } }), /AWS_PROXY/],
    ['with an authorizer that does not exist', api({ 'GET /': { integration: 'ok', properties: { AuthorizationType: 'CUSTOM', AuthorizerId: 'x' } } }), /no authorizer x/],
    ['with settings for a path that does not exist', api({ 'GET /': 'ok' }, { stage: { MethodSettings: [{ HttpMethod: 'GET', ResourcePath: '/~1x' }] } }), /GET \/x/],
    ['with two parameters at one place', api({ 'GET /{a}': 'ok', 'GET /{b}': 'ok' }), /one variable path part/],
    ['with something below a greedy parameter', api({ 'GET /{a+}/b': 'ok' }), /greedy/],
    ['with a second API', { ...api({ 'GET /': 'ok' }), Second: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'x' } } }, /one RestApi/],
    ['with an account', { ...api({ 'GET /': 'ok' }), Account: { Type: 'AWS::ApiGateway::Account', Properties: {} } }, /Account/],
  ])('%s', async (_case, resources, sentence) => {
    await expect(startGateway(resources)).rejects.toThrow(sentence);
  });

  test('where a method is not among what the deployment depends on', async () => {
    const resources = api({ 'GET /': 'ok' });
    const late = { ...resources, Late: { ...resources['Method1'], Properties: { ...resources['Method1']?.Properties, HttpMethod: 'POST' } } };
    await expect(startGateway(JSON.parse(JSON.stringify(late)))).rejects.toThrow(/must depend on it/);
  });
});

test('an API whose execute-api endpoint is disabled answers nothing', async () => {
  const gateway = await startGateway(api({ 'GET /': 'ok' }, { api: { DisableExecuteApiEndpoint: true } }), { functions: { ok } });
  const response = await gateway.request('/');
  expect([response.status, response.text]).toEqual([403, '{"message":"Forbidden"}']);
});
