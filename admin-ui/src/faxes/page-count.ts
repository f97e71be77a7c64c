/**
 * How many pages a PDF says that it has: the largest `/Count` of its page tree, also where that stands in a compressed
 * object stream. A first answer, before the gateway counts them itself.
 */

/** Larger files are left to the gateway. */
const largestRead = 16 * 1024 * 1024;

/** @returns undefined for what is no PDF, and where it does not say */
export async function countPages(file: Blob): Promise<number | undefined> {
  if (file.size > largestRead) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = asText(bytes);
  if (!text.slice(0, 1024).includes('%PDF-')) return undefined;
  const streams = await Promise.all(objectStreams(text).map(([start, end]) => inflate(bytes.slice(start, end))));
  const counts = [text, ...streams].flatMap(countsOf);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** A letter a byte, so that a place in the text is one in the bytes. */
function asText(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

/** The counts of the nodes of the page tree: `/Type /Pages` and `/Count 3` in one dictionary, in any order. */
function countsOf(text: string): number[] {
  return [...text.matchAll(/\/Type\s*\/Pages\b/g)].flatMap(({ index }) => {
    const from = text.lastIndexOf('<<', index);
    const dictionary = text.slice(Math.max(from, index - 2_000), index + 20_000).split(/endobj|\/Type\s*\/(?!Pages\b)/)[0] ?? '';
    const count = /\/Count\s+(\d+)/.exec(dictionary)?.[1];
    return count === undefined ? [] : [Number(count)];
  });
}

/** Where the content of each object stream begins and ends. */
function objectStreams(text: string): [start: number, end: number][] {
  return [...text.matchAll(/\/Type\s*\/ObjStm\b/g)].flatMap(({ index }): [number, number][] => {
    const begin = /stream\r?\n/.exec(text.slice(index, index + 2_000));
    if (begin === null) return [];
    const start = index + begin.index + begin[0].length;
    const end = text.indexOf('endstream', start);
    // A line end stands before `endstream`, which belongs to neither.
    return end === -1 ? [] : [[start, text.slice(start, end).replace(/\r?\n$/, '').length + start]];
  });
}

async function inflate(stream: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    const inflated = new Blob([stream]).stream().pipeThrough(new DecompressionStream('deflate'));
    return asText(new Uint8Array(await new Response(inflated).arrayBuffer()));
  } catch {
    return '';
  }
}
