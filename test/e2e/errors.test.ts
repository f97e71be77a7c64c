/** Every refusal that a client can meet, with its exact words; and what every answer has, refused or not. */
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { encryptedPdf } from '../documents/fixtures/honest-pdfs.js';
import { flatPages, pdfFile, streamBody } from '../documents/fixtures/pdf-file.js';
import { call, createKey, faxForm, readFax, sendFax, untilEnded, type GatewayAnswer, type GatewayRequest } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'the administrator who makes mistakes';
let cloud: RunningLocalCloud;
let base: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: admin });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(() => cloud.stop());

const ask = (method: string, path: string, request: GatewayRequest = {}) => call(base, method, path, { key: admin, ...request });
const send = (to: string, options?: Parameters<typeof sendFax>[3]) => sendFax(base, admin, to, options);
const statusAndBody = ({ status, body }: GatewayAnswer) => [status, body];

interface FieldFault {
  readonly field: string;
  readonly message: string;
}
const invalid = (...fields: readonly FieldFault[]) => [
  422,
  { detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; '), code: 'invalid_request', fields },
];
const refusedDocument = (detail: string) => [422, { detail, code: 'document_refused' }];
const megabyte = 1024 * 1024;

describe('a number', () => {
  it.each(['nobody', '+15551234567x', '12345', '+123456789012345678901', '1-800-FLOWERS', '(555) 123-4567 ext. 9', '++15551234567'])('%s is none', async (to) => {
    expect(statusAndBody(await send(to))).toEqual([400, { detail: "'to' must be E.164 or digits only", code: 'invalid_number' }]);
  });
});

describe('a form', () => {
  const multipart = { 'Content-Type': 'multipart/form-data; boundary=line' };
  const part = (headers: string, content: string) => `--line\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${content}\r\n`;
  const file = part('name="file"; filename="a.txt"', 'A fax.');
  const to = part('name="to"', '+15551234567');

  it.each<[string, string, unknown[]]>([
    ['without any part', '--line--\r\n', invalid({ field: 'to', message: 'is missing' }, { field: 'file', message: 'is missing' })],
    ['without a number', `${file}--line--\r\n`, invalid({ field: 'to', message: 'is missing' })],
    ['without a file', `${to}--line--\r\n`, invalid({ field: 'file', message: 'is missing' })],
    ['with an empty number', `${part('name="to"', '  ')}${file}--line--\r\n`, invalid({ field: 'to', message: 'is empty' })],
    ['with an empty file', `${to}${part('name="file"; filename="a.txt"', '')}--line--\r\n`, invalid({ field: 'file', message: 'is empty' })],
    ['with a file that is a field', `${to}${part('name="file"', 'A fax.')}--line--\r\n`, invalid({ field: 'file', message: 'must be a file part, with a file name' })],
    ['that breaks off', `${to}${part('name="file"; filename="a.txt"', 'A fax.').slice(0, -2)}`, invalid({ field: 'body', message: 'is not a complete multipart/form-data body' })],
    ['of junk', 'junk', invalid({ field: 'body', message: 'is not a complete multipart/form-data body' })],
  ])('%s is refused, naming what is wrong', async (_, raw, expected) => {
    expect(statusAndBody(await ask('POST', '/fax', { headers: multipart, raw }))).toEqual(expected);
  });

  it.each<[string, GatewayRequest]>([
    ['JSON', { json: { to: '+15551234567' } }],
    ['nothing at all', {}],
    ['a form without a boundary', { headers: { 'Content-Type': 'multipart/form-data' }, raw: 'x' }],
  ])('that is %s is refused', async (_, request) => {
    const answer = await ask('POST', '/fax', request);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request', fields: [{ field: 'body' }] } });
  });

  it.each(['two words', 'ü'.repeat(3), 'x'.repeat(201)])('with the Idempotency-Key %s is refused', async (key) => {
    const message = 'must be 1 to 200 printable ASCII characters without blanks, such as a UUID';
    expect(statusAndBody(await send('+15551234567', { headers: { 'Idempotency-Key': key } }))).toEqual(invalid({ field: 'Idempotency-Key', message }));
  });
});

describe('a document', () => {
  const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\x00\x06\x00', 'latin1'), Buffer.alloc(64, 7)]);
  const program = Buffer.concat([Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), Buffer.alloc(64, 0)]);

  it.each([
    ['scan.png', picture],
    ['letter.docx', zip],
    ['letter.pdf', picture],
    ['letter.txt', zip],
    ['letter.pdf', program],
    ['letter.txt', program],
  ])('%s that is neither a PDF nor a text is refused, whatever its name says', async (name, file) => {
    expect(statusAndBody(await send('+15551234567', { file, name }))).toEqual([415, { detail: 'Only PDF and TXT are allowed', code: 'unsupported_type' }]);
  });

  it('of exactly the limit is taken, and one byte more is not', async () => {
    const withPadding = (bytes: number) => pdfFile([...flatPages(1), { number: 9, body: streamBody('', Buffer.alloc(bytes, 7)) }]);
    // The digits of the padded file's length and offsets are as many for each size near the limit.
    const around = withPadding(4 * megabyte - 10_000).length - (4 * megabyte - 10_000);
    const ofBytes = (bytes: number) => withPadding(bytes - around);
    expect([ofBytes(4 * megabyte).length, ofBytes(4 * megabyte + 1).length]).toEqual([4 * megabyte, 4 * megabyte + 1]);
    expect((await send('+15551234567', { file: ofBytes(4 * megabyte), name: 'a.pdf' })).status).toBe(202);
    const tooLarge = [413, { detail: 'File exceeds 4 MB limit', code: 'file_too_large' }];
    expect(statusAndBody(await send('+15551234567', { file: ofBytes(4 * megabyte + 1), name: 'a.pdf' }))).toEqual(tooLarge);
  }, 30_000);

  it.each([
    ['Lambda takes (6 MB in base64)', 5],
    ['API Gateway takes (10 MB)', 11],
  ])('of more than %s is a 413 in AWS’s own words', async (_, megabytes) => {
    const answer = await fetch(`${base}/fax`, { method: 'POST', headers: { 'X-API-Key': admin }, body: faxForm('+15551234567', Buffer.alloc(megabytes * megabyte, 'x')) });
    expect([answer.status, await answer.text()]).toEqual([413, expect.not.stringContaining('"code"')]);
  }, 30_000);

  const printAgain = 'Open it in a viewer, print it to a new PDF and send that';
  it.each<[string, string, () => Buffer | Promise<Buffer>, string]>([
    ['damaged', 'a.pdf', () => Buffer.from('%PDF-1.7\njunk'), `The PDF is damaged or incomplete and cannot be opened. ${printAgain}`],
    ['locked by a password', 'a.pdf', () => encryptedPdf({ owner: 'secret', user: 'secret' }), 'The PDF opens only with a password. Save it without one and send that'],
  ])('that is %s is refused with what to do', async (_, name, file, detail) => {
    expect(statusAndBody(await send('+15551234567', { file: await file(), name }))).toEqual(refusedDocument(detail));
  });

  it.each([
    ['characters that the font can not show', 'Hello\n你好', /line 2|U\+4F60|你/],
    ['bytes that are no UTF-8', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]), /UTF-8/],
    ['nothing but blanks', ' \n \n', /./],
  ])('with %s is refused with what to do', async (_, file, words) => {
    const answer = await send('+15551234567', { file, name: 'letter.txt' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'document_refused', detail: expect.stringMatching(words) } });
  });
});

