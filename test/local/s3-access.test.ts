/** Who may do what in S3: permissions of roles, KMS keys, presigned URLs, form uploads and their policies, CORS. */
import { request as httpRequest } from 'node:http';
import { GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checksumOf } from '../../local/s3/checksums.js';
import { errorOf, startS3, type S3UnderTest } from './s3-under-test.js';

const Bucket = 'uploads';
const arn = `arn:aws:s3:::${Bucket}`;
const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
let s3: S3UnderTest;
let client: S3Client;
let now = Date.now();

beforeAll(async () => {
  s3 = await startS3({ now: () => now });
  client = s3.client();
  await s3.addBucket({
    BucketName: Bucket,
    CorsConfiguration: {
      CorsRules: [
        { AllowedOrigins: ['https://*.example.com'], AllowedMethods: ['GET', 'POST'], AllowedHeaders: ['content-*'], ExposedHeaders: ['ETag'], MaxAge: 60 },
        { AllowedOrigins: ['*'], AllowedMethods: ['GET'] },
      ],
    },
  });
  await s3.addBucket({
    BucketName: 'encrypted',
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
      ],
    },
  });
  await client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'body', ContentType: 'text/plain' }));
});
afterAll(() => s3.close());

describe('a role', () => {
  const as = (...allowed: string[]) => s3.client({}, s3.roleWith(...allowed));

  it('does what it is allowed to do, on the keys it is allowed to, and nothing else', async () => {
    const role = as(`s3:PutObject ${arn}/mine`);
    await role.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x' }));
    expect(await errorOf(role.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'x' })))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await errorOf(role.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await errorOf(role.send(new ListBucketsCommand({})))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await errorOf(role.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x', Tagging: 'a=b' })))).toMatchObject({ name: 'AccessDenied' });
  });

  it('learns that a key is missing only if it may list the bucket', async () => {
    const blind = as(`s3:GetObject ${arn}/missing`);
    const seeing = as(`s3:GetObject ${arn}/missing`, `s3:ListBucket ${arn}`);
    expect(await errorOf(blind.send(new GetObjectCommand({ Bucket, Key: 'missing' })))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await errorOf(blind.send(new HeadObjectCommand({ Bucket, Key: 'missing' })))).toMatchObject({ status: 403 });
    expect(await errorOf(seeing.send(new GetObjectCommand({ Bucket, Key: 'missing' })))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect((await seeing.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBeGreaterThan(0);
  });

  it('needs the key of an encrypted bucket besides the bucket', async () => {
    const target = { Bucket: 'encrypted', Key: 'k' };
    const object = 'arn:aws:s3:::encrypted/k';
    const keyless = as(`s3:PutObject ${object}`, `s3:GetObject ${object}`);
    const writer = as(`s3:PutObject ${object}`, `kms:GenerateDataKey ${keyArn}`);
    const reader = as(`s3:GetObject ${object}`, `kms:Decrypt ${keyArn}`);
    expect(await errorOf(keyless.send(new PutObjectCommand({ ...target, Body: 'x' })))).toEqual({ name: 'AccessDenied', status: 403 });
    const put = await writer.send(new PutObjectCommand({ ...target, Body: 'x' }));
    expect(put).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
    expect(await errorOf(keyless.send(new GetObjectCommand(target)))).toEqual({ name: 'AccessDenied', status: 403 });
    expect(await (await reader.send(new GetObjectCommand(target))).Body?.transformToString()).toBe('x');
  });
});

describe('a presigned URL', () => {
  it('reads an object, with the name and type that the signer chose', async () => {
    const url = await getSignedUrl(
      client,
      new GetObjectCommand({ Bucket, Key: 'there', ResponseContentDisposition: 'attachment; filename="fax.pdf"', ResponseContentType: 'application/pdf' }),
      { expiresIn: 60 },
    );
    const answer = await fetch(url);
    expect(await answer.text()).toBe('body');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="fax.pdf"');
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect((await fetch(url.replace('fax.pdf', 'evil.exe'))).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  });

  it('has the permissions of its signer, asked when it is used', async () => {
    const url = await getSignedUrl(s3.client({}, s3.roleWith(`s3:GetObject ${arn}/other`)), new GetObjectCommand({ Bucket, Key: 'there' }));
    expect((await fetch(url)).status).toBe(403);
  });

  it('writes an object, and refuses a body that the embedded checksum does not fit', async () => {
    const plain = s3.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key: 'put' }));
    expect((await fetch(url, { method: 'PUT', body: 'by url' })).status).toBe(200);
    expect(await (await client.send(new GetObjectCommand({ Bucket, Key: 'put' }))).Body?.transformToString()).toBe('by url');
    // By default the SDK signs the checksum of the body it has: none.
    const withChecksum = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'put' }));
    const refused = await fetch(withChecksum, { method: 'PUT', body: 'by url' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
  });
});

