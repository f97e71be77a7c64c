/**
 * Writes the PDF file of a text: one font, one content stream a page. The same pages give the same bytes: no date, no id.
 * ISO 32000-1: 9.7 (composite fonts, glyphs by number), 7.5 (file structure). pdf-lib would do, but its 430 KB alone are more
 * than the whole function may have.
 */
import { constants, deflateSync } from 'node:zlib';
import type { TrueTypeFont } from './truetype-font.js';

/** Points; 1/72 inch. */
export interface TextPage {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly fontSize: number;
  readonly lineHeight: number;
}

const carriageReturn = 0x0d;
const backslash = 0x5c;
const letterR = 0x72;

/** Writes the pages of lines. Each character of them must have a glyph in the font. */
export function writeTextPdf(pages: readonly (readonly string[])[], page: TextPage, font: TrueTypeFont): Buffer {
  const used = new Map<number, number>();
  const contents = pages.map((lines) => deflate(pageContent(lines, page, font, used)));
  const em = (units: number): number => Math.round((units * 1000) / font.unitsPerEm);
  const name = '/FAXTXT+DejaVuSansMono';
  const firstPage = 8;
  const fontFile = font.subset(new Set(used.keys()));
  const objects: Buffer[] = [
    plain('<< /Type /Catalog /Pages 2 0 R >>'),
    plain(
      `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${firstPage + 2 * index} 0 R`).join(' ')}] ` +
        `/MediaBox [0 0 ${page.width} ${page.height}] /Resources << /Font << /F 3 0 R >> >> >>`,
    ),
    plain(`<< /Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>`),
    plain(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /CIDToGIDMap /Identity /DW ${em(font.advanceWidth)} ` +
        '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R >>',
    ),
    // Flags: fixed pitch, symbolic (glyphs are named by number)
    plain(
      `<< /Type /FontDescriptor /FontName ${name} /Flags 5 /FontBBox [${font.boundingBox.map(em).join(' ')}] /ItalicAngle 0 ` +
        `/Ascent ${em(font.ascent)} /Descent ${em(font.descent)} /CapHeight 729 /StemV 80 /FontFile2 6 0 R >>`,
    ),
    stream(deflate(fontFile), ` /Length1 ${fontFile.length}`),
    stream(deflate(plain(characterNames(used)))),
    ...contents.flatMap((content, index) => [
      plain(`<< /Type /Page /Parent 2 0 R /Contents ${firstPage + 2 * index + 1} 0 R >>`),
      stream(content),
    ]),
  ];
  return file(objects);
}

const plain = (text: string): Buffer => Buffer.from(text, 'latin1');

const deflate = (data: Buffer): Buffer => deflateSync(data, { level: constants.Z_BEST_SPEED });

const stream = (deflated: Buffer, entries = ''): Buffer =>
  Buffer.concat([plain(`<< /Length ${deflated.length} /Filter /FlateDecode${entries} >>\nstream\n`), deflated, plain('\nendstream')]);

/** Drawing operators of one page; notes in `used` which glyph shows which character. */
function pageContent(lines: readonly string[], page: TextPage, font: TrueTypeFont, used: Map<number, number>): Buffer {
  const baseline = page.height - page.top - (page.fontSize * font.ascent) / font.unitsPerEm;
  const begin = `BT /F ${page.fontSize} Tf ${page.lineHeight} TL ${page.left.toFixed(2)} ${baseline.toFixed(2)} Td\n`;
  // Two bytes a glyph, at worst each escaped, and the operators of a line.
  const content = Buffer.allocUnsafe(begin.length + 2 + lines.reduce((sum, line) => sum + line.length * 4 + 10, 0));
  let length = content.write(begin, 'latin1');
  const addEscaped = (byte: number): void => {
    // ( ) \ end a string or begin an escape; a bare CR would be read as LF.
    if (byte === 0x28 || byte === 0x29 || byte === backslash || byte === carriageReturn) content[length++] = backslash;
    content[length++] = byte === carriageReturn ? letterR : byte;
  };
  for (const line of lines) {
    if (line !== '') {
      content[length++] = 0x28;
      for (let index = 0; index < line.length; index += 1) {
        const unit = line.charCodeAt(index);
        const glyph = font.glyphs[unit] ?? 0;
        if (glyph === 0) throw new Error(`The font has no glyph for U+${unit.toString(16)}`);
        if (!used.has(glyph)) used.set(glyph, unit);
        addEscaped(glyph >>> 8);
        addEscaped(glyph & 0xff);
      }
      length += content.write(')Tj ', length, 'latin1');
    }
    length += content.write('T*\n', length, 'latin1');
  }
  length += content.write('ET', length, 'latin1');
  return content.subarray(0, length);
}

/** The map from glyphs back to characters, so that the text can be searched and copied (9.10.3). */
function characterNames(used: ReadonlyMap<number, number>): string {
  const hex = (value: number): string => `<${value.toString(16).padStart(4, '0')}>`;
  const pairs = [...used].sort(([left], [right]) => left - right).map(([glyph, unit]) => `${hex(glyph)} ${hex(unit)}`);
  let ranges = '';
  // A block holds at most 100 pairs.
  for (let first = 0; first < pairs.length; first += 100) {
    const block = pairs.slice(first, first + 100);
    ranges += `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar\n`;
  }
  return (
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n' +
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n' +
    `1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n${ranges}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend`
  );
}

/** Numbers the objects from 1 and adds the cross-reference table. */
function file(objects: readonly Buffer[]): Buffer {
  const parts = [plain('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')];
  let offset = parts[0]?.length ?? 0;
  let table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const [index, object] of objects.entries()) {
    const part = Buffer.concat([plain(`${index + 1} 0 obj\n`), object, plain('\nendobj\n')]);
    table += `${String(offset).padStart(10, '0')} 00000 n \n`;
    parts.push(part);
    offset += part.length;
  }
  parts.push(plain(`${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`));
  return Buffer.concat(parts);
}
