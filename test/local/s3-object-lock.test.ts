/** Object Lock: what is written under a retention stays until its time, whoever asks; only governance can be passed, by who may. */
import {
  DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, GetObjectLockConfigurationCommand, GetObjectRetentionCommand, HeadObjectCommand,
  ListObjectVersionsCommand, PutObjectCommand, PutObjectRetentionCommand, type S3Client, type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { errorOf, startS3, type S3UnderTest } from './s3-under-test.js';

const day = 86_400_000;
const started = Date.UTC(2030, 0, 15, 10);
const Key = 'heads/2030-01-15';
const lock = (Mode: 'GOVERNANCE' | 'COMPLIANCE') => ({
  ObjectLockEnabled: true,
  ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days: 30 } } },
});

let now: number;
let s3: S3UnderTest;
let Bucket: string;
let administrator: S3Client;
beforeEach(async () => {
  now = started;
  s3 = await startS3({ now: () => now });
});
afterEach(() => s3.close());

async function open(mode: 'GOVERNANCE' | 'COMPLIANCE' = 'GOVERNANCE', properties: object = {}): Promise<void> {
  Bucket = await s3.addBucket({ ...lock(mode), ...properties });
  administrator = s3.client();
}
const put = async (Body: string, client = administrator) => (await client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const read = async (VersionId?: string) => (await administrator.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();
const remove = (VersionId: string | undefined, more: object = {}, client = administrator) => client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...more }));
const role = (...actions: readonly string[]) =>
  s3.client({}, s3.roleWith(...actions.map((action) => `s3:${action} arn:aws:s3:::${Bucket}${action.startsWith('GetBucket') ? '' : `/${Key}`}`)));
const asWritten = { name: 'AccessDenied', status: 403 };

test('a version can not be deleted before its time, by whoever; then it can', async () => {
  await open();
  const version = await put('head');
  expect(await errorOf(remove(version))).toEqual(asWritten);
  expect(await administrator.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId: version }] } }))).toMatchObject({ Errors: [{ Key, Code: 'AccessDenied', Message: expect.stringContaining('object lock') }] });
  now += 30 * day - 1;
  expect(await errorOf(remove(version))).toEqual(asWritten);
  now += 1;
  await remove(version);
  expect((await errorOf(read())).name).toBe('NoSuchKey');
});

test('a writer hides a version behind a newer one or a marker, and it is still there', async () => {
  await open();
  const first = await put('true head');
  const writer = role('PutObject', 'DeleteObject', 'DeleteObjectVersion');
  const second = await put('rewritten', writer);
  await remove(undefined, {}, writer);
  expect((await errorOf(read())).name).toBe('NoSuchKey');
  for (const version of [first, second]) expect(await errorOf(remove(version, {}, writer))).toEqual(asWritten);
  expect([await read(first), await read(second)]).toEqual(['true head', 'rewritten']);
  const { Versions } = await administrator.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([second, first]);
});

test('governance is passed with the header by who may; compliance by nobody', async () => {
  await open();
  const bypass = { BypassGovernanceRetention: true };
  const version = await put('head');
  expect(await errorOf(remove(version, bypass, role('DeleteObjectVersion')))).toEqual(asWritten);
  await remove(version, bypass, role('DeleteObjectVersion', 'BypassGovernanceRetention'));
  await s3.close();
  s3 = await startS3({ now: () => now });
  await open('COMPLIANCE');
  expect(await errorOf(remove(await put('head'), bypass))).toEqual(asWritten);
});

test('the first write of a key is the only one that If-None-Match lets through', async () => {
  await open();
  const once = (Body: string) => administrator.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*' }));
  await once('first');
  expect(await errorOf(once('second'))).toEqual({ name: 'PreconditionFailed', status: 412 });
  expect(await read()).toBe('first');
});

test('the retention is told to who may read it, and lives over a restart', async () => {
  await open();
  const version = await put('head');
  s3 = await s3.restart();
  await open();
  const RetainUntilDate = new Date(started + 30 * day);
  expect((await administrator.send(new GetObjectRetentionCommand({ Bucket, Key }))).Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate });
  expect(await administrator.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: RetainUntilDate });
  expect((await role('GetObject').send(new HeadObjectCommand({ Bucket, Key }))).ObjectLockMode).toBeUndefined();
  expect(await errorOf(role('GetObject').send(new GetObjectRetentionCommand({ Bucket, Key })))).toEqual(asWritten);
  expect((await role('GetBucketObjectLockConfiguration').send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration).toEqual({
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
  });
  expect(await errorOf(remove(version))).toEqual(asWritten);
});

test('lifecycle rules wait for the retention', async () => {
  await open('GOVERNANCE', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }] } });
  const first = await put('first');
  await put('second');
  await s3.module.sweepLifecycle((now += 10 * day));
  expect(await read(first)).toBe('first');
  await s3.module.sweepLifecycle((now += 21 * day));
  expect((await errorOf(read(first))).name).toBe('NoSuchVersion');
  expect(await read()).toBe('second');
});

test('a write without a checksum is refused, as on AWS', async () => {
  await open();
  const configuration: S3ClientConfig = { requestChecksumCalculation: 'WHEN_REQUIRED' };
  expect(await errorOf(put('head', s3.client(configuration)))).toEqual({ name: 'InvalidRequest', status: 400 });
});

test('what is not built says so; a configuration that contradicts itself stops the start', async () => {
  await open();
  await put('head');
  expect((await errorOf(administrator.send(new PutObjectRetentionCommand({ Bucket, Key, Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date() } })))).name).toBe('NotImplemented');
  expect((await errorOf(administrator.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ObjectLockLegalHoldStatus: 'ON' })))).name).toBe('NotImplemented');
  const named = (properties: object) => s3.addBucket({ BucketName: 'other', ...properties });
  await expect(named({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } })).rejects.toThrow('ObjectLockEnabled: true');
  await expect(named({ ObjectLockEnabled: true, VersioningConfiguration: { Status: 'Suspended' } })).rejects.toThrow('suspended');
  await expect(named({ ...lock('GOVERNANCE'), ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } } } })).rejects.toThrow('either Days or Years');
});
