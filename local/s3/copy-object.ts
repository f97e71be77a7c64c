/** CopyObject: within the stack's buckets, of the current or one named version. */
import { AwsError } from '../cloud/service.js';
import { invalidArgument, objectArn, xmlAnswer, type Answer, type ObjectRequest, type S3State } from './answer.js';
import { preconditionFailed, readCondition } from './conditions.js';
import { authorizeKey } from './encryption.js';
import { readableObject } from './get-object.js';
import { checkKey, describedObject } from './object-description.js';
import type { ObjectDescription, StoredObject } from './object-record.js';
import { storeStaged, writtenHeaders } from './put-object.js';
import { s3Document, textElement } from './xml.js';

export async function copyObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { authorize } = state.dependencies;
  const { principal, bucket, key, headers } = request;
  checkKey(key);
  const source = sourceRequest(state, request);
  const original = await readableObject(state, source);
  checkSourceConditions(headers, original);
  authorizeKey(authorize, principal, original.encryption, 'kms:Decrypt');

  const description = describedCopy(state, request, source, original);
  if (Object.keys(original.tags).length > 0) authorize(principal, 's3:GetObjectTagging', objectArn(source.bucket, source.key));
  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  if (Object.keys(description.tags).length > 0) authorize(principal, 's3:PutObjectTagging', objectArn(bucket, key));
  authorizeKey(authorize, principal, description.encryption, 'kms:GenerateDataKey');

  const file = await state.objects.bodies.openBody(original.bodyFile);
  if (file === undefined) throw new AwsError('ConditionalRequestConflict', 'The source changed while it was copied.', 409);
  const body = await state.objects.bodies.stage(file.createReadStream());
  const stored = await storeStaged(state, { bucket, key, description, body, conditions: headers }, () =>
    original.checksum?.type === 'FULL_OBJECT' ? original.checksum : undefined,
  );
  const { etag: _, ...answered } = writtenHeaders(state, stored);
  return xmlAnswer(
    s3Document(
      'CopyObjectResult',
      textElement('ETag', `"${stored.etag}"`),
      textElement('LastModified', new Date(stored.lastModified).toISOString()),
    ),
    {
      ...answered,
      ...(original.versionId === 'null' ? {} : { 'x-amz-copy-source-version-id': original.versionId }),
    },
  );
}

/** The source as a request of its own: x-amz-copy-source is [/]bucket/key[?versionId=...], percent-encoded. */
function sourceRequest(state: S3State, request: ObjectRequest): ObjectRequest {
  const [path = '', query = ''] = (request.headers['x-amz-copy-source'] ?? '').split('?');
  const [, bucketName, encodedKey] = /^\/?([^/]+)\/(.+)$/s.exec(path) ?? [];
  if (bucketName === undefined || encodedKey === undefined)
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  let key: string;
  try {
    key = decodeURIComponent(encodedKey);
  } catch {
    throw invalidArgument('Copy Source is not well percent-encoded');
  }
  return { ...request, bucket: state.buckets.get(bucketName), key, query: new URLSearchParams(query) };
}

function describedCopy(state: S3State, request: ObjectRequest, source: ObjectRequest, original: StoredObject): ObjectDescription {
  const { headers, bucket } = request;
  const described = describedObject(headers, bucket.encryption, state.dependencies.identity);
  const replacesMetadata = directive(headers['x-amz-metadata-directive']) === 'REPLACE';
  const replacesTags = directive(headers['x-amz-tagging-directive']) === 'REPLACE';
  const itself = source.bucket.name === bucket.name && source.key === request.key && !source.query.has('versionId');
  if (itself && !replacesMetadata && headers['x-amz-server-side-encryption'] === undefined)
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      400,
    );
  return {
    ...(replacesMetadata ? described : { headers: original.headers, metadata: original.metadata }),
    tags: replacesTags ? described.tags : original.tags,
    encryption: described.encryption,
  };
}

function directive(header: string | undefined): 'COPY' | 'REPLACE' {
  if (header === undefined || header === 'COPY') return 'COPY';
  if (header === 'REPLACE') return 'REPLACE';
  throw invalidArgument(`Unknown directive ${header}.`);
}

function checkSourceConditions(headers: Readonly<Record<string, string>>, original: StoredObject): void {
  const conditions: Record<string, string> = {};
  for (const name of ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']) {
    const value = headers[`x-amz-copy-source-${name}`];
    if (value !== undefined) conditions[name] = value;
  }
  if (readCondition(conditions, original) === 'not modified') throw preconditionFailed();
}
