/** GetObject and HeadObject: conditions, ranges, overrides of the answer's headers, checksum mode. */
import { AwsError } from '../cloud/service.js';
import { missingKey, objectArn, S3Error, versionHeaders, type Answer, type ObjectRequest, type S3State } from './answer.js';
import { byteRange, type ByteRange } from './byte-range.js';
import { readCondition } from './conditions.js';
import { checksumHeaders } from './declared-checksums.js';
import { authorizeKey, encryptionHeaders } from './encryption.js';
import type { ObjectVersion, StoredObject } from './object-record.js';

export async function getObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  // A body can be replaced between reading its record and opening its file: then the record is read again.
  for (;;) {
    const found = await readableObject(state, request);
    authorizeKey(state.dependencies.authorize, request.principal, found.encryption, 'kms:Decrypt');
    const notModified = notModifiedAnswer(request, found);
    if (notModified !== undefined) return notModified;
    const range = byteRange(request.headers['range'], found.size);
    const file = await state.objects.bodies.openBody(found.bodyFile);
    if (file === undefined) continue;
    return {
      status: range === undefined ? 200 : 206,
      headers: objectHeaders(state, request, found, range),
      // The stream closes its file; `end` is inclusive.
      body: file.createReadStream(range === undefined ? {} : { start: range.first, end: range.last }),
    };
  }
}

export async function headObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const found = await readableObject(state, request);
  const notModified = notModifiedAnswer(request, found);
  if (notModified !== undefined) return notModified;
  // Checksums of an encrypted object are under its key too.
  if (request.headers['x-amz-checksum-mode'] !== undefined)
    authorizeKey(state.dependencies.authorize, request.principal, found.encryption, 'kms:Decrypt');
  const range = byteRange(request.headers['range'], found.size);
  return { status: range === undefined ? 200 : 206, headers: objectHeaders(state, request, found, range) };
}

/**
 * The object of a request, by its version id where it gives one, after the permission to read it.
 * @throws AwsError AccessDenied, NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker
 */
export async function readableObject(state: S3State, request: ObjectRequest): Promise<StoredObject> {
  const versionId = request.query.get('versionId') ?? undefined;
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  state.dependencies.authorize(request.principal, action, objectArn(request.bucket, request.key));
  return objectOfRequest(state, request, versionId);
}

/** The object or the one version of it; the caller has asked for the permission. */
export async function objectOfRequest(
  state: S3State,
  request: ObjectRequest,
  versionId: string | undefined,
): Promise<StoredObject> {
  const versions = await state.objects.versions(request.bucket.name, request.key);
  const found: ObjectVersion | undefined =
    versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  if (found?.kind === 'object') return found;
  if (versionId === undefined)
    throw missingKey(state, request, found === undefined ? {} : { 'x-amz-delete-marker': 'true', ...versionHeaders(found.versionId) });
  if (found === undefined) {
    state.dependencies.authorize(request.principal, 's3:ListBucket', request.bucket.arn);
    throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  }
  throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    'x-amz-delete-marker': 'true',
    allow: 'DELETE',
  });
}

function notModifiedAnswer(request: ObjectRequest, object: StoredObject): Answer | undefined {
  if (readCondition(request.headers, object) === 'go on') return undefined;
  return { status: 304, headers: { etag: `"${object.etag}"`, 'last-modified': new Date(object.lastModified).toUTCString() } };
}

function objectHeaders(
  state: S3State,
  request: ObjectRequest,
  object: StoredObject,
  range: ByteRange | undefined,
): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const [name, value] of request.query) if (name.startsWith('response-')) overrides[name.slice('response-'.length)] = value;
  const tagCount = Object.keys(object.tags).length;
  const mode = request.headers['x-amz-checksum-mode'];
  if (mode !== undefined && mode.toUpperCase() !== 'ENABLED')
    throw new AwsError('InvalidArgument', 'x-amz-checksum-mode can only be ENABLED.', 400);
  return {
    ...object.headers,
    ...overrides,
    ...Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...encryptionHeaders(object.encryption, state.dependencies.identity),
    ...versionHeaders(object.versionId),
    ...retentionHeaders(state, request, object),
    ...(tagCount > 0 ? { 'x-amz-tagging-count': String(tagCount) } : {}),
    ...(mode !== undefined && range === undefined ? checksumHeaders(object.checksum) : {}),
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.first}-${range.last}/${object.size}` }),
    'accept-ranges': 'bytes',
    'content-length': String(range === undefined ? object.size : range.last - range.first + 1),
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
  };
}

/** Only who may read the retention is told of it. */
function retentionHeaders(state: S3State, request: ObjectRequest, { retention }: StoredObject): Record<string, string> {
  if (retention === undefined) return {};
  try {
    state.dependencies.authorize(request.principal, 's3:GetObjectRetention', objectArn(request.bucket, request.key));
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
  return { 'x-amz-object-lock-mode': retention.mode, 'x-amz-object-lock-retain-until-date': new Date(retention.until).toISOString() };
}
