/** Completing a multipart upload: which parts, in which order, and what checksum the whole has. Pure. */
import { AwsError } from '../cloud/service.js';
import type { StagedBody } from './body-files.js';
import { checksumAlgorithms, checksumHeader, checksumOf, type ChecksumAlgorithm } from './checksums.js';
import type { Checksum } from './object-record.js';
import type { Part, Upload } from './upload-store.js';
import { fields, malformedXml, parseXml } from './xml.js';

const smallestPart = 5 * 1024 * 1024;

export interface ListedPart {
  readonly number: number;
  /** Without quotation marks. */
  readonly etag: string;
  readonly checksums: readonly (readonly [algorithm: ChecksumAlgorithm, base64: string])[];
}

/** @throws AwsError MalformedXML */
export function completionList(source: string): readonly ListedPart[] {
  const root = parseXml(source);
  if (root.name !== 'CompleteMultipartUpload' || root.children.length === 0) throw malformedXml();
  return root.children.map((child) => {
    if (child.name !== 'Part') throw malformedXml();
    const given = fields(child, 'PartNumber', 'ETag', 'ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumCRC64NVME', 'ChecksumSHA1', 'ChecksumSHA256');
    const number = Number(given.PartNumber?.text ?? '');
    if (given.ETag === undefined || !Number.isInteger(number) || number < 1) throw malformedXml();
    return {
      number,
      etag: given.ETag.text.trim().replace(/^"(.*)"$/, '$1'),
      checksums: checksumAlgorithms.flatMap((algorithm) => {
        const value = given[`Checksum${algorithm}`];
        return value === undefined ? [] : [[algorithm, value.text] as const];
      }),
    };
  });
}

/**
 * The stored parts that a completion lists.
 * @throws AwsError InvalidPartOrder, InvalidPart, EntityTooSmall
 */
export function partsInOrder(listed: readonly ListedPart[], stored: readonly Part[]): readonly Part[] {
  if (listed.some((part, index) => part.number <= (listed[index - 1]?.number ?? 0)))
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.', 400);
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  return listed.map((wanted, index) => {
    const part = byNumber.get(wanted.number);
    const agrees = wanted.checksums.every(([algorithm, value]) => part?.checksum?.algorithm === algorithm && part.checksum.value === value);
    if (part?.md5 !== wanted.etag || !agrees)
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
      );
    if (index < listed.length - 1 && part.size < smallestPart)
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400);
    return part;
  });
}

/**
 * The checksum of the whole: of its bytes, or of its parts' checksums.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws AwsError BadDigest, InvalidRequest
 */
export function completeChecksum(
  upload: Upload,
  parts: readonly Part[],
  body: Pick<StagedBody, 'checksums'>,
  headers: Readonly<Record<string, string>>,
): Checksum | undefined {
  const declared = checksumAlgorithms.flatMap((algorithm) => {
    const value = headers[checksumHeader(algorithm)];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  const type = headers['x-amz-checksum-type'];
  if (type !== undefined && type !== upload.checksum?.type)
    throw new AwsError('InvalidRequest', `The upload was not created with the checksum type ${type}.`, 400);
  const whole = wholeChecksum(upload, parts, body);
  for (const { algorithm, value } of declared) {
    if (whole?.algorithm !== algorithm)
      throw new AwsError('InvalidRequest', `The upload was not created with the checksum algorithm ${algorithm}.`, 400);
    if (whole.value !== value && whole.value.replace(/-\d+$/, '') !== value)
      throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);
  }
  return whole;
}

function wholeChecksum(upload: Upload, parts: readonly Part[], body: Pick<StagedBody, 'checksums'>): Checksum | undefined {
  if (upload.checksum === undefined) return undefined;
  const { algorithm, type } = upload.checksum;
  if (type === 'FULL_OBJECT') {
    const digest = body.checksums.get(algorithm);
    return digest === undefined ? undefined : { algorithm, type, value: digest.toString('base64') };
  }
  const digests = parts.map((part) => Buffer.from(part.checksum?.value ?? '', 'base64'));
  return { algorithm, type, value: `${checksumOf(algorithm, Buffer.concat(digests)).toString('base64')}-${parts.length}` };
}
