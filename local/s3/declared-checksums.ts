/** The checksums that a write declares (Content-MD5, x-amz-checksum-…) and whether the body bears them out. Pure. */
import { AwsError } from '../cloud/service.js';

import type { StagedBody } from './body-files.js';
import {
  checksumAlgorithmNamed,
  checksumAlgorithms,
  checksumHeader,
  digestLength,
  type ChecksumAlgorithm,
} from './checksums.js';
import type { Checksum } from './object-record.js';

export interface DeclaredChecksums {
  /** Hex. */
  readonly md5?: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly base64: string };
  /** Asked to compute, without a value to compare with. */
  readonly algorithm?: ChecksumAlgorithm;
}

/** @throws AwsError InvalidDigest, InvalidRequest, NotImplemented for an algorithm that is not known here */
export function declaredChecksums(headers: Readonly<Record<string, string>>): DeclaredChecksums {
  const md5 = headers['content-md5'] === undefined ? undefined : md5Hex(headers['content-md5']);
  const names = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-checksum-') && !['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode'].includes(name),
  );
  const announced = headers['x-amz-trailer']?.toLowerCase();
  if (announced !== undefined && headers[announced] === undefined)
    throw invalidRequest(`The trailer ${announced} was announced, and did not come.`);
  if (names.length > 1) throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  const [name] = names;
  const wanted = headers['x-amz-sdk-checksum-algorithm'] ?? headers['x-amz-checksum-algorithm'];
  const algorithm = wanted === undefined ? undefined : knownAlgorithm(wanted);
  if (name === undefined) return { ...(md5 === undefined ? {} : { md5 }), ...(algorithm === undefined ? {} : { algorithm }) };
  const declared = checksumAlgorithms.find((known) => checksumHeader(known) === name);
  if (declared === undefined) throw new AwsError('NotImplemented', `The local S3 can't verify the checksum ${name}.`, 501);
  if (algorithm !== undefined && algorithm !== declared)
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  const base64 = headers[name] ?? '';
  if (Buffer.from(base64, 'base64').length !== digestLength(declared)) throw invalidRequest(`Value for ${name} header is invalid.`);
  return { ...(md5 === undefined ? {} : { md5 }), checksum: { algorithm: declared, base64 } };
}

/** The algorithms to run over the body. */
export function algorithmsToRun(declared: DeclaredChecksums): readonly ChecksumAlgorithm[] {
  const algorithm = declared.checksum?.algorithm ?? declared.algorithm;
  return algorithm === undefined ? [] : [algorithm];
}

/**
 * The checksum to keep with the object, where one was declared or asked for.
 * @throws AwsError BadDigest
 */
export function verifiedChecksum(declared: DeclaredChecksums, body: Pick<StagedBody, 'md5' | 'checksums'>): Checksum | undefined {
  if (declared.md5 !== undefined && declared.md5 !== body.md5)
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
  const algorithm = declared.checksum?.algorithm ?? declared.algorithm;
  const computed = algorithm === undefined ? undefined : body.checksums.get(algorithm)?.toString('base64');
  if (algorithm === undefined || computed === undefined) return undefined;
  if (declared.checksum !== undefined && computed !== declared.checksum.base64)
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);
  return { algorithm, value: computed, type: 'FULL_OBJECT' };
}

/** @throws AwsError NotImplemented */
export function knownAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = checksumAlgorithmNamed(name);
  if (algorithm === undefined) throw new AwsError('NotImplemented', `The local S3 does not know the checksum algorithm ${name}.`, 501);
  return algorithm;
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

function md5Hex(header: string): string {
  const digest = Buffer.from(header, 'base64');
  if (digest.length !== 16) throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400);
  return digest.toString('hex');
}

function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', message, 400);
}

/** The element of an XML document that carries a checksum, e.g. ChecksumCRC32. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

