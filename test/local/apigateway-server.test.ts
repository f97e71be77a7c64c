/** How the gateway's server stands up to limits, failing functions and odd clients, over real HTTP. The functions are fakes (see the fixture). */
import { connect } from 'node:net';
import { api, closeAll, Outcome, startGateway, type TestGateway } from './apigateway.fixture.js';

afterEach(closeAll);

const ok = () => ({ statusCode: 200, body: 'ok' });
const echo = (event: Record<string, unknown>) => ({ body: JSON.stringify(event) });

describe('a function that does not answer', () => {
  const failing = (outcome: Outcome['outcome'], properties = {}) =>
    startGateway(
      api({ 'GET /': { integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uri, ...properties } } }),
      { functions: { function: () => new Outcome(outcome) } },
    );
  const uri =
    'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:000000000000:function:function/invocations';

  test.each([
    ['throws', { kind: 'failed', payload: '{"errorMessage":"x"}' } as const, 502, 'Internal server error'],
    ['times out by itself', { kind: 'timed-out', payload: '{}' } as const, 502, 'Internal server error'],
    ['is throttled', { kind: 'throttled' } as const, 500, 'Internal server error'],
  ])('%s: the client gets its status', async (_case, outcome, status, message) => {
    const response = await (await failing(outcome)).request('/');
    expect([response.status, response.text]).toEqual([status, JSON.stringify({ message })]);
  });

  test('takes longer than the integration may: 504', async () => {
    const gateway = await failing(new Promise(() => undefined), { TimeoutInMillis: 50 });
    const response = await gateway.request('/');
    expect([response.status, response.text]).toEqual([504, '{"message":"Endpoint request timed out"}']);
  });

  test('may not be invoked: 500, and one warning that names the missing permission', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const gateway = await startGateway(api({ 'GET /': 'gone' }));
    expect((await gateway.request('/')).text).toBe('{"message":"Internal server error"}');
    expect((await gateway.request('/')).status).toBe(500);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/gone.*AWS::Lambda::Permission.*execute-api:.*\/api\/GET\//)]]);
    warn.mockRestore();
  });
});

describe('limits', () => {
  const gatewayWith = (binary: string[] = []) =>
    startGateway(api({ 'ANY /': 'function' }, { api: { BinaryMediaTypes: binary } }), { functions: { function: ok } });
  const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024, 'x');

  test('a body of 10 MB reaches neither API nor gateway response: 413 in plain text', async () => {
    const gateway = await gatewayWith();
    const response = await gateway.request('/', { method: 'POST', body: Buffer.concat([megabytes(10), Buffer.from('x')]) });
    expect([response.status, response.text]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
    expect(gateway.invocations).toHaveLength(0);
  });

  test('so does one that comes in chunks', async () => {
    const gateway = await gatewayWith();
    const response = await gateway.request('/', {
      method: 'POST',
      headers: { 'Transfer-Encoding': 'chunked' },
      body: megabytes(11),
    });
    expect(response.status).toBe(413);
  });

  test('an event over 6 MB, base64 included, is refused by Lambda: 413', async () => {
    const gateway = await gatewayWith(['multipart/form-data']);
    const send = (body: Buffer, type: string) =>
      gateway.request('/', { method: 'POST', body, headers: { 'Content-Type': type } });
    const refused = await send(megabytes(5), 'multipart/form-data');
    expect([refused.status, refused.text]).toEqual([413, '{"message":"Request Too Long"}']);
    expect((await send(megabytes(4), 'multipart/form-data')).status).toBe(200);
    expect((await send(megabytes(5), 'text/plain')).status).toBe(200);
  });

  test('header values of 10,240 bytes are too many', async () => {
    const response = await (await gatewayWith()).request('/', { headers: { a: 'x'.repeat(10_300) } });
    expect([response.status, response.text]).toEqual([431, 'HTTP header is larger than 10240 bytes.']);
  });

  test('a bar or a brace in the query must be percent-encoded', async () => {
    const gateway = await gatewayWith();
    expect((await gateway.request('/?a=b|c')).status).toBe(400);
    expect((await gateway.request('/?a=b%7Cc')).status).toBe(200);
  });
});

describe('the server', () => {
  const raw = (gateway: TestGateway, text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(text));
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('close', () => {
        resolve(received);
      });
      socket.on('error', reject);
    });

  test('answers what is not HTTP with 400 and goes on', async () => {
    const gateway = await startGateway(api({ 'ANY /': 'echo' }), { functions: { echo } });
    expect(await raw(gateway, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await gateway.request('/')).status).toBe(200);
  });

  test('answers pipelined requests in their order', async () => {
    const gateway = await startGateway(api({ 'ANY /{path+}': 'path' }), {
      functions: { path: (received) => ({ body: String(received['path']) }) },
    });
    const received = await raw(
      gateway,
      'GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(received.indexOf('/one')).toBeGreaterThan(0);
    expect(received.indexOf('/two')).toBeGreaterThan(received.indexOf('/one'));
  });

  test('says 100 Continue to whom it will read, and refuses at once what is too large', async () => {
    const gateway = await startGateway(api({ 'ANY /': 'echo' }), { functions: { echo } });
    const head = (length: number) =>
      `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
    expect(await raw(gateway, `${head(2)}{}`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(head(20_000_000)));
    const first = await new Promise<string>((resolve) =>
      socket.once('data', (chunk) => {
        resolve(chunk.toString());
      }),
    );
    socket.destroy();
    expect(first).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('does not mind a client that goes away in the middle of its upload', async () => {
    const gateway = await startGateway(api({ 'ANY /': 'echo' }), { functions: { echo } });
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc', () => socket.destroy());
      });
      socket.on('close', () => {
        resolve();
      });
    });
    expect((await gateway.request('/')).status).toBe(200);
    expect(gateway.invocations).toHaveLength(1);
  });

  test('says that its port is taken', async () => {
    const first = await startGateway(api({ 'ANY /': 'echo' }));
    const port = Number(new URL(first.url).port);
    await expect(startGateway(api({ 'ANY /': 'echo' }), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('frees its port when it closes, also with idle connections', async () => {
    const first = await startGateway(api({ 'ANY /': 'echo' }), { functions: { echo } });
    const port = Number(new URL(first.url).port);
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    await first.close();
    const second = await startGateway(api({ 'ANY /': 'echo' }), { functions: { echo }, port });
    expect((await second.request('/')).status).toBe(200);
    idle.destroy();
  });
});
