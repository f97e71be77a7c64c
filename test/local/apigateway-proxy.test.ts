/** Routes, events and answers of Lambda proxy integrations, over real HTTP. The functions are fakes (see the fixture). */
import { api, closeAll, record, startGateway, type TestGateway, some } from './apigateway.fixture.js';

afterEach(closeAll);

const echo = (event: Record<string, unknown>) => ({ body: JSON.stringify(event) });

async function received(gateway: TestGateway, path: string, options = {}): Promise<Record<string, unknown>> {
  const response = await gateway.request(path, options);
  expect(response.status).toBe(200);
  return record(JSON.parse(response.text));
}

describe('routes', () => {
  const named = (name: string) => () => ({ body: name });
  const functions = { exact: named('exact'), parameter: named('parameter'), greedy: named('greedy'), any: named('any') };
  const routes = api({
    'GET /fax/list': 'exact',
    'GET /fax/{id}': 'parameter',
    'ANY /fax/{id}': 'any',
    'GET /fax/{id}/pdf': 'parameter',
    'ANY /{proxy+}': 'greedy',
    'GET /only/get': 'exact',
  });
  const get = async (path: string, method = 'GET') =>
    (await (await startGateway(routes, { functions })).request(path, { method })).text;

  test('an exact segment wins over a parameter, a parameter over a greedy one', async () => {
    const gateway = await startGateway(routes, { functions });
    const answers = await Promise.all(
      ['/fax/list', '/fax/17', '/fax/17/pdf', '/fax/17/other', '/other', '/fax'].map(
        async (path) => (await gateway.request(path)).text,
      ),
    );
    expect(answers).toEqual(['exact', 'parameter', 'parameter', 'greedy', 'greedy', 'greedy']);
  });

  test('a method of its own wins over ANY', async () => {
    expect(await get('/fax/17', 'DELETE')).toBe('any');
  });

  test('a path whose resource lacks the method does not fall through to the greedy one', async () => {
    const gateway = await startGateway(routes, { functions });
    const response = await gateway.request('/only/get', { method: 'POST' });
    expect([response.status, response.text]).toEqual([403, '{"message":"Missing Authentication Token"}']);
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });

  test('the stage answers with and without its name, and a slash at the end makes no difference', async () => {
    const gateway = await startGateway(routes, { functions });
    for (const path of ['/fax/list', '/api/fax/list', '/fax/list/', '/api/fax/list/'])
      expect((await gateway.request(path)).text).toBe('exact');
    expect((await gateway.request('/apifax')).text).toBe('greedy');
  });

  test('an unknown path is a Missing Authentication Token where there is no catch-all', async () => {
    const gateway = await startGateway(api({ 'GET /known': 'exact' }), { functions });
    expect((await gateway.request('/unknown')).status).toBe(403);
    expect((await gateway.request('/')).status).toBe(403);
    expect((await gateway.request('/known', { method: 'TRACE' })).status).toBe(403);
  });

  test('a HEAD needs a method of its own and has no body', async () => {
    const gateway = await startGateway(api({ 'GET /get': 'exact', 'ANY /any': 'exact' }), { functions });
    expect((await gateway.request('/get', { method: 'HEAD' })).status).toBe(403);
    const response = await gateway.request('/any', { method: 'HEAD' });
    expect([response.status, response.text, response.headers['content-length']]).toEqual([200, '', '5']);
  });
});

