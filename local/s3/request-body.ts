/** A request document (XML) whose declared checksums are verified before it is read. */
import { createHash } from 'node:crypto';
import type { BucketRequest } from './answer.js';
import { checksumOf } from './checksums.js';
import { algorithmsToRun, declaredChecksums, verifiedChecksum } from './declared-checksums.js';

/** @throws AwsError BadDigest, InvalidDigest, InvalidRequest */
export function verifyBody(request: Pick<BucketRequest, 'headers' | 'body'>): void {
  const declared = declaredChecksums(request.headers);
  verifiedChecksum(declared, {
    md5: createHash('md5').update(request.body).digest('hex'),
    checksums: new Map(algorithmsToRun(declared).map((algorithm) => [algorithm, checksumOf(algorithm, request.body)])),
  });
}
