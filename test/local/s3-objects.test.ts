/** What S3 guarantees for objects: bytes, conditions, checksums, ranges, metadata, listings, versions, multipart, restart. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  SelectObjectContentCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { errorOf, startS3, type S3UnderTest } from './s3-under-test.js';

const Bucket = 'documents';
let s3: S3UnderTest;
let client: S3Client;
const now = Date.UTC(2026, 0, 15, 12);

beforeAll(async () => {
  s3 = await startS3({ now: () => now });
  client = s3.client();
  await s3.addBucket({ BucketName: Bucket });
  await s3.addBucket({ BucketName: 'versioned', VersioningConfiguration: { Status: 'Enabled' } });
});
afterAll(() => s3.close());

const put = (Key: string, Body: string | Buffer = 'text', more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();

describe('an object', () => {
  it('is read back byte for byte, with its type, disposition, metadata and tags', async () => {
    const Body = randomBytes(300_000);
    await put('a/ü & b+c.pdf', Body, {
      ContentType: 'application/pdf',
      ContentDisposition: 'attachment',
      Metadata: { fax: '42' },
      Tagging: 'kind=fax&x=y%20z',
    });
    const got = await get('a/ü & b+c.pdf');
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
    expect(got).toMatchObject({
      ContentType: 'application/pdf',
      ContentDisposition: 'attachment',
      Metadata: { fax: '42' },
      TagCount: 2,
      ContentLength: 300_000,
      ETag: `"${createHash('md5').update(Body).digest('hex')}"`,
      ServerSideEncryption: 'AES256',
    });
    const tags = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'a/ü & b+c.pdf' }));
    expect(tags.TagSet).toEqual([{ Key: 'kind', Value: 'fax' }, { Key: 'x', Value: 'y z' }]);
  });

  it('that came as a stream in chunks is stored without the chunks', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from([Buffer.from('one '), Buffer.from('two')]), ContentLength: 7 }));
    expect(await text('stream')).toBe('one two');
    expect((await get('stream')).ContentEncoding).toBeUndefined();
  });

  it('may be empty', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await text('empty')).toBe('');
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'empty' }))).ContentLength).toBe(0);
  });

  it('keeps its tags and its body when only the tags are replaced', async () => {
    await put('tagged', 'body');
    await client.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [{ Key: 'a', Value: 'b / c' }] } }));
    expect(await text('tagged')).toBe('body');
    expect((await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual([{ Key: 'a', Value: 'b / c' }]);
  });

  it('is copied with its metadata, and not onto itself without a change', async () => {
    await put('original', 'body', { Metadata: { a: 'b' } });
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/original` }));
    expect((await get('copy')).Metadata).toEqual({ a: 'b' });
    expect(await text('copy')).toBe('body');
    const onto = client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/copy` }));
    expect(await errorOf(onto)).toMatchObject({ name: 'InvalidRequest' });
  });

  it('goes, and going twice is no error', async () => {
    await put('gone');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    expect(await errorOf(get('gone'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect(await errorOf(client.send(new HeadObjectCommand({ Bucket, Key: 'gone' })))).toMatchObject({ name: 'NotFound', status: 404 });
  });

  it('goes with others in one request', async () => {
    await put('many/1');
    await put('many/2');
    const answer = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'many/1' }, { Key: 'many/2' }, { Key: 'many/3' }] } }));
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['many/1', 'many/2', 'many/3']);
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'many/' }))).KeyCount).toBe(0);
  });
});

describe('conditions', () => {
  it('If-None-Match: * lets exactly one of many writers win', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, writer) => errorOf(put('once', String(writer), { IfNoneMatch: '*' }))),
    );
    expect(outcomes.filter(({ name }) => name === 'no error')).toHaveLength(1);
    expect(outcomes.filter(({ name, status }) => name === 'PreconditionFailed' && status === 412)).toHaveLength(19);
  });

  it('If-Match writes only over the version that was read', async () => {
    const { ETag } = await put('matched', 'one');
    await put('matched', 'two', { IfMatch: ETag });
    expect(await errorOf(put('matched', 'three', { IfMatch: ETag }))).toMatchObject({ name: 'PreconditionFailed' });
    expect(await errorOf(put('never-there', 'x', { IfMatch: ETag }))).toMatchObject({ name: 'NoSuchKey' });
    expect(await text('matched')).toBe('two');
  });

  it('a read is answered 304 or 412 as its conditions say', async () => {
    const { ETag } = await put('read', 'x');
    expect(await errorOf(get('read', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 });
    expect(await errorOf(get('read', { IfMatch: '"other"' }))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect(await errorOf(get('read', { IfModifiedSince: new Date(now) }))).toMatchObject({ status: 304 });
    expect(await text('read', { IfUnmodifiedSince: new Date(now) })).toBe('x');
  });
});

describe('ranges', () => {
  beforeAll(() => put('range', '0123456789'));
  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['lines=1-2', '0123456789', undefined],
  ])('%s gives %s', async (Range, expected, contentRange) => {
    const got = await get('range', { Range });
    expect(await got.Body?.transformToString()).toBe(expected);
    expect(got.ContentRange).toBe(contentRange);
  });
  it('behind the end is an error', async () => {
    expect(await errorOf(get('range', { Range: 'bytes=10-' }))).toEqual({ name: 'InvalidRange', status: 416 });
  });
});

describe('checksums', () => {
  it.each([
    ['ChecksumCRC32', 'y/Q5Jg=='],
    ['ChecksumCRC32C', '4waSgw=='],
    ['ChecksumCRC64NVME', 'rosUhgp5mIg='],
    ['ChecksumSHA1', createHash('sha1').update('123456789').digest('base64')],
    ['ChecksumSHA256', createHash('sha256').update('123456789').digest('base64')],
  ])('%s of a body that bears it out is kept, and one that does not is refused', async (name, value) => {
    await put('checked', '123456789', { [name]: value });
    expect(await get('checked', { ChecksumMode: 'ENABLED' })).toMatchObject({ [name]: value, ChecksumType: 'FULL_OBJECT' });
    expect(await errorOf(put('checked', '12345678', { [name]: value }))).toMatchObject({ name: 'BadDigest', status: 400 });
    expect(await text('checked')).toBe('123456789');
  });

  it('Content-MD5 is verified', async () => {
    const ContentMD5 = createHash('md5').update('x').digest('base64');
    await put('md5', 'x', { ContentMD5 });
    expect(await errorOf(put('md5', 'y', { ContentMD5 }))).toMatchObject({ name: 'BadDigest' });
    expect(await errorOf(put('md5', 'y', { ContentMD5: 'short' }))).toMatchObject({ name: 'InvalidDigest' });
  });
});

describe('a listing', () => {
  beforeAll(async () => {
    for (const key of ['l/a', 'l/b/1', 'l/b/2', 'l/c/1', 'l/d', 'l/\u{1f600}', 'l/\uffee']) await put(key);
  });

  it('folds keys at the delimiter, page by page, in UTF-8 order', async () => {
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', Delimiter: '/', MaxKeys: 2, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual(['l/a', 'l/b/', 'l/d', 'l/c/', 'l/\uffee', 'l/\u{1f600}']);
  });

  it('starts after a key, and encodes names where asked', async () => {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', StartAfter: 'l/d', EncodingType: 'url' }));
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['l/%EF%BF%AE', 'l/%F0%9F%98%80']);
  });

  it('of buckets names each of them', async () => {
    expect((await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket, 'versioned']);
  });
});

describe('a versioned bucket', () => {
  it('keeps what was overwritten or deleted, and gives it by its version id', async () => {
    const target = { Bucket: 'versioned', Key: 'v' };
    const first = await client.send(new PutObjectCommand({ ...target, Body: 'one' }));
    await client.send(new PutObjectCommand({ ...target, Body: 'two' }));
    const { VersionId: marker, DeleteMarker } = await client.send(new DeleteObjectCommand(target));
    expect(DeleteMarker).toBe(true);
    expect(await errorOf(client.send(new GetObjectCommand(target)))).toMatchObject({ name: 'NoSuchKey' });
    expect(await errorOf(client.send(new GetObjectCommand({ ...target, VersionId: marker })))).toMatchObject({ status: 405 });
    const old = await client.send(new GetObjectCommand({ ...target, VersionId: first.VersionId }));
    expect(await old.Body?.transformToString()).toBe('one');

    const pageOne = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned', MaxKeys: 2 }));
    const pageTwo = await client.send(
      new ListObjectVersionsCommand({ Bucket: 'versioned', KeyMarker: pageOne.NextKeyMarker, VersionIdMarker: pageOne.NextVersionIdMarker }),
    );
    expect(pageOne.DeleteMarkers?.map(({ IsLatest }) => IsLatest)).toEqual([true]);
    expect([...(pageOne.Versions ?? []), ...(pageTwo.Versions ?? [])]).toHaveLength(2);

    await client.send(new DeleteObjectCommand({ ...target, VersionId: marker }));
    expect(await (await client.send(new GetObjectCommand(target))).Body?.transformToString()).toBe('two');
  });
});

describe('a multipart upload', () => {
  it('becomes one object of its parts, and leaves nothing under way', async () => {
    const target = { Bucket, Key: 'big' };
    const pieces = [randomBytes(5 * 1024 * 1024), randomBytes(1000)];
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ContentType: 'application/pdf', ChecksumAlgorithm: 'CRC32' }));
    const Parts = [];
    for (const [index, Body] of pieces.entries()) {
      const part = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: index + 1, Body }));
      Parts.push({ PartNumber: index + 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
    }
    expect((await client.send(new ListPartsCommand({ ...target, UploadId }))).Parts).toHaveLength(2);
    const done = await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(done.ChecksumCRC32).toMatch(/-2$/);
    const got = await get('big');
    expect(got.ContentType).toBe('application/pdf');
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(pieces))).toBe(true);
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
    expect(await errorOf(client.send(new ListPartsCommand({ ...target, UploadId })))).toMatchObject({ name: 'NoSuchUpload' });
  });

  it('refuses a part that is too small before the last, and a part that was never sent', async () => {
    const target = { Bucket, Key: 'small-parts' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const one = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'a' }));
    const two = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 2, Body: 'b' }));
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      errorOf(client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } })));
    expect(await complete([{ PartNumber: 1, ETag: one.ETag }, { PartNumber: 2, ETag: two.ETag }])).toMatchObject({ name: 'EntityTooSmall' });
    expect(await complete([{ PartNumber: 3, ETag: one.ETag }])).toMatchObject({ name: 'InvalidPart' });
    expect(await complete([{ PartNumber: 2, ETag: two.ETag }, { PartNumber: 1, ETag: one.ETag }])).toMatchObject({ name: 'InvalidPartOrder' });
  });
});

describe('what is not supported', () => {
  it.each([
    ['a subresource', () => client.send(new GetBucketAclCommand({ Bucket }))],
    ['an operation', () => client.send(new SelectObjectContentCommand({ Bucket, Key: 'k', Expression: 'x', ExpressionType: 'SQL', InputSerialization: {}, OutputSerialization: {} }))],
    ['a header', () => put('k', 'x', { WebsiteRedirectLocation: '/' })],
    ['a customer key', () => put('k', 'x', { SSECustomerAlgorithm: 'AES256', SSECustomerKey: randomBytes(32).toString('base64') })],
  ])('%s is an error that says so', async (_, call) => {
    expect(await errorOf(call())).toEqual({ name: 'NotImplemented', status: 501 });
  });

  it('a storage class or an ACL is refused', async () => {
    expect(await errorOf(put('k', 'x', { StorageClass: 'GLACIER' }))).toMatchObject({ name: 'InvalidStorageClass' });
    expect(await errorOf(put('k', 'x', { ACL: 'public-read' }))).toMatchObject({ name: 'AccessControlListNotSupported' });
  });
});

describe('lifecycle rules', () => {
  it('remove objects at the midnight after their days, abort uploads, and keep what they do not name', async () => {
    const name = await s3.addBucket({
      BucketName: 'expiring',
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', Prefix: 'old/', ExpirationInDays: 2 },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
          { Status: 'Disabled', ExpirationInDays: 1 },
        ],
      },
    });
    await client.send(new PutObjectCommand({ Bucket: name, Key: 'old/1', Body: 'x' }));
    await client.send(new PutObjectCommand({ Bucket: name, Key: 'kept', Body: 'x' }));
    await client.send(new CreateMultipartUploadCommand({ Bucket: name, Key: 'never finished' }));
    expect(await s3.module.sweepLifecycle(Date.UTC(2026, 0, 17, 23, 59))).toEqual({ objects: 0, uploads: 1 });
    expect(await s3.module.sweepLifecycle(Date.UTC(2026, 0, 18))).toEqual({ objects: 1, uploads: 0 });
    const left = await client.send(new ListObjectsV2Command({ Bucket: name }));
    expect(left.Contents?.map(({ Key }) => Key)).toEqual(['kept']);
  });
});

describe('a restart', () => {
  it('finds every acknowledged object', async () => {
    const first = await startS3();
    await first.addBucket({ BucketName: Bucket });
    await first.client().send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'kept', Metadata: { a: 'b' } }));
    const second = await first.restart();
    await second.addBucket({ BucketName: Bucket });
    const got = await second.client().send(new GetObjectCommand({ Bucket, Key: 'kept' }));
    expect(await got.Body?.transformToString()).toBe('kept');
    expect(got.Metadata).toEqual({ a: 'b' });
    await second.close();
  });
});
