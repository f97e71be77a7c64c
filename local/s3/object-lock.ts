/**
 * Object Lock: a version that is under retention can't be deleted before its time; a newer version or a delete marker in
 * front of it can be written. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
import { AwsError } from '../cloud/service.js';
import { objectArn, xmlAnswer, type Answer, type BucketRequest, type ObjectRequest, type S3State } from './answer.js';
import { objectOfRequest } from './get-object.js';
import { isRetained, type ObjectLock, type ObjectVersion, type Retention } from './object-record.js';
import { element, s3Document, textElement } from './xml.js';

const bypassHeader = 'x-amz-bypass-governance-retention';
const day = 86_400_000;

/** The retention of a version that is written now. */
export function newRetention(lock: ObjectLock | undefined, now: number): { readonly retention?: Retention } {
  const { mode, days } = lock?.defaultRetention ?? {};
  return mode === undefined || days === undefined ? {} : { retention: { mode, until: now + days * day } };
}

/**
 * A write into a bucket that retains what is written has to prove that it arrived whole.
 * @throws AwsError InvalidRequest
 */
export function requireDigest(lock: ObjectLock | undefined, headers: Readonly<Record<string, string>>): void {
  if (lock?.defaultRetention === undefined || headers['content-md5'] !== undefined) return;
  if (Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm')) return;
  throw new AwsError('InvalidRequest', 'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters', 400);
}

/**
 * Whether a deletion may pass a retention in governance mode.
 * @throws AwsError AccessDenied where it asks to and may not
 */
export function bypassesGovernance(state: S3State, request: BucketRequest, key: string): boolean {
  if (request.headers[bypassHeader]?.toLowerCase() !== 'true') return false;
  state.dependencies.authorize(request.principal, 's3:BypassGovernanceRetention', objectArn(request.bucket, key));
  return true;
}

/** @throws AwsError AccessDenied for a version whose time has not come */
export function refuseRetained(version: ObjectVersion | undefined, bypasses: boolean, now: number): void {
  if (!isRetained(version, now)) return;
  if (bypasses && version.retention.mode === 'GOVERNANCE') return;
  throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403);
}

export function getObjectLockConfiguration(state: S3State, request: BucketRequest): Answer {
  const { bucket } = request;
  state.dependencies.authorize(request.principal, 's3:GetBucketObjectLockConfiguration', bucket.arn);
  if (bucket.objectLock === undefined)
    throw new AwsError('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket', 404);
  const { defaultRetention } = bucket.objectLock;
  const rule =
    defaultRetention === undefined
      ? []
      : [element('Rule', element('DefaultRetention', textElement('Mode', defaultRetention.mode), textElement('Days', defaultRetention.days)))];
  return xmlAnswer(s3Document('ObjectLockConfiguration', textElement('ObjectLockEnabled', 'Enabled'), ...rule));
}

export async function getObjectRetention(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { bucket, key, query, principal } = request;
  state.dependencies.authorize(principal, 's3:GetObjectRetention', objectArn(bucket, key));
  if (bucket.objectLock === undefined) throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration', 400);
  const { retention } = await objectOfRequest(state, request, query.get('versionId') ?? undefined);
  if (retention === undefined)
    throw new AwsError('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration', 404);
  return xmlAnswer(
    s3Document('Retention', textElement('Mode', retention.mode), textElement('RetainUntilDate', new Date(retention.until).toISOString())),
  );
}
