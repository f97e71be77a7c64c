/** The endpoint: real clients' signatures are accepted, anything forged is not, and errors speak each service's protocol. */
import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { sign } from 'aws4';
import { AwsError, type AwsService, type SignedRequest } from '../../local/cloud/service.js';
import { Credentials, administratorKey, type AccessKey } from '../../local/endpoint/credentials.js';
import { Endpoint } from '../../local/endpoint/endpoint.js';
import { createSts } from '../../local/endpoint/sts.js';
import { verifySignature, readClaim } from '../../local/endpoint/signature.js';

const region = 'us-east-1';
const admin = { accessKeyId: 'local', secretAccessKey: 'local' };

let endpoint: Endpoint;
let credentials: Credentials;
let seen: SignedRequest[] = [];
let fail: AwsError | undefined;

/** A service that notes each request. */
const recorder = (signingName: string): AwsService => ({
  signingName,
  handle: async (request, response) => {
    seen.push(request);
    if (fail !== undefined) throw fail;
    response.writeHead(200, { 'content-type': 'application/json', ...(signingName === 's3' ? { etag: '"x"' } : {}) });
    response.end(signingName === 's3' ? '' : '{"SecretString":"s"}');
  },
});

beforeEach(async () => {
  seen = [];
  fail = undefined;
  credentials = new Credentials();
  endpoint = await Endpoint.listen({ port: 0, region, credentials });
  for (const name of ['s3', 'secretsmanager', 'lambda']) endpoint.add(recorder(name));
  endpoint.add(
    createSts(
      { accountId: '000000000000', region, partition: 'aws', stackName: 'S', stackId: 'S' },
      ({ functionName }) => `arn:aws:sts::000000000000:assumed-role/role/${functionName}`,
    ),
  );
});
afterEach(async () => endpoint.close());

function s3(key: AccessKey | typeof admin = admin): S3Client {
  const { accessKeyId, secretAccessKey } = key;
  const sessionToken = 'sessionToken' in key ? key.sessionToken : undefined;
  return new S3Client({
    endpoint: endpoint.url,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
}

/** A request by hand. */
function send(options: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer }) {
  const { hostname, port } = new URL(endpoint.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const call = httpRequest({ hostname, port, method: options.method ?? 'GET', path: options.path ?? '/', headers: options.headers ?? {} }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

function signed(service: string, options: { path?: string; method?: string; body?: string; headers?: Record<string, string> }, key = admin) {
  const { host } = new URL(endpoint.url);
  const request = sign({ service, region, host, method: 'POST', path: '/', ...options }, key);
  return { method: request.method ?? 'POST', path: request.path ?? '/', body: options.body ?? '', headers: Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)])) };
}