describe('the proxy event', () => {
  const echoing = (extra = {}) =>
    startGateway(api({ 'ANY /': 'echo', 'ANY /fax/{id}': 'echo', 'ANY /files/{path+}': 'echo' }, extra), { functions: { echo } });

  test('has every field, null where there is nothing', async () => {
    const gateway = await echoing();
    const event = await received(gateway, '/api', { headers: { 'User-Agent': 'test/1' } });
    expect(event).toMatchObject({
      resource: '/',
      path: '/',
      httpMethod: 'GET',
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    });
    expect(event['requestContext']).toEqual({
      accountId: '000000000000',
      apiId: gateway.refs.get('Api'),
      deploymentId: gateway.refs.get('Deployment'),
      domainName: gateway.url.slice('http://'.length),
      domainPrefix: '127',
      extendedRequestId: some.matching(/^[\w+/]{15}=$/),
      httpMethod: 'GET',
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '127.0.0.1',
        user: null,
        userAgent: 'test/1',
        userArn: null,
      },
      path: '/api/',
      protocol: 'HTTP/1.1',
      requestId: some.matching(/^[0-9a-f-]{36}$/),
      requestTime: some.matching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      requestTimeEpoch: some.number(),
      resourceId: some.text(),
      resourcePath: '/',
      stage: 'api',
    });
  });

  test('keeps path parameters percent-encoded, as REST APIs do', async () => {
    const gateway = await echoing();
    expect(await received(gateway, '/fax/a%2Bb%20c')).toMatchObject({
      path: '/fax/a%2Bb%20c',
      pathParameters: { id: 'a%2Bb%20c' },
      resource: '/fax/{id}',
    });
    expect(await received(gateway, '/files/a/b%2Fc/')).toMatchObject({
      path: '/files/a/b%2Fc/',
      pathParameters: { path: 'a/b%2Fc' },
      resource: '/files/{path+}',
    });
  });

  test('decodes the query, with the last value of a name as its single one', async () => {
    const gateway = await echoing();
    expect(await received(gateway, '/?a=1&a=2&b=x+y%2B&c&=&%zz=1')).toMatchObject({
      queryStringParameters: { a: '2', b: 'x y+', c: '', '': '', '%zz': '1' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y+'], c: [''] },
    });
  });

  test('keeps the case of headers, adds its own, and leaves hop-by-hop ones out', async () => {
    const gateway = await echoing();
    const event = await received(gateway, '/', {
      method: 'POST',
      body: '{}',
      headers: {
        tEsT: ['one', 'two'],
        authorization: 'Bearer x',
        'X-Forwarded-For': '203.0.113.9',
        TE: 'trailers',
        'Content-MD5': 'x',
      },
    });
    const headers = record(event['headers']);
    expect(headers).toMatchObject({
      tEsT: 'two',
      Authorization: 'Bearer x',
      'X-Forwarded-For': '203.0.113.9, 127.0.0.1',
      'X-Forwarded-Proto': 'http',
      'X-Amzn-Trace-Id': some.matching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
    expect(record(event['multiValueHeaders'])).toMatchObject({ tEsT: ['one', 'two'], Host: [some.text()] });
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    for (const dropped of ['te', 'content-md5', 'content-length', 'connection']) expect(names).not.toContain(dropped);
  });

  test('carries a body as text, or as base64 where its Content-Type is one of binaryMediaTypes', async () => {
    const gateway = await echoing({ api: { BinaryMediaTypes: ['multipart/form-data', 'image/*'] } });
    const bytes = Buffer.from([0xff, 0x00, 0x41]);
    const post = (contentType: string, body: Buffer | string) =>
      received(gateway, '/', { method: 'POST', body, headers: { 'Content-Type': contentType } });
    expect(await post('multipart/form-data; boundary=x', bytes)).toMatchObject({
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    });
    expect(await post('IMAGE/png', bytes)).toMatchObject({ isBase64Encoded: true });
    expect(await post('application/json', '{"ä":1}')).toMatchObject({ body: '{"ä":1}', isBase64Encoded: false });
    expect(await post('application/pdf', bytes)).toMatchObject({ body: '\ufffd\u0000A', isBase64Encoded: false });
  });

  test('has the stage variables, and X-HTTP-Method-Override changes the method', async () => {
    const gateway = await echoing({ stage: { Variables: { color: 'blue' } } });
    expect(await received(gateway, '/', { method: 'POST', headers: { 'X-HTTP-Method-Override': 'PUT' } })).toMatchObject({
      stageVariables: { color: 'blue' },
      httpMethod: 'PUT',
    });
  });

  test('is sent by API Gateway on behalf of the method', async () => {
    const gateway = await echoing();
    await gateway.request('/fax/17', { method: 'PUT' });
    expect(gateway.invocations[0]?.invoker).toEqual({
      kind: 'service',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:eu-central-1:000000000000:${gateway.refs.get('Api')}/api/PUT/fax/{id}`,
    });
  });
});

describe('the answer of a function', () => {
  const answering = (answer: unknown, extra = {}) =>
    startGateway(api({ 'ANY /': 'function' }, extra), { functions: { function: () => answer } });

  test.each([
    ['an empty object', {}, 200, ''],
    ['a status as a string', { statusCode: '201' }, 201, ''],
    ['null for headers and body', { statusCode: 200, headers: null, multiValueHeaders: null, body: null }, 200, ''],
  ])('%s is fine', async (_case, answer, status, body) => {
    const response = await (await answering(answer)).request('/');
    expect([response.status, response.text, response.headers['content-type']]).toEqual([status, body, 'application/json']);
  });

  test.each([
    ['a field too many', { statusCode: 200, cookies: [] }],
    ['a status that is none', { statusCode: 'test' }],
    ['a status of 99', { statusCode: 99 }],
    ['a body that is an object', { statusCode: 200, body: {} }],
    ['a string', 'text'],
    ['null', null],
    ['a multi-value header that is no list', { multiValueHeaders: { a: 'b' } }],
    ['a header that is an object', { headers: { a: {} } }],
    ['a header with a line break', { headers: { a: 'b\r\nc: d' } }],
    ['a header name with a space', { headers: { 'a b': 'c' } }],
    ['isBase64Encoded as text', { isBase64Encoded: 'true' }],
  ])('%s is a 502, and the console says why', async (_case, answer) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const response = await (await answering(answer)).request('/');
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('gave no proxy response'));
    warn.mockRestore();
    expect([response.status, response.text]).toEqual([502, '{"message":"Internal server error"}']);
    expect(response.headers['x-amzn-errortype']).toBe('InternalServerErrorException');
  });

  test('keeps header names, joins single and multiple values, writes true and numbers', async () => {
    const gateway = await answering({
      headers: { 'X-One': 'single', 'X-Both': 'single', 'X-Flag': true, 'X-Count': 3 },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Both': ['many'] },
    });
    const { rawHeaders } = await gateway.request('/');
    const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
    expect(pairs).toEqual(
      expect.arrayContaining([
        'X-One: single',
        'X-Both: many',
        'X-Flag: true',
        'X-Count: 3',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2',
      ]),
    );
    expect(pairs).not.toContain('X-Both: single');
  });

  test('has the headers remapped or dropped that AWS remaps or drops', async () => {
    const gateway = await answering({
      body: 'four',
      headers: {
        'WWW-Authenticate': 'Basic',
        Server: 'x',
        'Content-Length': '999',
        Date: 'then',
        'Transfer-Encoding': 'chunked',
        Via: 'y',
      },
    });
    const { headers, text } = await gateway.request('/');
    expect(headers).toMatchObject({
      'x-amzn-remapped-www-authenticate': 'Basic',
      'x-amzn-remapped-server': 'x',
      'x-amzn-remapped-content-length': '999',
      'x-amzn-remapped-date': 'then',
      'content-length': '4',
    });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(headers).not.toHaveProperty('via');
    expect(text).toBe('four');
  });

  test('carries the ids of the request', async () => {
    const { headers } = await (await answering({})).request('/');
    expect(headers).toMatchObject({
      'x-amzn-requestid': some.matching(/^[0-9a-f-]{36}$/),
      'x-amz-apigw-id': some.matching(/=$/),
      'x-amzn-trace-id': some.matching(/^Root=1-/),
    });
  });

  test('is decoded from base64 only for a client whose first accepted media type is binary', async () => {
    const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff]);
    const gateway = await answering(
      { body: pdf.toString('base64'), isBase64Encoded: true },
      { api: { BinaryMediaTypes: ['application/pdf'] } },
    );
    expect((await gateway.request('/', { headers: { Accept: 'application/pdf' } })).body).toEqual(pdf);
    expect((await gateway.request('/', { headers: { Accept: 'text/html, application/pdf' } })).text).toBe(pdf.toString('base64'));
    expect((await gateway.request('/')).text).toBe(pdf.toString('base64'));
  });

  test('that is no base64 although it says so is a 500', async () => {
    const gateway = await answering({ body: '%%%', isBase64Encoded: true }, { api: { BinaryMediaTypes: ['*/*'] } });
    expect((await gateway.request('/')).status).toBe(500);
  });

  test('has no body and no length with 204', async () => {
    const response = await (await answering({ statusCode: 204, body: 'x' })).request('/');
    expect([response.status, response.text, response.headers['content-length']]).toEqual([204, '', undefined]);
  });
});