describe('a new API key', () => {
  const scopes = 'must be one of fax:send, fax:read, inbound:list, inbound:read, keys:manage, admin';
  it.each<[unknown, unknown[]]>([
    [{ scopes: ['fax:sent'] }, invalid({ field: 'scopes.0', message: scopes })],
    [{ scopes: [] }, invalid({ field: 'scopes', message: 'must name at least one scope' })],
    [{ expires_at: '2001-01-01T00:00:00Z' }, invalid({ field: 'expires_at', message: 'must be in the future' })],
    [{ expires_at: 'tomorrow' }, invalid({ field: 'expires_at', message: 'must be a date and time such as 2027-01-31T00:00:00Z' })],
    [{ tier: 'gold' }, invalid({ field: 'tier', message: 'must be one of basic, standard, high' })],
    [{ name: ' ' }, invalid({ field: 'name', message: 'must not be empty' })],
    [{ owner: ' x' }, invalid({ field: 'owner', message: 'must be 1 to 100 printable characters' })],
    [{ colour: 'red', size: 'big' }, invalid({ field: 'colour', message: 'is not a field of this operation' }, { field: 'size', message: 'is not a field of this operation' })],
  ])('%j is refused', async (json, expected) => {
    expect(statusAndBody(await ask('POST', '/admin/api-keys', { json }))).toEqual(expected);
  });

  it.each(['[]', '"x"', 'null', '7'])('from the JSON %s is refused: it is no object', async (raw) => {
    expect(await ask('POST', '/admin/api-keys', { raw, headers: { 'Content-Type': 'application/json' } })).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  });

  it.each(['{', '{"name": }', 'name=x'])('from %s is refused: that is no JSON', async (raw) => {
    const expected = [400, { detail: 'The request body is not valid JSON', code: 'invalid_json' }];
    expect(statusAndBody(await ask('POST', '/admin/api-keys', { raw, headers: { 'Content-Type': 'application/json' } }))).toEqual(expected);
  });
});

describe('a query', () => {
  const limit = invalid({ field: 'limit', message: 'must be a whole number from 1 to 100' });
  it.each([
    ['?limit=0', limit],
    ['?limit=101', limit],
    ['?limit=many', limit],
    ['?offset=-1', invalid({ field: 'offset', message: 'must be a whole number from 0 to 10000' })],
    ['?status=lost', invalid({ field: 'status', message: 'must be a status or state word, such as queued or SUCCESS' })],
    ['?colour=red', invalid({ field: 'colour', message: 'is not a field of this operation' })],
  ])('%s is refused', async (query, expected) => {
    expect(statusAndBody(await ask('GET', `/admin/fax-jobs${query}`))).toEqual(expected);
  });
});

