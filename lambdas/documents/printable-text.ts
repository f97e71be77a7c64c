/** Decides whether a text can be printed letter by letter; what cannot is named, never replaced. */
import { refused, type Refusal } from './refusal.js';

export type PrintableText = { readonly kind: 'printable'; readonly text: string } | Refusal;

/** Controls that lay a text out rather than show something; layOutText obeys them. */
const layoutControls: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x2028, 0x2029]);

/** Unicode says of these that they show nothing: joiners, soft hyphens, byte order marks, variation selectors, directions. */
const showsNothing = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * A font may have glyphs for them, but letter by letter from left to right is not how they are written: marks that stand over
 * another letter, marks of annotation, and scripts that run from right to left or join their letters.
 */
const needsShaping = /[\p{M}\p{Cf}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Nko}\p{Script=Thaana}]/u;

const notAscii = /[\u0080-\uffff]/;

const controlNames: Readonly<Record<number, string>> = {
  0x07: 'BELL',
  0x08: 'BACKSPACE',
  0x0b: 'VERTICAL TAB',
  0x1a: 'SUBSTITUTE',
  0x1b: 'ESCAPE',
  0x7f: 'DELETE',
  0x85: 'NEXT LINE',
  0xfffd: 'REPLACEMENT CHARACTER',
};

/** A refusal names this many different characters. */
const namedCharacters = 5;

/** Which UTF-16 units a font prints: 1 where it does. */
export function printableUnits(glyphs: Uint16Array): Uint8Array {
  const printable = new Uint8Array(0x10000);
  for (let unit = 0x20; unit < 0x10000; unit += 1) {
    if ((unit >= 0x7f && unit < 0xa0) || (unit >= 0xd800 && unit < 0xf900) || unit === 0xfffd || glyphs[unit] === 0) continue;
    if (unit < 0x80 || !needsShaping.test(String.fromCharCode(unit))) printable[unit] = 1;
  }
  for (const unit of layoutControls) printable[unit] = 1;
  return printable;
}

/**
 * @param printable from `printableUnits`
 * @returns the text in composed form (NFC), without characters that show nothing
 */
export function checkPrintable(text: string, printable: Uint8Array): PrintableText {
  const composed = compose(text);
  const found = new Map<number, number>();
  let line = 1;
  for (let index = 0; index < composed.length; index += 1) {
    const unit = composed.charCodeAt(index);
    if (unit === 0x0a || unit === 0x2028 || unit === 0x2029 || (unit === 0x0d && composed.charCodeAt(index + 1) !== 0x0a)) line += 1;
    if (printable[unit] === 1) continue;
    const character = composed.codePointAt(index) ?? unit;
    if (character > 0xffff) index += 1;
    if (!found.has(character)) found.set(character, line);
    if (found.size > namedCharacters) break;
  }
  if (found.size === 0) return { kind: 'printable', text: composed };
  const named = [...found].slice(0, namedCharacters).map(([character, first]) => `${nameOf(character)} (line ${first})`);
  const more = found.size > namedCharacters ? ' and more' : '';
  return refused(
    'unprintable_characters',
    `The text has characters that cannot be printed here: ${named.join(', ')}${more}. Replace them, or send the document as a PDF`,
  );
}


function compose(text: string): string {
  // No letter is composed of more than three marks, and sorting a long row of them takes quadratic time.
  if (!notAscii.test(text) || /\p{M}{4}/u.test(text)) return text;
  return text.normalize('NFC').replace(showsNothing, '');
}

/** `U+1F600 '😀'`: the code, and the character or, for controls, its name. */
function nameOf(character: number): string {
  const code = `U+${character.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = controlNames[character];
  if (name !== undefined) return `${code} ${name}`;
  const shown = String.fromCodePoint(character);
  if (/[\p{C}\p{Z}]/u.test(shown)) return code;
  // A mark alone would sit on the quotation mark; a dotted circle carries it.
  return `${code} '${/\p{M}/u.test(shown) ? '\u25cc' : ''}${shown}'`;
}