describe('a form upload', () => {
  const post = (more: Partial<Parameters<typeof createPresignedPost>[1]> = {}, signer = client) =>
    createPresignedPost(signer, { Bucket, Key: 'posted/${filename}', Conditions: [['content-length-range', 2, 10]], Expires: 60, ...more });

  const send = async ({ url, fields }: PresignedPost, body: string | Blob, more: Record<string, string> = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...more })) form.append(name, value);
    form.append('file', new Blob([body]), 'fax.pdf');
    const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual', headers: { origin: 'https://app.example.com' } });
    const code = /<Code>(.*)<\/Code>/.exec(await answer.clone().text())?.[1];
    return { status: answer.status, code, answer };
  };

  it('writes the file under the key of the policy', async () => {
    const { status, answer } = await send(await post({ Fields: { 'Content-Type': 'application/pdf', 'x-amz-meta-owner': 'me' } }), 'content');
    expect(status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'posted/fax.pdf' }));
    expect(await got.Body?.transformToString()).toBe('content');
    expect(got).toMatchObject({ ContentType: 'application/pdf', Metadata: { owner: 'me' } });
  });

  it('answers as success_action_status says', async () => {
    const created = await send(await post({ Fields: { success_action_status: '201' } }), 'content');
    expect(created.status).toBe(201);
    expect(await created.answer.text()).toContain('<Key>posted/fax.pdf</Key>');
    const moved = await send(await post({ Fields: { success_action_redirect: 'https://app.example.com/done' } }), 'content');
    expect(moved.answer.headers.get('location')).toMatch(/^https:\/\/app\.example\.com\/done\?bucket=uploads&key=posted/);
  });

  const refusals: [string, Parameters<typeof post>[0], string, Record<string, string>, number, string][] = [
    ['a file above the length range', {}, 'more than ten', {}, 400, 'EntityTooLarge'],
    ['a file below the length range', {}, 'x', {}, 400, 'EntityTooSmall'],
    ['another key', {}, 'content', { key: 'elsewhere' }, 403, 'AccessDenied'],
    ['a field without a condition', {}, 'content', { 'x-amz-meta-extra': 'x' }, 403, 'AccessDenied'],
    ['a value that does not start as it must', { Conditions: [['starts-with', '$Content-Type', 'image/']] }, 'content', { 'Content-Type': 'text/html' }, 403, 'AccessDenied'],
    ['another signature', {}, 'content', { 'x-amz-signature': '0'.repeat(64) }, 403, 'SignatureDoesNotMatch'],
    ['credentials that nobody has', {}, 'content', { 'x-amz-credential': 'AKIANOBODY/20260101/us-east-1/s3/aws4_request', 'x-amz-date': '20260101T000000Z' }, 403, 'InvalidAccessKeyId'],
    ['a public ACL', { Fields: { acl: 'public-read' } }, 'content', {}, 400, 'AccessControlListNotSupported'],
    ['a checksum that the file does not bear out', { Fields: { 'x-amz-checksum-sha256': checksumOf('SHA256', Buffer.from('other')).toString('base64') } }, 'content', {}, 400, 'BadDigest'],
  ];
  it.each(refusals)('with %s is refused', async (_, options, body, fields, status, code) => {
    expect(await send(await post(options), body, fields)).toMatchObject({ status, code });
  });

  it('with the checksum that the policy names is taken', async () => {
    const checksum = checksumOf('SHA256', Buffer.from('content')).toString('base64');
    expect(await send(await post({ Fields: { 'x-amz-checksum-sha256': checksum } }), 'content')).toMatchObject({ status: 204 });
  });

  it('after the policy ended is refused', async () => {
    const signed = await post();
    now += 600_000;
    expect(await send(signed, 'content')).toMatchObject({ status: 403, code: 'AccessDenied' });
    now -= 600_000;
  });

  it('has the permissions of its signer, whose session token it must carry', async () => {
    const allowed = s3.client({}, s3.roleWith(`s3:PutObject ${arn}/posted/fax.pdf`));
    const refused = s3.client({}, s3.roleWith(`s3:PutObject ${arn}/other`));
    const signed = await post({}, allowed);
    expect(await send(signed, 'content')).toMatchObject({ status: 204 });
    expect(await send(signed, 'content', { 'X-Amz-Security-Token': 'another' })).toMatchObject({ code: 'InvalidToken' });
    expect(await send(await post({}, refused), 'content')).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('without a policy is refused', async () => {
    const { url } = await post();
    expect(await send({ url, fields: { key: 'k' } }, 'content')).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('of 8 MB that is too large hears so, while it is still being sent', async () => {
    expect(await send(await post(), new Blob([Buffer.alloc(8 << 20)]))).toMatchObject({ code: 'EntityTooLarge' });
  });
});

describe('without a signature', () => {
  it('nothing is read', async () => {
    const answer = await fetch(`${s3.url}/${Bucket}/there`);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });
});

describe('CORS', () => {
  // fetch does not let a program set these headers.
  const preflight = (headers: Record<string, string>, bucket = Bucket) =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      httpRequest(`${s3.url}/${bucket}/there`, { method: 'OPTIONS', headers }, (answer) => {
        answer.resume().on('end', () => { resolve({ status: answer.statusCode, headers: answer.headers }); });
      })
        .on('error', reject)
        .end();
    });

  it('lets a preflight pass that a rule allows', async () => {
    const answer = await preflight({
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'Content-Type',
    });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': 'https://app.example.com',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type',
        'access-control-expose-headers': 'ETag',
        'access-control-max-age': '60',
        'access-control-allow-credentials': 'true',
      },
    });
  });

  it.each([
    ['another origin', { origin: 'https://evil.test', 'access-control-request-method': 'POST' }],
    ['another method', { origin: 'https://app.example.com', 'access-control-request-method': 'DELETE' }],
    ['another header', { origin: 'https://app.example.com', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-other' }],
  ])('refuses %s', async (_, headers) => {
    expect((await preflight(headers)).status).toBe(403);
  });

  it('refuses every preflight for a bucket without rules', async () => {
    expect((await preflight({ origin: 'https://app.example.com', 'access-control-request-method': 'GET' }, 'encrypted')).status).toBe(403);
  });

  it('marks answers, errors too', async () => {
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'there' }));
    const missing = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'missing' }));
    const anyone = await fetch(url, { headers: { origin: 'https://anyone.test' } });
    expect(anyone.headers.get('access-control-allow-origin')).toBe('*');
    const error = await fetch(missing, { headers: { origin: 'https://anyone.test' } });
    expect([error.status, error.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
  });
});

describe('a bucket of a template', () => {
  it.each([
    ['notifications', { NotificationConfiguration: {} }],
    ['a website', { WebsiteConfiguration: {} }],
    ['a transition', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Transitions: [] }] } }],
    ['a bad name', { BucketName: 'Upper' }],
  ])('with %s is an error, not a silent success', async (_, properties) => {
    await expect(s3.addBucket(properties)).rejects.toThrow();
  });
});
