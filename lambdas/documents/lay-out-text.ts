/** Breaks a text into the lines and pages of a fax. Every character takes one cell; nothing but spaces at a break is lost. */

export interface PageGrid {
  /** Cells in a line. */
  readonly columns: number;
  /** Lines on a page. */
  readonly rows: number;
  /** A tab goes to the next multiple of this. */
  readonly tabStop: number;
  readonly pageLimit: number;
}

export type TextLayout =
  /** Pages of lines; a line has no tab and no break in it. No page at all where there is nothing to print. */
  { readonly kind: 'pages'; readonly pages: readonly (readonly string[])[] } | { readonly kind: 'too_many_pages' };

const tab = 0x09;
const lineFeed = 0x0a;
const formFeed = 0x0c;
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * Lays a text out: CR, LF, CRLF and Unicode's separators end a line, a form feed the page as well. A form feed begins a new page, blank lines at the end of a page fall away, and a page without anything on it
 * is left out: a blank page costs money and says nothing.
 */
export function layOutText(text: string, grid: PageGrid): TextLayout {
  const pages: string[][] = [];
  let page: string[] = [];
  let inked = 0;
  const endPage = (): void => {
    if (inked > 0) pages.push(page.slice(0, inked));
    page = [];
    inked = 0;
  };
  const addLine = (line: string): void => {
    if (page.length === grid.rows) endPage();
    page.push(line);
    if (line !== '') inked = page.length;
  };

  let begin = 0;
  while (begin <= text.length) {
    const end = lineEnd(text, begin);
    const last = text.charCodeAt(end);
    // What stands between a form feed and the end of its line, or of the text, is a line only if it says something.
    if (end === begin) {
      if (last !== formFeed) addLine('');
    } else {
      for (const part of wrapLine(text.slice(begin, end), grid.columns, grid.tabStop)) {
        addLine(part);
        if (pages.length > grid.pageLimit) return { kind: 'too_many_pages' };
      }
    }
    if (last === formFeed) endPage();
    begin = end + (last === carriageReturn && text.charCodeAt(end + 1) === lineFeed ? 2 : 1);
  }
  endPage();
  return pages.length > grid.pageLimit ? { kind: 'too_many_pages' } : { kind: 'pages', pages };
}

/** The index of the next CR, LF, form feed or Unicode separator, or of the text's end. */
function lineEnd(text: string, begin: number): number {
  for (let index = begin; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === lineFeed || unit === carriageReturn || unit === formFeed || unit === 0x2028 || unit === 0x2029) return index;
  }
  return text.length;
}

/**
 * A line in lines of at most `columns` cells: broken at blanks, and inside a word only if the word is longer than a line.
 * Blanks at a break fall away, so does an indentation that leaves no room for the word behind it. Takes linear time.
 */
export function* wrapLine(line: string, columns: number, tabStop: number): Generator<string> {
  let end = line.length;
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end -= 1;
  if (end <= columns && !line.includes('\t')) {
    yield line.slice(0, end);
    return;
  }
  if (end === 0) yield '';
  let begin = 0;
  while (begin < end) {
    const stop = scanLine(line, begin, end, columns, tabStop);
    if (stop.end > begin) yield expandTabs(line.slice(begin, stop.end), tabStop);
    begin = stop.next;
  }
}

/** Where the line that begins at `begin` ends, and where the next one begins; `end === begin` only drops an indentation. */
function scanLine(line: string, begin: number, end: number, columns: number, tabStop: number): { readonly end: number; readonly next: number } {
  let column = 0;
  let wordBegin = -1;
  let breakAt = -1;
  for (let index = begin; index < end; index += 1) {
    const unit = line.charCodeAt(index);
    if (isBlank(unit)) {
      if (wordBegin !== -1 && !isBlank(line.charCodeAt(index - 1))) breakAt = index;
      column += unit === tab ? tabStop - (column % tabStop) : 1;
      continue;
    }
    if (column >= columns) {
      if (breakAt !== -1) return { end: breakAt, next: skipBlanks(line, breakAt) };
      if (wordBegin === -1) return { end: begin, next: index };
      if (wordBegin > begin && wordEnd(line, wordBegin, end, columns) - wordBegin <= columns) return { end: begin, next: wordBegin };
      return { end: index, next: index };
    }
    if (wordBegin === -1) wordBegin = index;
    column += 1;
  }
  return { end, next: end };
}

const isBlank = (unit: number): boolean => unit === space || unit === tab;

function skipBlanks(line: string, from: number): number {
  let index = from;
  while (isBlank(line.charCodeAt(index))) index += 1;
  return index;
}

/** The end of a word, as far as it matters: one cell more than a line has. */
function wordEnd(line: string, begin: number, end: number, columns: number): number {
  let index = begin;
  while (index < end && index <= begin + columns && !isBlank(line.charCodeAt(index))) index += 1;
  return index;
}

function expandTabs(line: string, tabStop: number): string {
  if (!line.includes('\t')) return line;
  let expanded = '';
  for (const [index, part] of line.split('\t').entries()) {
    if (index > 0) expanded += ' '.repeat(tabStop - (expanded.length % tabStop));
    expanded += part;
  }
  return expanded;
}
