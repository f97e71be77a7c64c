/** CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload, ListParts, ListMultipartUploads. */
import { createHash } from 'node:crypto';
import { AwsError } from '../cloud/service.js';
import { invalidArgument, objectArn, xmlAnswer, type Answer, type BucketRequest, type ObjectRequest, type S3State } from './answer.js';
import { algorithmsToRun, checksumHeaders, declaredChecksums, knownAlgorithm, verifiedChecksum } from './declared-checksums.js';
import { authorizeKey, encryptionHeaders } from './encryption.js';
import { completeChecksum, completionList, partsInOrder } from './multipart-completion.js';
import { checkKey, describedObject } from './object-description.js';
import { opaqueTag, storeStaged, writtenHeaders } from './put-object.js';
import type { Part, Upload } from './upload-store.js';
import { element, s3Document, textElement } from './xml.js';

export async function createMultipartUpload(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { authorize, identity } = state.dependencies;
  const { principal, bucket, key, headers } = request;
  checkKey(key);
  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  if (headers['x-amz-tagging'] !== undefined) authorize(principal, 's3:PutObjectTagging', objectArn(bucket, key));
  const description = describedObject(headers, bucket.encryption, identity);
  // Completing reads the parts again, so both are asked for at the start.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
  authorizeKey(authorize, principal, description.encryption, 'kms:GenerateDataKey', 'kms:Decrypt');
  const checksum = checksumOfUpload(headers);
  const upload = await state.uploads.begin({
    bucket: bucket.name,
    key,
    initiated: state.now(),
    description,
    ...(checksum === undefined ? {} : { checksum }),
  });
  return xmlAnswer(
    s3Document(
      'InitiateMultipartUploadResult',
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('UploadId', upload.uploadId),
    ),
    {
      ...encryptionHeaders(description.encryption, identity),
      ...(checksum === undefined
        ? {}
        : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }),
    },
  );
}

export async function uploadPart(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { authorize, identity } = state.dependencies;
  const { principal, bucket, key, headers, query } = request;
  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  const upload = await uploadOf(state, request);
  authorizeKey(authorize, principal, upload.description.encryption, 'kms:GenerateDataKey', 'kms:Decrypt');
  const number = Number(query.get('partNumber') ?? '');
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive');
  const declared = declaredChecksums(headers);
  const wanted = upload.checksum === undefined || declared.checksum !== undefined ? declared : { ...declared, algorithm: upload.checksum.algorithm };
  if (upload.checksum !== undefined && declared.checksum !== undefined && declared.checksum.algorithm !== upload.checksum.algorithm)
    throw new AwsError('InvalidRequest', 'Checksum Type mismatch occurred, expected checksum Type: ' + upload.checksum.algorithm.toLowerCase(), 400);

  const body = await state.objects.bodies.stage([request.body], algorithmsToRun(wanted));
  try {
    const checksum = verifiedChecksum(wanted, body);
    await state.uploads.putPart(upload.uploadId, {
      number,
      bodyFile: body.bodyFile,
      size: body.size,
      md5: body.md5,
      lastModified: state.now(),
      ...(checksum === undefined ? {} : { checksum }),
    });
    const { 'x-amz-checksum-type': _, ...told } = checksumHeaders(checksum);
    return { status: 200, headers: { etag: `"${body.md5}"`, ...told, ...encryptionHeaders(upload.description.encryption, identity) } };
  } catch (error) {
    await state.objects.bodies.discard(body.bodyFile);
    throw error;
  }
}

export async function completeMultipartUpload(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { authorize, endpointUrl } = state.dependencies;
  const { principal, bucket, key, headers } = request;
  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  const upload = await uploadOf(state, request);
  authorizeKey(authorize, principal, upload.description.encryption, 'kms:Decrypt');
  const parts = partsInOrder(completionList(request.body.toString('utf8')), await state.uploads.partsOf(upload.uploadId));
  const size = headers['x-amz-mp-object-size'];
  if (size !== undefined && Number(size) !== parts.reduce((sum, part) => sum + part.size, 0))
    throw new AwsError('InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the parts.', 400);

  const fullObject = upload.checksum?.type === 'FULL_OBJECT' ? [upload.checksum.algorithm] : [];
  const body = await state.objects.bodies.stage(bodiesOf(state, parts), fullObject);
  const md5OfParts = createHash('md5').update(Buffer.from(parts.map((part) => part.md5).join(''), 'hex')).digest('hex');
  const etag = `${upload.description.encryption.algorithm === 'AES256' ? md5OfParts : opaqueTag()}-${parts.length}`;
  const stored = await storeStaged(
    state,
    { bucket, key, description: upload.description, body, conditions: headers, etag },
    () => completeChecksum(upload, parts, body, headers),
  );
  await state.uploads.remove(upload.uploadId);
  const { etag: _, ...answered } = writtenHeaders(state, stored);
  return xmlAnswer(
    s3Document(
      'CompleteMultipartUploadResult',
      textElement('Location', `${endpointUrl}/${bucket.name}/${encodeURIComponent(key)}`),
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('ETag', `"${etag}"`),
      ...(stored.checksum === undefined
        ? []
        : [textElement(`Checksum${stored.checksum.algorithm}`, stored.checksum.value), textElement('ChecksumType', stored.checksum.type)]),
    ),
    answered,
  );
}

