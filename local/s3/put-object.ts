/** PutObject, and the write that a form upload and a copy end in as well. */
import { randomBytes, randomUUID } from 'node:crypto';
import { objectArn, versionHeaders, type Answer, type ObjectRequest, type S3State } from './answer.js';
import type { StagedBody } from './body-files.js';
import type { Bucket } from './bucket.js';
import { checkWriteCondition } from './conditions.js';
import { algorithmsToRun, checksumHeaders, declaredChecksums, verifiedChecksum } from './declared-checksums.js';
import { authorizeKey, encryptionHeaders } from './encryption.js';
import { newRetention, requireDigest } from './object-lock.js';
import { checkKey, describedObject } from './object-description.js';
import { currentObject, withVersion, type Checksum, type ObjectDescription, type StoredObject } from './object-record.js';

export async function putObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { authorize, identity } = state.dependencies;
  const { principal, bucket, key, headers } = request;
  checkKey(key);
  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  if (headers['x-amz-tagging'] !== undefined) authorize(principal, 's3:PutObjectTagging', objectArn(bucket, key));
  const description = describedObject(headers, bucket.encryption, identity);
  authorizeKey(authorize, principal, description.encryption, 'kms:GenerateDataKey');
  const declared = declaredChecksums(headers);
  requireDigest(bucket.objectLock, headers);

  const body = await state.objects.bodies.stage([request.body], algorithmsToRun(declared));
  const stored = await storeStaged(state, { bucket, key, description, body, conditions: headers }, () =>
    verifiedChecksum(declared, body),
  );
  return { status: 200, headers: writtenHeaders(state, stored) };
}

export interface StagedWrite {
  readonly bucket: Bucket;
  readonly key: string;
  readonly description: ObjectDescription;
  readonly body: StagedBody;
  /** Headers with If-Match and If-None-Match; empty for an unconditional write. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Without quotation marks; by default the MD5 of the body, or something opaque under a KMS key. */
  readonly etag?: string;
}

/** Makes a staged body the object of a key, or discards it where a condition or `verify` says no. */
export async function storeStaged(
  state: S3State,
  write: StagedWrite,
  verify: () => Checksum | undefined,
): Promise<StoredObject> {
  const { bucket, key, description, body } = write;
  try {
    const checksum = verify();
    const stored: StoredObject = {
      ...description,
      kind: 'object',
      versionId: bucket.versioning === 'Enabled' ? newVersionId() : 'null',
      lastModified: state.now(),
      etag: write.etag ?? (description.encryption.algorithm === 'AES256' ? body.md5 : opaqueTag()),
      size: body.size,
      bodyFile: body.bodyFile,
      ...(checksum === undefined ? {} : { checksum }),
      ...newRetention(bucket.objectLock, state.now()),
    };
    await state.objects.change(bucket.name, key, (versions) => {
      checkWriteCondition(write.conditions, currentObject(versions));
      return withVersion(versions, stored);
    });
    return stored;
  } catch (error) {
    await state.objects.bodies.discard(body.bodyFile);
    throw error;
  }
}

/** The headers that answer a write. */
export function writtenHeaders(state: S3State, stored: StoredObject): Record<string, string> {
  return {
    etag: `"${stored.etag}"`,
    ...versionHeaders(stored.versionId),
    ...encryptionHeaders(stored.encryption, state.dependencies.identity),
    ...checksumHeaders(stored.checksum),
  };
}

/** An ETag under a KMS key is no MD5 on AWS either. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
export function opaqueTag(): string {
  return randomBytes(16).toString('hex');
}

export function newVersionId(): string {
  return randomUUID().replaceAll('-', '');
}