describe('signatures of real clients', () => {
  test.each(['plain', 'with space/and+plus', "quotes'()*!", 'ümläut/日本', 'a//b/../c', 'percent%25'])('S3 key %j', async (Key) => {
    await s3().send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'content' }));
    expect(seen[0]?.principal).toEqual({ kind: 'administrator' });
    expect(seen[0]?.body.toString()).toBe('content');
  });

  test('a streamed body is decoded from aws-chunked, its trailing checksum stands with the headers', async () => {
    const content = Buffer.alloc(200_000, 'fax');
    await s3().send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]), ContentLength: content.length }));
    expect(seen[0]?.body.equals(content)).toBe(true);
    expect(seen[0]?.headers['x-amz-checksum-crc32']).toMatch(/^[\w+/]{6}==$/);
  });

  test('presigned URLs, with temporary credentials, until they expire', async () => {
    const role = credentials.issue({ kind: 'role', roleArn: 'arn:role', functionName: 'send' });
    const url = new URL(await getSignedUrl(s3(role), new GetObjectCommand({ Bucket: 'bucket', Key: 'a b', ResponseContentType: 'a/b' }), { expiresIn: 60 }));
    expect((await send({ path: url.pathname + url.search })).status).toBe(200);
    expect(seen[0]?.principal).toEqual({ kind: 'role', roleArn: 'arn:role', functionName: 'send' });
    expect(seen[0]?.presigned).toBe(true);
    const old = new URL(await getSignedUrl(s3(role), new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }), { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) }));
    const expired = await send({ path: old.pathname + old.search });
    expect(expired.status).toBe(403);
    expect(expired.body).toContain('<Message>Request has expired</Message>');
  });

  test('the SDK for a JSON service, and GetCallerIdentity of an aws4 client', async () => {
    const secrets = new SecretsManagerClient({ endpoint: endpoint.url, region, credentials: admin });
    expect((await secrets.send(new GetSecretValueCommand({ SecretId: 'x' }))).SecretString).toBe('s');
    const identity = await send(signed('sts', { body: 'Action=GetCallerIdentity&Version=2011-06-15', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
    expect(identity.body).toContain('<Account>000000000000</Account>');
    secrets.destroy();
  });

  test('paths of other services are encoded twice, queries are sorted', async () => {
    expect((await send(signed('lambda', { method: 'GET', path: '/2015-03-31/functions/arn%3Aaws%3Alambda/?b=2&a=1&a=0' }))).status).toBe(200);
  });
});

describe('chunk signatures', () => {
  const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

  /** A body in two chunks, signed as the documentation of S3 says. */
  function chunked(tamper: (body: string) => string = (body) => body, length = 11) {
    const amzDate = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const date = amzDate.slice(0, 8);
    const { host } = new URL(endpoint.url);
    const headers: Record<string, string> = {
      host,
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-date': amzDate,
      'x-amz-decoded-content-length': String(length),
    };
    const names = Object.keys(headers).sort();
    const canonical = `PUT\n/bucket/key\n\n${names.map((name) => `${name}:${headers[name]}\n`).join('')}\n${names.join(';')}\nSTREAMING-AWS4-HMAC-SHA256-PAYLOAD`;
    const scope = `${date}/${region}/s3/aws4_request`;
    const key = credentials.signingKey(administratorKey, date, region, 's3');
    const hmac = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
    let previous = hmac(`AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hash(canonical)}`);
    headers['authorization'] = `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=${names.join(';')}, Signature=${previous}`;
    const body = ['hello ', 'world', ''].map((chunk) => {
      previous = hmac(`AWS4-HMAC-SHA256-PAYLOAD\n${amzDate}\n${scope}\n${previous}\n${hash('')}\n${hash(chunk)}`);
      return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
    });
    return { method: 'PUT', path: '/bucket/key', headers, body: tamper(body.join('')) };
  }

  test('a good chain is decoded', async () => {
    expect((await send(chunked())).status).toBe(200);
    expect(seen[0]?.body.toString()).toBe('hello world');
  });

  test('a changed chunk is refused', async () => {
    const answer = await send(chunked((body) => body.replace('world', 'WORLD')));
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
  });

  test('a body that ends early, or is not as long as declared, is refused', async () => {
    expect((await send(chunked((body) => body.slice(0, 30)))).body).toContain('IncompleteBody');
    expect((await send(chunked(undefined, 12))).body).toContain('IncompleteBody');
    expect(seen).toEqual([]);
  });
});

describe('what is forged is refused', () => {
  const json = { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.GetSecretValue' };

  test('a wrong secret, a changed body, a changed path, a changed header', async () => {
    const attempts = [
      signed('secretsmanager', { body: '{}', headers: json }, { ...admin, secretAccessKey: 'wrong' }),
      { ...signed('secretsmanager', { body: '{}', headers: json }), body: '{"a":1}' },
      { ...signed('secretsmanager', { body: '{}', headers: json }), path: '/other' },
    ];
    for (const attempt of attempts) {
      const answer = await send({ ...attempt, headers: { ...attempt.headers, 'Content-Length': String(attempt.body.length) } });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ __type: 'InvalidSignatureException' });
      expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(seen).toEqual([]);
  });

  test('an unknown key, a missing session token, a wrong one', async () => {
    const role = credentials.issue({ kind: 'role', roleArn: 'arn:role', functionName: 'send' });
    const attempts: [string, AccessKey | typeof admin][] = [
      ['InvalidAccessKeyId', { accessKeyId: 'nobody', secretAccessKey: 'x' }],
      ['InvalidToken', { accessKeyId: role.accessKeyId, secretAccessKey: role.secretAccessKey }],
      ['InvalidToken', { ...role, sessionToken: 'other' }],
      ['SignatureDoesNotMatch', { ...role, secretAccessKey: 'other' }],
    ];
    for (const [code, key] of attempts)
      await expect(s3(key).send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }))).rejects.toMatchObject({ name: code });
    expect(seen).toEqual([]);
  });

  test('an S3 body that is not what its hash says', async () => {
    const put = signed('s3', { method: 'PUT', path: '/b/k', body: 'content', headers: { 'X-Amz-Content-Sha256': createHash('sha256').update('other').digest('hex') } });
    expect((await send(put)).body).toContain('XAmzContentSHA256Mismatch');
  });

  test('an x-amz header that was added after signing', async () => {
    const put = signed('s3', { method: 'PUT', path: '/b/k', body: 'content' });
    const answer = await send({ ...put, headers: { ...put.headers, 'x-amz-acl': 'public-read' } });
    expect(answer.body).toContain('headers present in the request which were not signed');
  });

  test('a wrong region, a service that is not there, no signature', async () => {
    const elsewhere = await send({ ...signed('s3', { method: 'GET', path: '/b' }), headers: signedElsewhere() });
    expect(elsewhere.body).toContain("the region 'eu-west-1' is wrong; expecting 'us-east-1'");
    expect((await send(signed('polly', { body: '{}', headers: json }))).body).toContain('no service \\"polly\\"');
    expect((await send({ method: 'POST', headers: json, body: '{}' })).body).toContain('MissingAuthenticationTokenException');
  });

  function signedElsewhere(): Record<string, string> {
    const { host } = new URL(endpoint.url);
    const { headers } = sign({ service: 's3', region: 'eu-west-1', host, method: 'GET', path: '/b' }, admin);
    return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
  }

  test.each([
    [16 * 60_000, false, 'RequestTimeTooSkewed'],
    [-16 * 60_000, false, 'RequestTimeTooSkewed'],
    [14 * 60_000, false, ''],
    [-16 * 60_000, true, 'AccessDenied'],
  ])('a clock that is %d ms away (presigned: %s): %s', async (offset, presigned, code) => {
    const request = signed('s3', { method: 'GET', path: presigned ? '/b?X-Amz-Expires=900' : '/b', ...(presigned ? { headers: {} } : {}) });
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const url = new URL(presigned ? await getSignedUrl(s3(), new GetObjectCommand({ Bucket: 'b', Key: 'k' })) : `http://x${request.path}`);
    const unverified = { method: 'GET', path: url.pathname, rawQuery: url.search.slice(1), query: url.searchParams, headers: presigned ? { host: new URL(endpoint.url).host } : headers, body: Buffer.alloc(0) };
    const claim = readClaim(unverified.headers, unverified.query);
    if (claim === undefined) throw new Error('no claim');
    const verify = () => verifySignature(unverified, claim, credentials, region, Date.now() + offset);
    if (code === '') expect(verify).not.toThrow();
    else expect(verify).toThrow(expect.objectContaining({ code }));
  });
});

describe('errors in the wire format of each service', () => {
  test('XML of S3, JSON with __type, REST JSON with its header', async () => {
    fail = new AwsError('AccessDenied', 'Not <you>', 403);
    expect((await send(signed('s3', { method: 'GET', path: '/b' }))).body).toContain('<Code>AccessDenied</Code><Message>Not &#60;you&#62;</Message>');
    const json = { 'Content-Type': 'application/x-amz-json-1.1' };
    expect(JSON.parse((await send(signed('secretsmanager', { body: '{}', headers: json }))).body)).toMatchObject({ __type: 'AccessDeniedException' });
    expect((await send(signed('lambda', { body: '{}', headers: { 'Content-Type': 'application/json' } }))).headers['x-amzn-errortype']).toBe('AccessDeniedException');
    const query = await send(signed('sts', { body: 'Action=AssumeRole', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
    expect(query.body).toContain('<Code>InvalidAction</Code>');
  });
});
