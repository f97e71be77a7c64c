/**
 * Reads a TrueType font file and makes a smaller one of the glyphs that a document uses.
 * Tables: https://learn.microsoft.com/typography/opentype/spec/otff. A font library does this too, for 700 KB and 300 ms.
 */

export interface TrueTypeFont {
  readonly unitsPerEm: number;
  readonly boundingBox: readonly [number, number, number, number];
  readonly ascent: number;
  readonly descent: number;
  /** The width of each glyph, for a font where all have the same. */
  readonly advanceWidth: number;
  /** Glyph by UTF-16 unit (the basic plane); 0 where the font has none. */
  readonly glyphs: Uint16Array;
  /** The same glyph numbers, but only the outlines of those asked for; what a PDF viewer does not read is left out. */
  subset(glyphs: ReadonlySet<number>): Buffer;
}

/** What a viewer needs to draw glyphs by number (ISO 32000-1, 9.9); the instructions in cvt, fpgm and prep sharpen small print. */
const keptTables = ['cvt ', 'fpgm', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'prep'];

/** @throws Error (RangeError) on a file that is no TrueType font with a basic-plane character map */
export function readTrueTypeFont(file: Buffer): TrueTypeFont {
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const record = 12 + index * 16;
    const offset = file.readUInt32BE(record + 8);
    tables.set(file.toString('latin1', record, record + 4), file.subarray(offset, offset + file.readUInt32BE(record + 12)));
  }
  const table = (tag: string): Buffer => {
    const found = tables.get(tag);
    if (found === undefined) throw new Error(`The font has no table ${tag}`);
    return found;
  };
  const head = table('head');
  const hhea = table('hhea');
  const outlines = table('glyf');
  const locations = readLocations(table('loca'), head.readInt16BE(50) === 1);
  return {
    unitsPerEm: head.readUInt16BE(18),
    boundingBox: [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)],
    ascent: hhea.readInt16BE(4),
    descent: hhea.readInt16BE(6),
    advanceWidth: table('hmtx').readUInt16BE(0),
    glyphs: readCharacterMap(table('cmap')),
    subset(glyphs) {
      const kept = withComponents(glyphs, outlines, locations);
      const { glyf, loca } = keepOutlines(kept, outlines, locations);
      const longLocations = Buffer.from(head);
      longLocations.writeInt16BE(1, 50);
      const replaced = new Map([['glyf', glyf], ['loca', loca], ['head', longLocations]]);
      return fontFile(keptTables.map((tag) => [tag, replaced.get(tag) ?? table(tag)]));
    },
  };
}

function readLocations(loca: Buffer, long: boolean): readonly number[] {
  return Array.from({ length: loca.length / (long ? 4 : 2) }, (_, index) => (long ? loca.readUInt32BE(index * 4) : loca.readUInt16BE(index * 2) * 2));
}

/** The subtable for Unicode's basic plane (platform 3, encoding 1, format 4). */
function readCharacterMap(cmap: Buffer): Uint16Array {
  let map: Buffer | undefined;
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const record = 4 + index * 8;
    if (cmap.readUInt16BE(record) === 3 && cmap.readUInt16BE(record + 2) === 1) map = cmap.subarray(cmap.readUInt32BE(record + 4));
  }
  if (map?.readUInt16BE(0) !== 4) throw new Error('The font has no character map of format 4');
  const glyphs = new Uint16Array(0x10000);
  const doubled = map.readUInt16BE(6);
  for (let segment = 0; segment < doubled; segment += 2) {
    const last = map.readUInt16BE(14 + segment);
    const first = map.readUInt16BE(16 + doubled + segment);
    const delta = map.readUInt16BE(16 + 2 * doubled + segment);
    const offsetAt = 16 + 3 * doubled + segment;
    const offset = map.readUInt16BE(offsetAt);
    for (let unit = first; unit <= last && unit !== 0xffff; unit += 1) {
      const glyph = offset === 0 ? unit : map.readUInt16BE(offsetAt + offset + (unit - first) * 2);
      glyphs[unit] = glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
  }
  return glyphs;
}

// Flags of a composite glyph's component
const wordArguments = 0x0001;
const scaled = 0x0008;
const moreComponents = 0x0020;
const scaledBothWays = 0x0040;
const matrix = 0x0080;

/** An accented letter is composed of other glyphs: these are needed too. Glyph 0 is the box for what is missing. */
function withComponents(glyphs: ReadonlySet<number>, outlines: Buffer, locations: readonly number[]): readonly number[] {
  const all = new Set([0, ...glyphs]);
  // A set also gives what is added to it while it is walked through.
  for (const glyph of all) {
    const begin = locations[glyph] ?? 0;
    if ((locations[glyph + 1] ?? 0) <= begin || outlines.readInt16BE(begin) >= 0) continue;
    let offset = begin + 10;
    let flags: number;
    do {
      flags = outlines.readUInt16BE(offset);
      all.add(outlines.readUInt16BE(offset + 2));
      offset += 4 + (flags & wordArguments ? 4 : 2) + (flags & scaled ? 2 : flags & scaledBothWays ? 4 : flags & matrix ? 8 : 0);
    } while (flags & moreComponents);
  }
  return [...all].sort((left, right) => left - right);
}

function keepOutlines(kept: readonly number[], outlines: Buffer, locations: readonly number[]): { readonly glyf: Buffer; readonly loca: Buffer } {
  const loca = Buffer.alloc(locations.length * 4);
  const parts: Buffer[] = [];
  let length = 0;
  let next = 0;
  for (let glyph = 0; glyph < locations.length; glyph += 1) {
    loca.writeUInt32BE(length, glyph * 4);
    if (kept[next] !== glyph) continue;
    next += 1;
    const outline = outlines.subarray(locations[glyph], locations[glyph + 1]);
    const padding = Buffer.alloc(-outline.length & 3);
    parts.push(outline, padding);
    length += outline.length + padding.length;
  }
  return { glyf: Buffer.concat(parts), loca };
}

function fontFile(tables: readonly (readonly [tag: string, content: Buffer])[]): Buffer {
  const count = tables.length;
  const power = Math.floor(Math.log2(count));
  const directory = Buffer.alloc(12 + count * 16);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(count, 4);
  directory.writeUInt16BE(16 << power, 6);
  directory.writeUInt16BE(power, 8);
  directory.writeUInt16BE(count * 16 - (16 << power), 10);
  const parts = [directory];
  let offset = directory.length;
  for (const [index, [tag, content]] of tables.entries()) {
    const padded = Buffer.concat([content, Buffer.alloc(-content.length & 3)]);
    const record = 12 + index * 16;
    directory.write(tag, record, 'latin1');
    directory.writeUInt32BE(checksum(padded), record + 4);
    directory.writeUInt32BE(offset, record + 8);
    directory.writeUInt32BE(content.length, record + 12);
    parts.push(padded);
    offset += padded.length;
  }
  return Buffer.concat(parts);
}

function checksum(padded: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < padded.length; offset += 4) sum = (sum + padded.readUInt32BE(offset)) >>> 0;
  return sum;
}
