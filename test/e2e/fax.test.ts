/** The seed page's flow and every answer around it, over HTTP against the running stack with its permissions enforced. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, faxForm, readCreatedKey, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, messagesOf, readTemplate, type Template } from './stack-resources.js';

const root = join(__dirname, '..', '..');
const admin = 'chosen by the person who starts it';
const needle = 'Needle-in-the-document';
let cloud: RunningLocalCloud;
let template: Template;
let base: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(() => cloud.stop());

const send = (to: string, options: { key?: string; file?: Buffer | string; name?: string; headers?: Record<string, string> } = {}) =>
  call(base, 'POST', '/fax', { key: options.key ?? admin, form: faxForm(to, options.file, options.name), ...(options.headers === undefined ? {} : { headers: options.headers }) });
const createKey = async (json: object, key = admin) => readCreatedKey(await call(base, 'POST', '/admin/api-keys', { key, json }));

describe('the seed page', () => {
  it('runs as printed, in a shell: the fax goes from queued to SUCCESS', async () => {
    const run = (script: string) => execFileSync('bash', ['-ec', script], { cwd: root, encoding: 'utf8', env: { ...process.env, BASE: base, API_KEY: admin } });
    const job = readFax({ status: 0, headers: new Headers(), text: '', body: JSON.parse(run('curl -sS -X POST "$BASE/fax" -H "X-API-Key: $API_KEY" -F to=+15551234567 -F file=@./document.pdf')) });
    expect(job).toMatchObject({ status: 'queued', to: '+15551234567', pages: 1 });
    await untilEnded(base, admin, job.id);
    expect(JSON.parse(run(`curl -sS -H "X-API-Key: $API_KEY" "$BASE/fax/${job.id}"`))).toMatchObject({ status: 'SUCCESS', state: 'success', backend: 'sandbox', error: null });
  });
});

describe('a fax', () => {
  it('can be opened by its short-lived address, byte for byte, and by nobody with a changed one', async () => {
    const pdf = readFileSync(join(root, 'document.pdf'));
    const { id } = readFax(await send('+15551234567', { file: pdf, name: 'document.pdf' }));
    const { pdf_url: address = '' } = await untilEnded(base, admin, id);
    const opened = await fetch(address);
    expect(opened.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await opened.arrayBuffer()).equals(pdf)).toBe(true);
    expect((await call(base, 'GET', `/fax/${id}/pdf?token=1.x`)).body).toEqual({ detail: 'Invalid token', code: 'token_invalid' });
    expect((await call(base, 'GET', `/fax/${id}/pdf`)).status).toBe(401);
    expect((await call(base, 'GET', `/fax/${id}/pdf`, { key: admin })).status).toBe(302);
  });

  it('out of a text becomes a PDF', async () => {
    const { id } = readFax(await send('+15551234567', { file: `${needle} — Zürich\n`.repeat(200) }));
    const fax = await untilEnded(base, admin, id);
    expect(fax.pages).toBeGreaterThan(1);
    const opened = await fetch(fax.pdf_url ?? '');
    expect((await opened.text()).slice(0, 5)).toBe('%PDF-');
  });

  it.each([
    ['(555) 123-4567', '+15551234567'],
    ['15551234567', '+15551234567'],
    ['123456', '+123456'],
  ])('to %s is dialled as %s', async (written, dialled) => {
    expect(readFax(await send(written)).to).toBe(dialled);
  });

  it.each([
    ['+15555550001', 'FAILED', 'failed', 'busy'],
    ['+15555550002', 'FAILED', 'failed', 'no_answer'],
    ['+15555550003', 'FAILED', 'failed', 'rejected'],
    ['+15555550004', 'in_progress', 'uncertain', 'The line was cut in the middle: some pages may have arrived'],
  ])('to the magic number %s ends %s', async (to, status, state, error) => {
    const { id } = readFax(await send(to));
    expect(await untilEnded(base, admin, id)).toMatchObject({ status, state, error });
  });

  it('stands in the list of the administrators with its number masked, and in the detail with its attempt', async () => {
    const { id } = readFax(await send('+15551239876'));
    await untilEnded(base, admin, id);
    const { body } = await call(base, 'GET', '/admin/fax-jobs?status=success&limit=100', { key: admin });
    expect(body).toMatchObject({ jobs: expect.arrayContaining([expect.objectContaining({ id, to_number: '+*******9876', status: 'SUCCESS' })]) });
    expect((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).toMatchObject({ id, attempts: [{ outcome: 'success', error: null }] });
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same job for the same fax, sent once, and a 409 for another fax', async () => {
    const headers = { 'Idempotency-Key': 'order-17' };
    const first = readFax(await send('+15551230001', { headers }));
    await untilEnded(base, admin, first.id);
    expect(readFax(await send('+15551230001', { headers })).id).toBe(first.id);
    expect((await send('+15551230002', { headers })).body).toEqual({ detail: 'This Idempotency-Key was used for a different fax', code: 'idempotency_conflict' });
    expect((await send('+15551230001', { headers, file: 'Another text.' })).status).toBe(409);
    expect((await callsByJob(cloud, template)).get(first.id)).toBe(1);
  });

  it('means something else to another owner', async () => {
    const headers = { 'Idempotency-Key': 'order-18' };
    const other = await createKey({ owner: 'ward-7', scopes: ['fax:send'] });
    const mine = readFax(await send('+15551230001', { headers }));
    const theirs = readFax(await send('+15551230001', { headers, key: other.token }));
    expect(theirs.id).not.toBe(mine.id);
  });
});

describe('what is refused is refused in the contract’s words', () => {
  it.each([
    ['fax', '+15551234567x', 400, { detail: "'to' must be E.164 or digits only", code: 'invalid_number' }],
    ['picture', '+15551234567', 415, { detail: 'Only PDF and TXT are allowed', code: 'unsupported_type' }],
    ['large', '+15551234567', 413, { detail: 'File exceeds 4 MB limit', code: 'file_too_large' }],
    ['empty', '+15551234567', 422, { detail: 'file: is empty', code: 'invalid_request', fields: [{ field: 'file', message: 'is empty' }] }],
  ])('%s', async (kind, to, status, body) => {
    const files: Record<string, Buffer> = {
      fax: Buffer.from('text'),
      picture: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      large: Buffer.alloc(4 * 1024 * 1024 + 1, 'x'),
      empty: Buffer.alloc(0),
    };
    const answer = await send(to, { file: files[kind] ?? Buffer.alloc(0), name: `${kind}.pdf` });
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it('a damaged PDF is a 422 with a sentence', async () => {
    const answer = await send('+15551234567', { file: '%PDF-1.7\njunk', name: 'a.pdf' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'document_refused' } });
  });

  it('missing parts are a 422 that names them', async () => {
    const answer = await call(base, 'POST', '/fax', { key: admin, form: new FormData() });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect((await call(base, 'POST', '/fax', { key: admin, json: {} })).status).toBe(422);
  });

  it('an unknown route is a 404 and a wrong method a 405 that says which are right, whatever the body', async () => {
    expect((await call(base, 'GET', '/nothing', { key: admin })).body).toEqual({ detail: 'Not Found', code: 'not_found' });
    const wrong = await call(base, 'DELETE', '/fax', { key: admin, form: faxForm('1') });
    expect([wrong.status, wrong.body, wrong.headers.get('allow')]).toEqual([405, { detail: 'Method Not Allowed', code: 'method_not_allowed' }, 'OPTIONS, POST']);
    expect((await call(base, 'GET', `/fax/${'0'.repeat(32)}`, { key: admin })).body).toEqual({ detail: 'Job not found', code: 'job_not_found' });
  });

  it('every answer may be read by a page of another origin, and a preflight is answered', async () => {
    for (const [method, path] of [['GET', '/health'], ['GET', '/fax/x'], ['GET', '/nothing'], ['DELETE', '/fax']] as const) {
      expect([path, (await call(base, method, path)).headers.get('access-control-allow-origin')]).toEqual([path, '*']);
    }
    const preflight = await call(base, 'OPTIONS', '/fax', { headers: { Origin: 'https://example.com', 'Access-Control-Request-Method': 'POST' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'Authorization,Content-Type,Idempotency-Key,X-API-Key']);
  });
});

describe('API keys', () => {
  it('do what their scopes say, and nothing else', async () => {
    const { token } = await createKey({ name: 'sender', scopes: ['fax:send'] });
    expect(token).toMatch(/^fbk_live_[0-9a-f]{12}_[0-9A-Za-z]{49}$/);
    const { id } = readFax(await send('+15551234567', { key: token }));
    const refused = await call(base, 'GET', `/fax/${id}`, { key: token });
    expect([refused.status, refused.body]).toEqual([403, { detail: 'Insufficient scope: fax:read required', code: 'insufficient_scope' }]);
    expect((await call(base, 'GET', '/admin/api-keys', { key: token })).status).toBe(403);
    expect((await call(base, 'GET', '/admin/fax-jobs', { key: token })).status).toBe(403);
  });

  it('see the faxes of their own owner: a foreign fax is not found', async () => {
    const mine = await createKey({ owner: 'ward-1' });
    const foreign = await createKey({ owner: 'ward-2' });
    const { id } = readFax(await send('+15551234567', { key: mine.token }));
    expect((await call(base, 'GET', `/fax/${id}`, { key: mine.token })).status).toBe(200);
    expect((await call(base, 'GET', `/fax/${id}`, { key: foreign.token })).status).toBe(404);
    expect((await call(base, 'GET', `/fax/${id}/pdf`, { key: foreign.token })).status).toBe(404);
  });

  it('all refuse a wrong token with the same words, whatever is wrong with it', async () => {
    const { key_id, token } = await createKey({});
    const { token: revoked, key_id: revokedId } = await createKey({});
    await call(base, 'DELETE', `/admin/api-keys/${revokedId}`, { key: admin });
    const expiring = await createKey({ expires_at: new Date(Date.now() + 1500).toISOString() });
    await until(() => call(base, 'GET', '/fax/x', { key: expiring.token }), ({ status }) => status === 401);
    const rotated = readCreatedKey(await call(base, 'POST', `/admin/api-keys/${key_id}/rotate`, { key: admin }));
    for (const wrong of [undefined, 'nonsense', `${rotated.token.slice(0, -1)}!`, token, revoked, expiring.token]) {
      const answer = await call(base, 'GET', '/fax/x', wrong === undefined ? {} : { key: wrong });
      expect([answer.status, answer.body]).toEqual([401, { detail: 'Invalid or missing API key', code: 'unauthorized' }]);
    }
    expect((await call(base, 'GET', '/fax/x', { headers: { Authorization: `Bearer ${rotated.token}` } })).status).toBe(404);
    expect((await call(base, 'POST', `/admin/api-keys/${revokedId}/rotate`, { key: admin })).body).toMatchObject({ code: 'key_not_active' });
    expect((await call(base, 'DELETE', '/admin/api-keys/000000000000', { key: admin })).body).toEqual({ detail: 'Key not found', code: 'key_not_found' });
  });

  it('are listed with their last use, and never with a token or a hash', async () => {
    const { key_id, token } = await createKey({ name: 'listed' });
    await call(base, 'GET', '/fax/x', { key: token });
    const { text, body } = await call(base, 'GET', '/admin/api-keys', { key: admin });
    expect(body).toEqual(expect.arrayContaining([expect.objectContaining({ key_id, name: 'listed', last_used_at: expect.any(String) })]));
    expect(text).not.toContain(token.slice(-30));
    expect(text).not.toContain('hash');
  });

  it.each([
    [{ scopes: ['fax:sent'] }, 'scopes.0'],
    [{ scopes: [] }, 'scopes'],
    [{ expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
    [{ tier: 'gold' }, 'tier'],
    [{ colour: 'red' }, 'colour'],
  ])('with %j are refused, naming the field %s', async (json, field) => {
    const answer = await call(base, 'POST', '/admin/api-keys', { key: admin, json });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request', fields: [{ field }] } });
  });

  it('JSON that is none is a 400', async () => {
    const answer = await fetch(`${base}/admin/api-keys`, { method: 'POST', headers: { 'X-API-Key': admin, 'Content-Type': 'application/json' }, body: '{' });
    expect([answer.status, await answer.json()]).toEqual([400, { detail: 'The request body is not valid JSON', code: 'invalid_json' }]);
  });
});

describe('health', () => {
  it('is open, ready, and says loudly that the sandbox delivers nothing', async () => {
    expect((await call(base, 'GET', '/health')).body).toEqual({ status: 'ok' });
    expect((await call(base, 'GET', '/health/ready')).body).toEqual({
      status: 'ready',
      backend: 'sandbox',
      checks: { keys_table: 'ok', faxes_table: 'ok', documents_bucket: 'ok', send_queue: 'ok' },
      warnings: ['The provider is the sandbox: it dials nobody, and no fax is delivered'],
    });
    expect((await call(base, 'GET', '/openapi.json')).body).toEqual(JSON.parse(readFileSync(join(root, 'openapi.json'), 'utf8')));
  });
});

describe('at the end', () => {
  it('the bootstrap key has ended with the first standing admin key, which can not be the last to go', async () => {
    const expiring = await createKey({ scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z' });
    expect((await call(base, 'GET', '/admin/api-keys', { key: admin })).status).toBe(200);
    const standing = await createKey({ scopes: ['admin'] });
    expect((await call(base, 'GET', '/admin/api-keys', { key: admin })).status).toBe(401);
    const last = await call(base, 'DELETE', `/admin/api-keys/${standing.key_id}`, { key: expiring.token });
    expect(last.body).toEqual({ detail: 'This is the last admin key: create another one first', code: 'last_admin_key' });
  });

  it('the audit log tells what happened, and no log holds a token, a whole number or a text', async () => {
    const groups = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Logs::LogGroup').map(([id]) => id);
    const messages = new Map(await Promise.all(groups.map(async (id) => [id, await messagesOf(cloud, id)] as const)));
    const audit = messages.get(groups.find((id) => id.startsWith('Audit')) ?? '') ?? [];
    for (const fact of ['api_key_created', 'api_key_rotated', 'api_key_revoked', 'job_created', 'job_updated', 'pdf_served']) {
      expect(audit.some((message) => message.includes(`"event":"${fact}"`))).toBe(true);
    }
    const reasons = new Set(audit.flatMap((message) => /"reason":"(\w+)"/.exec(message)?.[1] ?? []));
    expect([...reasons]).toEqual(expect.arrayContaining(['no_key', 'scope_missing', 'bootstrap_ended']));
    const everything = [...messages.values()].flat().join('\n');
    expect(everything.length).toBeGreaterThan(10_000);
    expect(everything).not.toMatch(/fbk_live_[0-9a-f]{12}_[0-9A-Za-z]{40}/);
    expect(everything).not.toContain('5551234567');
    expect(everything).not.toContain(needle);
    expect(everything).not.toContain('token=');
    expect(everything).not.toContain(admin);
  });

  it('Debian’s aws client lists what the stack has', () => {
    const run = (...words: string[]) =>
      execFileSync('aws', ['--endpoint-url', cloud.endpointUrl, ...words], {
        encoding: 'utf8',
        env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' },
      });
    try {
      run('--version');
    } catch {
      console.warn('There is no aws client on this machine: looking around with it is left out.');
      return;
    }
    expect(run('dynamodb', 'list-tables')).toContain('FaxesTable');
    expect(run('s3', 'ls')).toContain('documents');
    expect(run('sqs', 'list-queues')).toContain('SendQueue');
    expect(run('secretsmanager', 'list-secrets')).toContain('BootstrapKey');
    expect(run('logs', 'describe-log-groups')).toContain('AuditLog');
  }, 60_000);
});
