/**
 * CRC32 (the one of zip and PNG) of a short text, bit by bit. `crc-32` builds tables of 64 KB when it is loaded, which the
 * authorizer's start would pay for (docs/adr/0003-authorizer-without-sdk.md); a token is 66 characters.
 */

/** @returns an unsigned 32-bit number */
export function crc32(text: string): number {
  let rest = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}
