/**
 * The checksums that S3 verifies: CRC32, CRC32C and CRC64NVME by tables, SHA-1 and SHA-256 by node:crypto.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** A checksum that is fed piece by piece. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** The raw digest, big endian. */
  digest(): Buffer;
}

/** The header (and form field) that carries a checksum, e.g. x-amz-checksum-crc32. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm of a name in any case, or undefined where S3 knows none of that name. */
export function checksumAlgorithmNamed(name: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());
}

/** Bytes of an algorithm's digest. */
export function digestLength(algorithm: ChecksumAlgorithm): number {
  return { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[algorithm];
}

export function runningChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return runningCrc32();
    case 'CRC32C':
      return tableCrc32(crc32cTable);
    case 'CRC64NVME':
      return runningCrc64();
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
  }
}

export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Buffer {
  const checksum = runningChecksum(algorithm);
  checksum.update(bytes);
  return checksum.digest();
}

/** The native CRC-32, which the first releases of Node 20 did not have yet. */
function runningCrc32(): RunningChecksum {
  if (typeof zlib.crc32 !== 'function') return tableCrc32(crc32Table);
  let value = 0;
  return {
    update: (bytes) => {
      value = zlib.crc32(bytes, value);
    },
    digest: () => bigEndian32(value),
  };
}

const crc32Table = reflectedTable32(0xedb88320);
const crc32cTable = reflectedTable32(0x82f63b78);

function reflectedTable32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder >>> 0;
  });
}

function tableCrc32(table: Uint32Array): RunningChecksum {
  let remainder = 0xffffffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
    },
    digest: () => bigEndian32((remainder ^ 0xffffffff) >>> 0),
  };
}

// CRC-64/NVME, reflected, in two 32-bit halves: BigInt arithmetic per byte would be fifty times slower.
const crc64High = new Uint32Array(256);
const crc64Low = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high = high >>> 1;
    if (carry) {
      high = (high ^ 0x9a6c9329) >>> 0;
      low = (low ^ 0xac4bc9b5) >>> 0;
    }
  }
  crc64High[byte] = high;
  crc64Low[byte] = low;
}

function runningCrc64(): RunningChecksum {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] ?? 0);
        high = (high >>> 8) ^ (crc64High[index] ?? 0);
      }
    },
    digest: () => Buffer.concat([bigEndian32(~high >>> 0), bigEndian32(~low >>> 0)]),
  };
}

function bigEndian32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
