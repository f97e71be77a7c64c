/** PostObject: a browser's form upload under a presigned policy, streamed to disk. */
import { Busboy } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AwsError, type Principal } from '../cloud/service.js';
import { invalidArgument, objectArn, type Answer, type S3State } from './answer.js';
import type { StagedBody } from './body-files.js';
import type { Bucket } from './bucket.js';
import { algorithmsToRun, declaredChecksums, verifiedChecksum } from './declared-checksums.js';
import { authorizeKey } from './encryption.js';
import { checkKey, describedObject, tagsOfXml } from './object-description.js';
import { requireDigest } from './object-lock.js';
import type { ObjectDescription, StoredObject } from './object-record.js';
import { allowedSizes, checkForm, parsePolicy, type FormFields } from './post-policy.js';
import { signerOfForm, type CredentialFinder } from './post-signature.js';
import { storeStaged, writtenHeaders } from './put-object.js';
import { element, textElement } from './xml.js';

/** Fields that stand for the headers of the same name, and those that belong to the form alone; any other is refused. */
const headerFields =
  /^(content-type|cache-control|content-disposition|content-encoding|expires|content-md5|x-amz-meta-.+|x-amz-checksum-.+|x-amz-server-side-encryption.*|x-amz-storage-class)$/;
const formFields =
  /^(bucket|key|acl|policy|tagging|success_action_status|success_action_redirect|x-amz-algorithm|x-amz-credential|x-amz-date|x-amz-signature|x-amz-security-token|x-ignore-.*)$/;

interface AcceptedForm {
  readonly fields: FormFields;
  readonly key: string;
  readonly description: ObjectDescription;
  readonly body: StagedBody;
}

export async function postObject(
  state: S3State,
  credentials: CredentialFinder | undefined,
  bucket: Bucket,
  request: IncomingMessage,
): Promise<Answer> {
  const form = await receiveForm(request, (fields, file, filename) => acceptForm(state, credentials, bucket, fields, file, filename));
  const { fields, key, description, body } = form;
  const stored = await storeStaged(state, { bucket, key, description, body, conditions: {} }, () =>
    verifiedChecksum(declaredChecksums(headersOfForm(fields)), body),
  );
  return answerOf(state, bucket, fields, key, stored);
}

/** Checks the form before the first byte of its file is written. */
async function acceptForm(
  state: S3State,
  credentials: CredentialFinder | undefined,
  bucket: Bucket,
  given: FormFields,
  file: Readable,
  filename: string,
): Promise<AcceptedForm> {
  const { authorize, identity } = state.dependencies;
  const unknown = Object.keys(given).find((name) => !headerFields.test(name) && !formFields.test(name));
  const principal: Principal = signerOfForm(given, credentials, identity.region);
  const fields: FormFields = { ...given, bucket: bucket.name };
  const policy = parsePolicy(fields['policy'] ?? '');
  checkForm(policy, fields, state.now());
  if (given['bucket'] !== undefined && given['bucket'] !== bucket.name) throw invalidArgument('The field bucket names another bucket.');
  if (unknown !== undefined) throw new AwsError('NotImplemented', `The local S3 does not support the form field ${unknown}.`, 501);
  if (fields['key'] === undefined)
    throw invalidArgument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.");
  const key = fields['key'].replaceAll('${filename}', () => filename);
  checkKey(key);

  authorize(principal, 's3:PutObject', objectArn(bucket, key));
  const described = describedObject(headersOfForm(fields), bucket.encryption, identity);
  const tags = fields['tagging'] === undefined ? {} : tagsOfXml(fields['tagging']);
  if (Object.keys(tags).length > 0) authorize(principal, 's3:PutObjectTagging', objectArn(bucket, key));
  authorizeKey(authorize, principal, described.encryption, 'kms:GenerateDataKey');

  const { minimum, maximum } = allowedSizes(policy);
  const declared = declaredChecksums(headersOfForm(fields));
  requireDigest(bucket.objectLock, headersOfForm(fields));
  const body = await state.objects.bodies.stage(upTo(file, maximum), algorithmsToRun(declared));
  if (body.size < minimum) {
    await state.objects.bodies.discard(body.bodyFile);
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400);
  }
  return { fields, key, description: { ...described, tags }, body };
}

