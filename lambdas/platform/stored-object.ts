/** S3 objects are written and removed by signed requests; the client that does it in the SDK is 330 KB (docs/adr/0004-bundle-sizes.md). */
import { objectAddress } from './object-address.js';
import { withRetries } from './retry.js';
import { exchange, type SignedRequest } from './signed-exchange.js';
import { AwsCallError } from './signed-request.js';

export interface ObjectBody {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Of the bytes, in hex: S3 compares it with what arrived, and keeps it with the object. */
  readonly sha256: string;
}

/**
 * Writes an object as a whole.
 * @param there what becomes of an object that is there already: it is replaced, or the write is refused (PreconditionFailed)
 * @throws AwsCallError where S3 refuses
 */
export async function putObject(bucket: string, key: string, { bytes, contentType, sha256 }: ObjectBody, there: 'replace' | 'refuse' = 'replace'): Promise<void> {
  await callS3({
    method: 'PUT',
    address: objectAddress(bucket, key),
    headers: {
      'Content-Type': contentType,
      'X-Amz-Content-Sha256': sha256,
      'X-Amz-Checksum-Sha256': Buffer.from(sha256, 'hex').toString('base64'),
      ...(there === 'refuse' ? { 'If-None-Match': '*' } : {}),
    },
    body: bytes,
  });
}

/** Copies an object within its bucket, with its type and its checksum. @throws AwsCallError where S3 refuses */
export async function copyObject(bucket: string, from: string, to: string): Promise<void> {
  const source = `/${bucket}/${from.split('/').map(encodeURIComponent).join('/')}`;
  const text = await callS3({ method: 'PUT', address: objectAddress(bucket, to), headers: { 'X-Amz-Copy-Source': source } });
  // S3 may begin with a 200 and then find that it can't.
  if (element(text, 'ETag') === undefined) throw new AwsCallError(element(text, 'Code') ?? 'UnknownError', 500, element(text, 'Message') ?? '');
}

/** Removes an object; one that does not exist is removed already. @throws AwsCallError where S3 refuses */
export async function deleteObject(bucket: string, key: string): Promise<void> {
  await callS3({ method: 'DELETE', address: objectAddress(bucket, key), headers: {} });
}

/** A request to S3. @throws AwsCallError where S3 refuses */
export function callS3(request: Omit<SignedRequest, 'service' | 'patienceSeconds'>): Promise<string> {
  return withRetries(async () => {
    const { status, text } = await exchange({ ...request, service: 's3', patienceSeconds: 10 });
    if (status < 200 || status >= 300) throw new AwsCallError(element(text, 'Code') ?? 'UnknownError', status, element(text, 'Message') ?? '');
    return text;
  });
}

/** The text of an element that has no elements in it. */
export function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
