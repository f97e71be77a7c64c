/** Writing objects without the SDK: against the local cloud's S3, which checks signature, permission and checksum as AWS does. */
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { deleteObject, putObject } from '../../lambdas/platform/stored-object.js';
import { startS3, type S3UnderTest } from '../local/s3-under-test.js';
import { ScriptedAws, setFunctionEnvironment } from './scripted-aws.js';

const bytes = Buffer.from('%PDF-1.4 a document');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const pdf = { bytes, contentType: 'application/pdf', sha256 };
// What a key may hold at all: nothing of it may be signed as anything but itself.
const key = "documents/ä b+c&d=(e)'!*~.pdf";

describe('against S3', () => {
  let s3: S3UnderTest;
  let bucket: string;

  beforeAll(async () => {
    s3 = await startS3();
    bucket = await s3.addBucket({});
  });
  afterAll(() => s3.close());
  beforeEach(() => {
    setFunctionEnvironment(s3.url, s3.roleWith(`s3:PutObject arn:aws:s3:::${bucket}/${key}`, `s3:DeleteObject arn:aws:s3:::${bucket}/${key}`));
  });

  it('an object is stored as it is, with its type, its length and its checksum', async () => {
    await putObject(bucket, key, pdf);
    const stored = await s3.client().send(new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
    expect(await stored.Body?.transformToString()).toBe(bytes.toString());
    expect(stored).toMatchObject({
      ContentType: 'application/pdf',
      ContentLength: bytes.length,
      ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
    });
  });

  it('bytes that are not what their checksum says are refused, and what was there stays', async () => {
    await putObject(bucket, key, pdf);
    const call = putObject(bucket, key, { ...pdf, bytes: Buffer.from('something else') });
    await expect(call).rejects.toMatchObject({ code: 'XAmzContentSHA256Mismatch', status: 400 });
    const stored = await s3.client().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect(await stored.Body?.transformToString()).toBe(bytes.toString());
  });

  it('a removed object is gone, and may be removed again', async () => {
    await putObject(bucket, key, pdf);
    await deleteObject(bucket, key);
    await deleteObject(bucket, key);
    await expect(s3.client().send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('what the role does not allow is an error', async () => {
    setFunctionEnvironment(s3.url, s3.roleWith());
    await expect(putObject(bucket, key, pdf)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
    await expect(deleteObject(bucket, key)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
  });
});

describe('when S3 fails', () => {
  const aws = new ScriptedAws();
  const done = { status: 200, body: '' };
  const slowDown = { status: 503, body: '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>' };
  const cut = { status: 0, body: '', cut: true };

  beforeAll(() => aws.listen());
  afterAll(() => aws.close());
  beforeEach(() => {
    aws.answers = [];
    aws.asked = [];
    setFunctionEnvironment(aws.url, { accessKeyId: 'a', secretAccessKey: 's' });
  });

  it.each([
    ['503', slowDown],
    ['500 without a word', { status: 500, body: '' }],
    ['a cut connection', cut],
  ])('%s is tried again, with the whole body', async (_, once) => {
    aws.answers = [once, once, done];
    await putObject('documents', 'a.pdf', pdf);
    expect(aws.asked.map(({ method, path, body }) => `${method} ${path} ${body.toString()}`)).toEqual(Array(3).fill(`PUT /documents/a.pdf ${bytes.toString()}`));
  });

  it('three attempts are all', async () => {
    aws.answers = [slowDown, slowDown, slowDown, done];
    await expect(putObject('documents', 'a.pdf', pdf)).rejects.toMatchObject({ code: 'SlowDown', status: 503, message: 'SlowDown: Please reduce your request rate.' });
    expect(aws.asked).toHaveLength(3);
  });

  it('a refusal is not tried again', async () => {
    aws.answers = [{ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }, done];
    await expect(putObject('documents', 'a.pdf', pdf)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(aws.asked).toHaveLength(1);
  });
});
