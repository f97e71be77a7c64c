/** Bytes to text: UTF-8, or UTF-16 with a byte order mark as Windows writes it. Nothing is replaced or guessed. */
import { isUtf8 } from 'node:buffer';
import { refused, unsupported, type Refusal } from './refusal.js';

export type DecodedText = { readonly kind: 'text'; readonly text: string } | Refusal;

const saveAsUtf8 = 'Save the text as UTF-8 and send it again';

/**
 * @param named whether the sender calls it text; what nobody calls text and what does not read as text is no text
 */
export function decodeText(bytes: Buffer, named: boolean): DecodedText {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  if (utf16 !== undefined) {
    try {
      return { kind: 'text', text: new TextDecoder(utf16, { fatal: true }).decode(bytes) };
    } catch {
      return named ? refused('not_utf8', `The text begins as UTF-16 but is not valid UTF-16. ${saveAsUtf8}`) : unsupported();
    }
  }
  // Text has no NUL; every other kind of file has one soon.
  if (bytes.includes(0)) return unsupported(named ? 'the file is called a text but holds binary data' : undefined);
  if (!isUtf8(bytes)) {
    if (!named) return unsupported();
    return refused('not_utf8', `The text is not UTF-8: line ${firstLineThatIsNotUtf8(bytes)} has a byte that is no character. ${saveAsUtf8}`);
  }
  // TextDecoder takes the byte order mark off.
  return { kind: 'text', text: new TextDecoder('utf-8').decode(bytes) };
}

/** Halves the place of the first wrong byte: each byte is read about twice, whatever the lines are. */
function firstLineThatIsNotUtf8(bytes: Buffer): number {
  let right = 0;
  let wrong = bytes.length;
  while (wrong - right > 4) {
    const middle = characterBegin(bytes, right + Math.ceil((wrong - right) / 2));
    if (middle > right && isUtf8(bytes.subarray(right, middle))) right = middle;
    else if (middle > right) wrong = middle;
    else break;
  }
  for (let end = wrong; end > right; end -= 1) if (isUtf8(bytes.subarray(right, end))) right = end;
  let line = 1;
  for (let index = 0; index < right; index += 1) {
    const byte = bytes[index];
    if (byte === 0x0a || (byte === 0x0d && bytes[index + 1] !== 0x0a)) line += 1;
  }
  return line;
}

/** Moves back over the bytes that continue a character, at most three. */
function characterBegin(bytes: Buffer, index: number): number {
  let begin = index;
  while (begin > index - 3 && ((bytes[begin] ?? 0) & 0xc0) === 0x80) begin -= 1;
  return begin;
}
