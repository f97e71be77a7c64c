/**
 * Which S3 operation a request is, by method, path and subresource. Whatever is not listed here is refused by name:
 * a subresource, parameter or header that would be ignored would be a silent success.
 */
import { AwsError } from '../cloud/service.js';

export interface RequestTarget {
  readonly bucket?: string;
  readonly key?: string;
}

interface OperationShape {
  readonly name: string;
  readonly method: string;
  readonly level: 'service' | 'bucket' | 'object';
  /** The query parameter that makes a request this operation; none for the plain request. */
  readonly subresource?: string;
  readonly copies?: boolean;
  readonly parameters?: readonly string[];
  /** x-amz- headers besides those that any request may carry. */
  readonly headers?: readonly string[];
}

const listing = ['prefix', 'max-keys', 'encoding-type'];
const encryptionHeaders = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];
const describing = [...encryptionHeaders, 'x-amz-acl', 'x-amz-storage-class', 'x-amz-tagging', 'x-amz-meta-*'];
const checksums = ['x-amz-checksum-*', 'x-amz-sdk-checksum-algorithm', 'x-amz-trailer', 'x-amz-decoded-content-length'];
const responseOverrides = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'].map(
  (name) => `response-${name}`,
);

const operations = [
  { name: 'ListBuckets', method: 'GET', level: 'service' },
  { name: 'HeadBucket', method: 'HEAD', level: 'bucket' },
  { name: 'GetBucketLocation', method: 'GET', level: 'bucket', subresource: 'location' },
  { name: 'GetObjectLockConfiguration', method: 'GET', level: 'bucket', subresource: 'object-lock' },
  { name: 'GetBucketVersioning', method: 'GET', level: 'bucket', subresource: 'versioning' },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    level: 'bucket',
    subresource: 'list-type',
    parameters: [...listing, 'delimiter', 'continuation-token', 'start-after', 'fetch-owner'],
  },
  {
    name: 'ListObjectVersions',
    method: 'GET',
    level: 'bucket',
    subresource: 'versions',
    parameters: [...listing, 'key-marker', 'version-id-marker'],
  },
  { name: 'ListMultipartUploads', method: 'GET', level: 'bucket', subresource: 'uploads', parameters: ['prefix', 'encoding-type'] },
  { name: 'DeleteObjects', method: 'POST', level: 'bucket', subresource: 'delete', headers: [...checksums, 'x-amz-bypass-governance-retention'] },
  { name: 'PutObject', method: 'PUT', level: 'object', headers: [...describing, ...checksums] },
  {
    name: 'CopyObject',
    method: 'PUT',
    level: 'object',
    copies: true,
    headers: [...describing, 'x-amz-copy-source', 'x-amz-copy-source-if-*', 'x-amz-metadata-directive', 'x-amz-tagging-directive'],
  },
  {
    name: 'GetObject',
    method: 'GET',
    level: 'object',
    parameters: ['versionId', ...responseOverrides],
    headers: ['x-amz-checksum-mode'],
  },
  {
    name: 'HeadObject',
    method: 'HEAD',
    level: 'object',
    parameters: ['versionId', ...responseOverrides],
    headers: ['x-amz-checksum-mode'],
  },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    level: 'object',
    parameters: ['versionId'],
    headers: ['x-amz-bypass-governance-retention'],
  },
  { name: 'GetObjectRetention', method: 'GET', level: 'object', subresource: 'retention', parameters: ['versionId'] },
  { name: 'GetObjectTagging', method: 'GET', level: 'object', subresource: 'tagging', parameters: ['versionId'] },
  { name: 'PutObjectTagging', method: 'PUT', level: 'object', subresource: 'tagging', parameters: ['versionId'], headers: checksums },
  { name: 'DeleteObjectTagging', method: 'DELETE', level: 'object', subresource: 'tagging', parameters: ['versionId'] },
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    level: 'object',
    subresource: 'uploads',
    headers: [...describing, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  },
  { name: 'UploadPart', method: 'PUT', level: 'object', subresource: 'uploadId', parameters: ['partNumber'], headers: checksums },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    level: 'object',
    subresource: 'uploadId',
    headers: ['x-amz-checksum-*', 'x-amz-mp-object-size'],
  },
  { name: 'AbortMultipartUpload', method: 'DELETE', level: 'object', subresource: 'uploadId' },
  { name: 'ListParts', method: 'GET', level: 'object', subresource: 'uploadId', parameters: ['encoding-type'] },
] as const satisfies readonly OperationShape[];

export type OperationName = (typeof operations)[number]['name'];

const shapes: readonly (OperationShape & { readonly name: OperationName })[] = operations;

/** Parameters and headers that carry the signature, or say things about the client that S3 itself does not act upon. */
const anyParameter = /^(x-id|x-amz-.*)$/i;
const anyHeader = new Set([
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-user-agent',
  'x-amz-expected-bucket-owner',
]);
const signingParameter = /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|user-agent)$/;

/**
 * The bucket and key that a path names (path style).
 * @throws AwsError InvalidURI
 */
export function requestTarget(path: string): RequestTarget {
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  try {
    if (bucket === '') return {};
    return key === '' ? { bucket } : { bucket, key: decodeURIComponent(key) };
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

/** Headers of a request together with the x-amz- headers that presigning moved into its query. */
export function effectiveHeaders(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Readonly<Record<string, string>> {
  const moved: Record<string, string> = {};
  for (const [name, value] of query) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-') && !signingParameter.test(lower)) moved[lower] = value;
  }
  return { ...moved, ...headers };
}

/**
 * The operation that a request asks for.
 * @param headers what `effectiveHeaders` gave
 * @throws AwsError NotImplemented, with the subresource, parameter or header that is not supported
 */
export function operationOf(
  method: string,
  target: RequestTarget,
  query: URLSearchParams,
  headers: Readonly<Record<string, string>>,
): OperationName {
  const level = target.bucket === undefined ? 'service' : target.key === undefined ? 'bucket' : 'object';
  const parameters = [...new Set(query.keys())].filter((name) => !anyParameter.test(name));
  const copies = headers['x-amz-copy-source'] !== undefined;
  const candidates = shapes.filter(
    (shape) =>
      shape.method === method &&
      shape.level === level &&
      (shape.subresource === undefined || parameters.includes(shape.subresource)) &&
      (shape.copies ?? false) === copies,
  );
  // A subresource decides over the plain request.
  const shape = candidates.find((candidate) => candidate.subresource !== undefined) ?? candidates[0];
  if (shape === undefined)
    throw notImplemented(`${method} on ${level} level${parameters.map((parameter) => ` ?${parameter}`).join('')}${copies ? ' with x-amz-copy-source' : ''}`);
  const { name } = shape;
  const surplus = parameters.find((parameter) => parameter !== shape.subresource && !shape.parameters?.includes(parameter));
  if (surplus !== undefined)
    throw notImplemented(shape.subresource === undefined ? `${method} on ${level} level ?${surplus}` : `${name} with the parameter ${surplus}`);
  if (name === 'ListObjectsV2' && query.get('list-type') !== '2') throw notImplemented('a list-type other than 2');
  for (const header of Object.keys(headers)) {
    if (!header.startsWith('x-amz-') || anyHeader.has(header)) continue;
    const known = shape.headers?.some((pattern) => (pattern.endsWith('*') ? header.startsWith(pattern.slice(0, -1)) : header === pattern));
    if (known !== true) throw notImplemented(`${name} with the header ${header}`);
  }
  return name;
}

function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The local S3 does not support ${what}.`, 501);
}