async function* upTo(file: Readable, maximum: number): AsyncGenerator<Buffer> {
  let size = 0;
  // A file that is given up must not end the form: its rest is read, so that the client hears the answer.
  for await (const piece of file.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > maximum) throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400);
    yield bytes;
  }
}

function headersOfForm(fields: FormFields): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(fields).filter(([name]) => headerFields.test(name)));
  return fields['acl'] === undefined ? headers : { ...headers, 'x-amz-acl': fields['acl'] };
}

/**
 * Reads a form up to its file, which must be the last field: what comes behind it is ignored, as S3 does.
 * The whole request is read also when it is refused: a client that still sends would see a reset instead of the answer.
 * @throws AwsError MalformedPOSTRequest, InvalidArgument, and what `accept` throws
 */
function receiveForm(
  request: IncomingMessage,
  accept: (fields: FormFields, file: Readable, filename: string) => Promise<AcceptedForm>,
): Promise<AcceptedForm> {
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) {
    request.resume();
    throw new AwsError('PreconditionFailed', 'Bucket POST must be of the enclosure-type multipart/form-data', 412);
  }
  const fields: Record<string, string> = {};
  let accepted: Promise<AcceptedForm> | undefined;
  let tooLarge = false;
  const parser = new Busboy({
    headers: { ...request.headers, 'content-type': contentType },
    // Fields of a form may have 20 KB in all. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
    limits: { fieldSize: 20 * 1024, fields: 100 },
    isPartAFile: (name) => name?.toLowerCase() === 'file',
  });
  return new Promise((resolve, reject) => {
    const malformed = (): void => { reject(new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.', 400)); };
    parser.on('field', (name: string, value: string, _nameTruncated: boolean, valueTruncated: boolean) => {
      if (accepted !== undefined) return;
      if (valueTruncated) tooLarge = true;
      fields[name.toLowerCase()] = value;
    });
    parser.on('file', (_name: string, file: Readable, filename: string | undefined) => {
      if (accepted !== undefined) {
        file.resume();
        return;
      }
      accepted = tooLarge ? Promise.reject(fieldsTooLarge()) : accept({ ...fields }, file, filename ?? '');
      accepted.catch(() => file.resume());
    });
    parser.on('fieldsLimit', () => {
      tooLarge = true;
    });
    parser.on('error', malformed);
    parser.on('finish', () => {
      if (accepted === undefined)
        reject(invalidArgument("Bucket POST must contain a field named 'file'.  If it is specified, please check the order of the fields."));
      else accepted.then(resolve, reject);
    });
    request.on('aborted', malformed);
    request.on('error', malformed);
    request.pipe(parser);
  });
}

function fieldsTooLarge(): AwsError {
  return new AwsError(
    'MaxPostPreDataLengthExceeded',
    'Your POST request fields preceding the upload file were too large.',
    400,
  );
}

function answerOf(state: S3State, bucket: Bucket, fields: FormFields, key: string, stored: StoredObject): Answer {
  const location = `${state.dependencies.endpointUrl}/${bucket.name}/${encodeURIComponent(key)}`;
  const headers = { ...writtenHeaders(state, stored), location };
  const redirect = fields['success_action_redirect'];
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    target.searchParams.append('bucket', bucket.name);
    target.searchParams.append('key', key);
    target.searchParams.append('etag', `"${stored.etag}"`);
    return { status: 303, headers: { ...headers, location: target.href } };
  }
  if (fields['success_action_status'] === '200') return { status: 200, headers };
  if (fields['success_action_status'] !== '201') return { status: 204, headers };
  const body = element(
    'PostResponse',
    textElement('Location', location),
    textElement('Bucket', bucket.name),
    textElement('Key', key),
    textElement('ETag', `"${stored.etag}"`),
  );
  return { status: 201, headers: { ...headers, 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}
