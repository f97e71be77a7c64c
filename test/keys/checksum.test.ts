/** The checksum of a token is CRC32, which any client can compute. */
import * as crc32Package from 'crc-32';
import fc from 'fast-check';
import { crc32 } from '../../lambdas/keys/checksum.js';

it('is CRC32 as others compute it', () => {
  expect(crc32('')).toBe(0);
  expect(crc32('123456789')).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(crc32(text)).toBe(crc32Package.str(text) >>> 0);
    }),
  );
});