export async function abortMultipartUpload(state: S3State, request: ObjectRequest): Promise<Answer> {
  state.dependencies.authorize(request.principal, 's3:AbortMultipartUpload', objectArn(request.bucket, request.key));
  const upload = await uploadOf(state, request);
  await state.uploads.remove(upload.uploadId);
  return { status: 204 };
}

export async function listParts(state: S3State, request: ObjectRequest): Promise<Answer> {
  state.dependencies.authorize(request.principal, 's3:ListMultipartUploadParts', objectArn(request.bucket, request.key));
  const upload = await uploadOf(state, request);
  const parts = await state.uploads.partsOf(upload.uploadId);
  return xmlAnswer(
    s3Document(
      'ListPartsResult',
      textElement('Bucket', upload.bucket),
      textElement('Key', upload.key),
      textElement('UploadId', upload.uploadId),
      textElement('MaxParts', 10_000),
      textElement('IsTruncated', false),
      ...parts.map((part) =>
        element(
          'Part',
          textElement('PartNumber', part.number),
          textElement('LastModified', new Date(part.lastModified).toISOString()),
          textElement('ETag', `"${part.md5}"`),
          textElement('Size', part.size),
        ),
      ),
    ),
  );
}

export async function listMultipartUploads(state: S3State, request: BucketRequest): Promise<Answer> {
  const { bucket, query } = request;
  state.dependencies.authorize(request.principal, 's3:ListBucketMultipartUploads', bucket.arn);
  const prefix = query.get('prefix') ?? '';
  const encode = query.get('encoding-type') === 'url' ? (key: string) => encodeURIComponent(key).replaceAll('%2F', '/') : (key: string) => key;
  const uploads = (await state.uploads.all())
    .filter((upload) => upload.bucket === bucket.name && upload.key.startsWith(prefix))
    .sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)) || one.initiated - other.initiated);
  return xmlAnswer(
    s3Document(
      'ListMultipartUploadsResult',
      textElement('Bucket', bucket.name),
      textElement('Prefix', encode(prefix)),
      ...(query.has('encoding-type') ? [textElement('EncodingType', 'url')] : []),
      textElement('IsTruncated', false),
      ...uploads.map((upload) =>
        element(
          'Upload',
          textElement('Key', encode(upload.key)),
          textElement('UploadId', upload.uploadId),
          textElement('StorageClass', 'STANDARD'),
          textElement('Initiated', new Date(upload.initiated).toISOString()),
        ),
      ),
    ),
  );
}

/** @throws AwsError NoSuchUpload */
async function uploadOf(state: S3State, request: ObjectRequest): Promise<Upload> {
  const upload = await state.uploads.find(request.query.get('uploadId') ?? '');
  if (upload?.bucket !== request.bucket.name || upload.key !== request.key)
    throw new AwsError(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      404,
    );
  return upload;
}

function checksumOfUpload(headers: Readonly<Record<string, string>>): Upload['checksum'] {
  const name = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (name === undefined) {
    if (type !== undefined) throw new AwsError('InvalidRequest', 'x-amz-checksum-type needs x-amz-checksum-algorithm.', 400);
    return undefined;
  }
  const algorithm = knownAlgorithm(name);
  const byDefault = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  if (type !== undefined && type !== 'FULL_OBJECT' && type !== 'COMPOSITE') throw invalidArgument(`Unknown checksum type ${type}.`);
  const chosen = type ?? byDefault;
  // A SHA can't be put together from its parts', and S3 never composes CRC-64s.
  if ((chosen === 'FULL_OBJECT' && algorithm.startsWith('SHA')) || (chosen === 'COMPOSITE' && algorithm === 'CRC64NVME'))
    throw new AwsError('InvalidRequest', `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`, 400);
  return { algorithm, type: chosen };
}

async function* bodiesOf(state: S3State, parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    const file = await state.objects.bodies.openBody(part.bodyFile);
    if (file === undefined) throw new AwsError('InvalidPart', `Part ${part.number} was replaced while the upload was completed.`, 400);
    for await (const piece of file.createReadStream({ highWaterMark: 1 << 20 })) yield Buffer.from(piece);
  }
}
