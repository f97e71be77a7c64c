/** S3 on the endpoint: reads a request, finds its operation, writes the answer or the error, and adds the bucket's CORS headers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { AwsError, type AwsService, type SignedRequest } from '../cloud/service.js';
import type { Answer, BucketRequest, ObjectRequest, S3State } from './answer.js';
import { copyObject } from './copy-object.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import { deleteObject, deleteObjects } from './delete-objects.js';
import { errorAnswer } from './error-answer.js';
import { getObject, headObject } from './get-object.js';
import { listObjectsV2, listObjectVersions } from './list-objects.js';
import { getBucketLocation, getBucketVersioning, headBucket, listBuckets } from './look-at-buckets.js';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './multipart-upload.js';
import { getObjectLockConfiguration, getObjectRetention } from './object-lock.js';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.js';
import { effectiveHeaders, operationOf, requestTarget, type OperationName } from './operation-name.js';
import { postObject } from './post-object.js';
import type { CredentialFinder } from './post-signature.js';
import { putObject } from './put-object.js';

type BucketOperation = (state: S3State, request: BucketRequest) => Answer | Promise<Answer>;
type ObjectOperation = (state: S3State, request: ObjectRequest) => Answer | Promise<Answer>;

const bucketOperations: Partial<Record<OperationName, BucketOperation>> = {
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
};

const objectOperations: Partial<Record<OperationName, ObjectOperation>> = {
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  GetObjectRetention: getObjectRetention,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
};

export function s3Service(state: S3State, credentials: CredentialFinder | undefined): AwsService {
  return {
    signingName: 's3',
    handle: (request, response) =>
      answer(state, response, request.requestId, request.method, request.path, request.headers, () => perform(state, request)),
    handleUnsigned: (request, response) => {
      const { pathname } = new URL(request.url ?? '/', state.dependencies.endpointUrl);
      const headers = singleHeaders(request);
      return answer(state, response, randomUUID(), request.method ?? 'GET', pathname, headers, () =>
        performUnsigned(state, credentials, request, pathname, headers),
      );
    },
  };
}

async function perform(state: S3State, request: SignedRequest): Promise<Answer> {
  const { principal, query, body } = request;
  const headers = effectiveHeaders(request.headers, query);
  const target = requestTarget(request.path);
  const operation = operationOf(request.method, target, query, headers);
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== state.dependencies.identity.accountId)
    throw new AwsError('AccessDenied', 'Access Denied', 403);
  if (target.bucket === undefined) return listBuckets(state, principal);
  const bucketRequest = { principal, bucket: state.buckets.get(target.bucket), query, headers, body };
  const onBucket = bucketOperations[operation];
  if (onBucket !== undefined) return onBucket(state, bucketRequest);
  const onObject = objectOperations[operation];
  if (onObject === undefined || target.key === undefined) throw new Error(`No code for the S3 operation ${operation}`);
  return onObject(state, { ...bucketRequest, key: target.key });
}

/** Preflights and form uploads; nothing else is open to anybody without a signature. */
async function performUnsigned(
  state: S3State,
  credentials: CredentialFinder | undefined,
  request: IncomingMessage,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const target = requestTarget(path);
  if (request.method === 'POST' && target.bucket !== undefined && target.key === undefined)
    return postObject(state, credentials, state.buckets.get(target.bucket), request);
  request.resume();
  if (request.method === 'OPTIONS' && target.bucket !== undefined)
    return { status: 200, headers: preflightHeaders(state.buckets.get(target.bucket).corsRules, headers) };
  throw new AwsError('AccessDenied', 'Access Denied', 403);
}

async function answer(
  state: S3State,
  response: ServerResponse,
  requestId: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  operation: () => Promise<Answer>,
): Promise<void> {
  let result: Answer;
  try {
    result = await operation();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    result = errorAnswer(error, path, requestId);
  }
  const bucket = state.buckets.find(/^\/([^/]*)/.exec(path)?.[1] ?? '');
  const cors = bucket === undefined || method === 'OPTIONS' ? {} : corsHeaders(bucket.corsRules, method, headers);
  const length = typeof result.body === 'string' ? { 'content-length': String(Buffer.byteLength(result.body)) } : {};
  const none = result.body === undefined && result.status !== 204 && result.status !== 304 && method !== 'HEAD' ? { 'content-length': '0' } : {};
  response.writeHead(result.status, { ...none, 'x-amz-request-id': requestId, ...cors, ...length, ...result.headers });
  if (typeof result.body !== 'object') {
    response.end(method === 'HEAD' ? undefined : result.body);
    return;
  }
  try {
    await pipeline(result.body, response);
  } catch {
    // The client went away in the middle of the body; nobody is left to tell.
    response.destroy();
  }
}

function singleHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}
