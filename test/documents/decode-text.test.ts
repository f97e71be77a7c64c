/** Bytes to text: nothing is guessed, nothing is replaced. */
import fc from 'fast-check';
import { decodeText } from '../../lambdas/documents/decode-text.js';

test('every valid text comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && !text.startsWith('\uFEFF')), (text) => {
      expect(decodeText(Buffer.from(text), true)).toEqual({ kind: 'text', text });
    }),
  );
});

test('a byte order mark is no part of the text', () => {
  expect(decodeText(Buffer.from('\uFEFFHello'), true)).toEqual({ kind: 'text', text: 'Hello' });
});

test('UTF-16 with a byte order mark, as Windows calls Unicode, is read', () => {
  const littleEndian = Buffer.from('\uFEFFGrüße', 'utf16le');
  expect(decodeText(littleEndian, true)).toEqual({ kind: 'text', text: 'Grüße' });
  expect(decodeText(Buffer.from(littleEndian).swap16(), true)).toEqual({ kind: 'text', text: 'Grüße' });
});

test('half a character of UTF-16 is refused', () => {
  expect(decodeText(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]), true)).toMatchObject({ reason: 'not_utf8' });
});

test('another encoding is refused with the line where it shows', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('plain', 'Ünïcödé', ''), { maxLength: 20 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, lineEnd) => {
      const before = Buffer.from(lines.map((line) => line + lineEnd).join(''));
      const bytes = Buffer.concat([before, Buffer.from('Gr\xfc\xdfe an alle, die dies lesen\n', 'latin1')]);
      expect(decodeText(bytes, true)).toMatchObject({ reason: 'not_utf8', detail: expect.stringContaining(`line ${lines.length + 1} `) });
    }),
  );
});

test('binary data is no text, called so or not', () => {
  for (const named of [true, false]) expect(decodeText(Buffer.from('a\0b'), named)).toMatchObject({ reason: 'unsupported_type' });
  expect(decodeText(Buffer.from([0x89, 0x50, 0x4e, 0x47]), false)).toMatchObject({ reason: 'unsupported_type' });
});
