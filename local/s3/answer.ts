/** What an S3 operation is given and what it answers: data, so that an operation never touches the socket. */
import type { Readable } from 'node:stream';
import type { ModuleDependencies } from '../cloud/module.js';
import { AwsError, type Principal } from '../cloud/service.js';
import type { Bucket, Buckets } from './bucket.js';
import type { ObjectStore } from './object-store.js';
import type { UploadStore } from './upload-store.js';

export interface S3State {
  readonly dependencies: Pick<ModuleDependencies, 'identity' | 'authorize' | 'endpointUrl'>;
  readonly buckets: Buckets;
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A request on one bucket. */
export interface BucketRequest {
  readonly principal: Principal;
  readonly bucket: Bucket;
  readonly query: URLSearchParams;
  /** Lower-case names; with the x-amz- headers of a presigned query. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request on one key of a bucket. */
export interface ObjectRequest extends BucketRequest {
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

/** An error whose answer carries headers besides its XML. */
export class S3Error extends AwsError {
  constructor(
    code: string,
    message: string,
    status: number,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(code, message, status);
  }
}

export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

export function objectArn(bucket: Bucket, key: string): string {
  return `${bucket.arn}/${key}`;
}

/** The headers of an answer about one version; none where the version has no id of its own. */
export function versionHeaders(versionId: string | undefined): Record<string, string> {
  return versionId === undefined || versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
}

/**
 * The error for a key that is not there: without s3:ListBucket nobody may learn that, so it is a 403.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws AwsError AccessDenied
 */
export function missingKey(state: S3State, request: ObjectRequest, headers: Readonly<Record<string, string>> = {}): AwsError {
  state.dependencies.authorize(request.principal, 's3:ListBucket', request.bucket.arn);
  return new S3Error('NoSuchKey', 'The specified key does not exist.', 404, headers);
}

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400);
}
