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

/** Writes an object as a whole; one that is there is replaced. @throws AwsCallError where S3 refuses */
export async function putObject(bucket: string, key: string, { bytes, contentType, sha256 }: ObjectBody): Promise<void> {
  await call({
    method: 'PUT',
    address: objectAddress(bucket, key),
    headers: {
      'Content-Type': contentType,
      'X-Amz-Content-Sha256': sha256,
      'X-Amz-Checksum-Sha256': Buffer.from(sha256, 'hex').toString('base64'),
    },
    body: bytes,
  });
}

/** Removes an object; one that does not exist is removed already. @throws AwsCallError where S3 refuses */
export async function deleteObject(bucket: string, key: string): Promise<void> {
  await call({ method: 'DELETE', address: objectAddress(bucket, key), headers: {} });
}

function call(request: Omit<SignedRequest, 'service' | 'patienceSeconds'>): Promise<void> {
  return withRetries(async () => {
    const { status, text } = await exchange({ ...request, service: 's3', patienceSeconds: 10 });
    if (status < 200 || status >= 300) throw new AwsCallError(element(text, 'Code') ?? 'UnknownError', status, element(text, 'Message') ?? '');
  });
}

/** The text of an element of S3's errors, which have no deeper structure. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
