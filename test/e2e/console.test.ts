/** The Admin Console through its public door, the distribution: its files, and the gateway below /api on the same host. */
import { request as send } from 'node:http';
import { call, createKey, readFax, sendFax, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

let cloud: RunningLocalCloud;
let console_: string;
let api: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly() });
  console_ = cloud.consoleUrl;
  api = `${console_}/api`;
}, 240_000);
afterAll(() => cloud.stop());

const page = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${console_}${path}`, { redirect: 'manual', ...init });

/** Just this path, which `fetch` would tidy, from an address of the loopback. */
function ask(base: string, path: string, headers: Readonly<Record<string, string>> = {}, localAddress = '127.0.0.1'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    send({ hostname: '127.0.0.1', port: new URL(base).port, path, headers, localAddress, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, text }); });
    })
      .on('error', reject)
      .end();
  });
}

describe('the console’s files', () => {
  it.each(['/', '/keys', '/api-keys/abcdef123456/edit', '/api-keys?tab=history', '/api'])('%s is the page', async (path) => {
    const answer = await page(path);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'text/html', 'no-cache']);
    expect(await answer.text()).toContain('<div id="console"></div>');
  });

  it('comes under a policy that lets a browser load its own files alone', async () => {
    const { headers } = await page('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  });

  it('whose names hold a hash are kept for ever, and travel compressed', async () => {
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await (await page('/')).text()) ?? [];
    const answer = await page(script, { headers: { 'Accept-Encoding': 'gzip, deflate, br' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('content-encoding')).toBe('br');
    const tag = answer.headers.get('etag') ?? '';
    expect((await page(script, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  });

  it('with the configuration of this stack are never kept', async () => {
    const answer = await page('/runtime-config.json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ apiBase: '/api', stage: 'dev' });
  });

  it('cannot be written', async () => {
    for (const method of ['PUT', 'POST', 'DELETE']) expect((await page('/index.html', { method })).status).toBe(403);
    expect((await page('/index.html')).status).toBe(200);
  });

  it.each(['/assets/../../package.json', '/../../../etc/passwd.txt', '/%2e%2e/%2e%2e/package.json', '/assets/none.js', '/.env'])('are all that there is: %s is refused', async (path) => {
    const { status, text } = await ask(console_, path);
    expect(status).toBe(403);
    expect(text).toContain('AccessDenied');
  });
});

describe('the gateway below /api', () => {
  it('answers as itself, also with its errors', async () => {
    const health = await call(api, 'GET', '/health');
    expect([health.status, health.body]).toEqual([200, { status: 'ok' }]);
    // `call` holds them against the contract's shape.
    expect((await call(api, 'GET', '/no/such/path')).status).toBe(404);
    expect((await call(api, 'DELETE', '/health')).status).toBe(405);
    expect((await call(api, 'GET', '/auth/me')).status).toBe(401);
  });

  it('takes a fax with its file', async () => {
    const sent = readFax(await sendFax(api, cloud.adminKey, '+15551234567'));
    expect((await untilEnded(api, cloud.adminKey, sent.id)).state).toBe('success');
  });

  it('believes a viewer’s address of the distribution alone', async () => {
    const only = async (address: string): Promise<Record<string, string>> => ({
      'X-API-Key': (await createKey(cloud.gatewayUrl, cloud.adminKey, { name: `from ${address}`, allowed_ips: [`${address}/32`] })).token,
    });
    const elsewhere = { ...(await only('203.0.113.9')), 'faxbot-viewer-address': '203.0.113.9', 'faxbot-origin-secret': 'guessed' };
    expect((await ask(console_, '/api/auth/me', elsewhere)).status).toBe(401);
    expect((await ask(cloud.gatewayUrl, '/auth/me', elsewhere)).status).toBe(401);
    // Every address of 127.0.0.0/8 is this machine's, on Linux.
    if (process.platform !== 'linux') return;
    const viewer = await only('127.0.0.2');
    expect((await ask(console_, '/api/auth/me', viewer, '127.0.0.2')).status).toBe(200);
    expect((await ask(console_, '/api/auth/me', viewer)).status).toBe(401);
    expect((await ask(console_, '/api/auth/me', { ...viewer, 'faxbot-viewer-address': '127.0.0.2' })).status).toBe(401);
  });
});
