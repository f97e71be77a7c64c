/** MOCK integrations, CORS preflights, request validators, and what the gateway refuses to start with. The functions are fakes (see the fixture). */
import { api, closeAll, functionUri, type Resources, startGateway } from './apigateway.fixture.js';

afterEach(closeAll);

const ok = () => ({ body: 'ok' });

function mock(integration: object, methodResponses: object[] = [{ StatusCode: '200' }]) {
  return { integration: { Type: 'MOCK', ...integration }, properties: { MethodResponses: methodResponses } };
}

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
                ResponseParameters: {
                  'method.response.header.Allow': "'GET, POST'",
                  'method.response.header.X-Id': 'context.requestId',
                },
                ResponseTemplates: { 'application/json': '{"detail":"$context.httpMethod is not for $context.resourcePath"}' },
              },
            ],
          },
          [
            { StatusCode: '200' },
            {
              StatusCode: '405',
              ResponseParameters: { 'method.response.header.Allow': true, 'method.response.header.X-Id': true },
            },
          ],
        ),
      }),
    );
    const response = await gateway.request('/fax', { method: 'DELETE' });
    expect([response.status, response.text]).toEqual([405, '{"detail":"DELETE is not for /fax"}']);
    expect(response.headers).toMatchObject({
      allow: 'GET, POST',
      'content-type': 'application/json',
      'x-id': response.headers['x-amzn-requestid'],
    });
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
    const post = (type: string, body: string) =>
      gateway.request('/', { method: 'POST', body, headers: { 'Content-Type': type } });
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
        'GET /': mock(
          {
            RequestTemplates: { 'application/json': '{"statusCode":200}' },
            IntegrationResponses: [{ StatusCode: '200', ...response }],
          },
          responses,
        ),
      }),
    );

  test.each([
    ['a directive', { ResponseTemplates: { 'application/json': '#set($a = 1)' } }, /VTL/],
    ['another reference', { ResponseTemplates: { 'application/json': '$util.escapeJavaScript("x")' } }, /other references/],
    ['an undeclared header', { ResponseParameters: { 'method.response.header.A': "'b'" } }, /not declared/],
    [
      'a mapping from the integration',
      { ResponseParameters: { 'method.response.header.A': 'integration.response.header.B' } },
      /not declared|does not evaluate/,
    ],
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
      RequestParameters: {
        'method.request.header.X-Name': true,
        'method.request.querystring.to': true,
        'method.request.querystring.from': false,
      },
    };
    const gateway = await startGateway(
      api(
        {
          'GET /checked': { integration: 'ok', properties: { ...properties, RequestValidatorId: { Ref: 'Validator' } } },
          'GET /unchecked': { integration: 'ok', properties },
        },
        {
          resources: {
            Validator: {
              Type: 'AWS::ApiGateway::RequestValidator',
              Properties: { RestApiId: { Ref: 'Api' }, ValidateRequestParameters: true },
            },
          },
        },
      ),
      { functions: { ok } },
    );
    expect((await gateway.request('/checked?to=1')).text).toBe('{"message":"Missing required request parameters: [X-Name]"}');
    expect((await gateway.request('/checked?to=1', { headers: { 'x-name': 'a' } })).status).toBe(200);
    expect((await gateway.request('/unchecked')).status).toBe(200);
  });
});

describe('the template is refused', () => {
  const integration = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: functionUri('ok') };

  test.each<[string, Resources, RegExp]>([
    ['with an unknown property', api({ 'GET /': 'ok' }, { api: { Policy: {} } }), /Policy/],
    ['with compression', api({ 'GET /': 'ok' }, { api: { MinimumCompressionSize: 0 } }), /MinimumCompressionSize/],
    ['with a cache', api({ 'GET /': 'ok' }, { stage: { CacheClusterEnabled: true } }), /caches no responses/],
    [
      'with bodies in logs',
      api({ 'GET /': 'ok' }, { stage: { MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', DataTraceEnabled: true }] } }),
      /never wanted/,
    ],
    [
      'with IAM authorization',
      api({ 'GET /': { integration: 'ok', properties: { AuthorizationType: 'AWS_IAM' } } }),
      /AuthorizationType/,
    ],
    [
      'with credentials',
      api({ 'GET /': { integration: { ...integration, Credentials: 'arn:aws:iam::1:role/x' } } }),
      /Credentials/,
    ],
    [
      'with more than 29 seconds',
      api({ 'GET /': { integration: { ...integration, TimeoutInMillis: 30_000 } } }),
      /TimeoutInMillis/,
    ],
    ['with an HTTP integration', api({ 'GET /': { integration: { Type: 'HTTP_PROXY' } } }), /AWS_PROXY/],
    [
      'with an authorizer that does not exist',
      api({ 'GET /': { integration: 'ok', properties: { AuthorizationType: 'CUSTOM', AuthorizerId: 'x' } } }),
      /no authorizer x/,
    ],
    [
      'with settings for a path that does not exist',
      api({ 'GET /': 'ok' }, { stage: { MethodSettings: [{ HttpMethod: 'GET', ResourcePath: '/~1x' }] } }),
      /GET \/x/,
    ],
    ['with two parameters at one place', api({ 'GET /{a}': 'ok', 'GET /{b}': 'ok' }), /one variable path part/],
    ['with something below a greedy parameter', api({ 'GET /{a+}/b': 'ok' }), /greedy/],
    [
      'with a second API',
      { ...api({ 'GET /': 'ok' }), Second: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'x' } } },
      /one RestApi/,
    ],
    ['with a domain', { ...api({ 'GET /': 'ok' }), Domain: { Type: 'AWS::ApiGateway::DomainName', Properties: {} } }, /DomainName/],
  ])('%s', async (_case, resources, sentence) => {
    await expect(startGateway(resources)).rejects.toThrow(sentence);
  });

  test('where a method is not among what the deployment depends on', async () => {
    const resources = api({ 'GET /': 'ok' });
    const late: Resources = {
      ...resources,
      Late: { Type: 'AWS::ApiGateway::Method', Properties: { ...resources['Method1']?.Properties, HttpMethod: 'POST' } },
    };
    await expect(startGateway(late)).rejects.toThrow(/must depend on it/);
  });
});