describe('a fax that is none', () => {
  it.each(['0'.repeat(32), 'nonsense', '..%2f..'])('%s is not found, in any operation', async (id) => {
    for (const path of [`/fax/${id}`, `/fax/${id}/pdf`, `/fax/${id}/pdf?token=1.x`, `/admin/fax-jobs/${id}`]) {
      const answer = await ask('GET', path);
      expect([path, ...statusAndBody(answer)]).toEqual([path, 404, { detail: 'Job not found', code: 'job_not_found' }]);
    }
  });
});

describe('an address', () => {
  const requests: GatewayRequest[] = [{}, { json: {} }, { form: faxForm('1') }, { raw: 'x', headers: { 'Content-Type': 'text/plain' } }];

  it.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/admin'],
    ['GET', '/health/ready/now'],
    ['POST', '/fax/a/b/c'],
    ['DELETE', '/admin/api-keys/a/b'],
  ])('%s %s is unknown, with and without a key', async (method, path) => {
    for (const key of [admin, 'nonsense']) {
      for (const request of method === 'GET' ? [{}] : requests) {
        expect(statusAndBody(await ask(method, path, { ...request, key }))).toEqual([404, { detail: 'Not Found', code: 'not_found' }]);
      }
    }
  });

  it.each([...new Set(operationIds.map((id) => operations[id].path))])('%s refuses a method that it does not have, and says which it has', async (path) => {
    const methods: string[] = operationIds.filter((id) => operations[id].path === path).map((id) => operations[id].method);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))) {
      for (const request of method === 'GET' ? [{}] : requests) {
        const answer = await ask(method, path.replace('{id}', '0'.repeat(32)), request);
        expect(statusAndBody(answer)).toEqual([405, { detail: 'Method Not Allowed', code: 'method_not_allowed' }]);
        expect(answer.headers.get('allow')).toBe([...methods, 'OPTIONS'].sort().join(', '));
      }
    }
  });
});

describe('every kind of answer', () => {
  it('may be read by a page of any origin', async () => {
    const { token } = await createKey(base, admin, { scopes: ['fax:send'] });
    const accepted = await send('+15551234567');
    const { id } = readFax(accepted);
    await untilEnded(base, admin, id);
    const asked = { Origin: 'https://console.example' };
    const answers = [
      accepted,
      await ask('GET', '/health', { headers: asked }),
      await ask('GET', '/openapi.json', { headers: asked }),
      await ask('GET', `/fax/${id}`, { headers: asked }),
      await ask('GET', `/fax/${id}/pdf`, { headers: asked }),
      await ask('GET', `/fax/${id}`, { headers: asked, key: 'nonsense' }),
      await ask('GET', `/fax/${id}`, { headers: asked, key: token }),
      await ask('GET', '/nothing', { headers: asked }),
      await ask('PUT', '/fax', { headers: asked }),
      await send('nobody', { headers: asked }),
      await send('+15551234567', { file: Buffer.alloc(4 * megabyte + 1, 'x'), headers: asked }),
      await send('+15551234567', { file: Buffer.from('89504e470d0a1a0a00', 'hex'), headers: asked }),
      await ask('POST', '/admin/api-keys', { json: { scopes: [] }, headers: asked }),
    ];
    const seen = answers.map(({ status, headers }) => [status, headers.get('access-control-allow-origin')]);
    expect(seen).toEqual([202, 200, 200, 200, 302, 401, 403, 404, 405, 400, 413, 415, 422].map((status) => [status, '*']));
  });

  it.each([...new Set(operationIds.map((id) => operations[id].path))])('to a preflight of %s lets a page send its key', async (path) => {
    const headers = { Origin: 'https://console.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-api-key' };
    const answer = await call(base, 'OPTIONS', path.replace('{id}', 'x'), { headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-headers')]).toEqual([
      204,
      '*',
      'Authorization,Content-Type,Idempotency-Key,X-API-Key',
    ]);
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answer.headers.get('access-control-max-age')).toBe('3600');
  });

  it('of the administration is stored nowhere', async () => {
    const answers = [
      await ask('GET', '/admin/api-keys'),
      await ask('GET', '/admin/fax-jobs'),
      await ask('POST', '/admin/api-keys', { json: {} }),
      await ask('POST', '/admin/api-keys', { json: { scopes: [] } }),
      await ask('GET', '/admin/api-keys', { key: 'nonsense' }),
      await ask('DELETE', '/admin/api-keys'),
      await ask('GET', '/admin/fax-jobs/none'),
      await ask('GET', '/admin/nothing'),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual(
      [200, 200, 200, 422, 401, 405, 404, 404].map((status) => [status, 'no-store']),
    );
  });

  it('that refuses a key says how to sign in', async () => {
    const { token } = await createKey(base, admin, { scopes: ['fax:send'] });
    expect((await ask('GET', '/fax/none', { key: 'nonsense' })).headers.get('www-authenticate')).toBe('Bearer realm="faxbot", error="invalid_token"');
    expect((await ask('GET', '/fax/none', { key: token })).headers.get('www-authenticate')).toBe('Bearer realm="faxbot", error="insufficient_scope"');
  });
});
