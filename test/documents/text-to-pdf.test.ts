/** What a text looks like as a fax, seen through a PDF viewer's eyes. */
import { readFileSync } from 'node:fs';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { maximumTextPages, textToPdfWith } from '../../lambdas/documents/text-to-pdf.js';

const textToPdf = textToPdfWith(readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf')));

function written(text: string): { readonly pdf: Buffer; readonly pages: number } {
  const result = textToPdf(text);
  if (result.kind === 'refused') throw new Error(result.detail);
  return result;
}

let viewer: PDFiumLibrary;
beforeAll(async () => {
  viewer = await PDFiumLibrary.init();
});
afterAll(() => viewer.destroy());

/** The text of each page, as a viewer's search finds it. */
async function seen(text: string): Promise<string[]> {
  const document = await viewer.loadDocument(written(text).pdf);
  const pages = [...document.pages()].map((page) => page.getText().replaceAll('\r\n', '\n').trim());
  document.destroy();
  return pages;
}

/** The box around everything black on the first page, in inches from the top left. */
async function inkOf(text: string) {
  const document = await viewer.loadDocument(written(text).pdf);
  const { data, width, height } = await document.getPage(0).render({ scale: 1, render: 'bitmap' });
  document.destroy();
  const box = { left: width, top: height, right: 0, bottom: 0, dots: 0, width, height };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((data[(y * width + x) * 4] ?? 255) > 128) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
      box.dots += 1;
    }
  }
  return box;
}

test('a viewer finds the text on the pages, in the scripts of Europe, with typographic signs and boxes', async () => {
  const text = 'Grüße, żółw, ångström\nΚαλημέρα κόσμε\nПривет, мир\n½ € “quoted” – … ≤ ☐ ☑ └─┘ (a\\b)';
  expect(await seen(text)).toEqual([text]);
});

test('each printable character leaves ink, also those that PDF strings must escape', async () => {
  for (const character of ['a', '(', ')', '\\', 'é', 'Ж', 'Ω', 'ệ', '█']) expect((await inkOf(character)).dots).toBeGreaterThan(3);
});

test('a full page keeps half an inch to each edge of a Letter page', async () => {
  const ink = await inkOf(`${'█'.repeat(80)}\n`.repeat(60));
  expect([ink.width, ink.height]).toEqual([612, 792]);
  expect(ink.left).toBeGreaterThanOrEqual(36);
  expect(ink.top).toBeGreaterThanOrEqual(35);
  expect(ink.right).toBeLessThanOrEqual(576);
  expect(ink.bottom).toBeLessThanOrEqual(757);
  expect(ink.right - ink.left).toBeGreaterThan(500);
});

test('80 columns and 60 lines fit on one page, one more of each does not', () => {
  expect(written(`${'x'.repeat(80)}\n`.repeat(60)).pages).toBe(1);
  expect(written(`${'x'.repeat(81)}\n`.repeat(60)).pages).toBe(2);
  expect(written('x\n'.repeat(61)).pages).toBe(2);
});

test('the same text gives the same bytes', () => {
  expect(written('Hello, Ελλάδα\f2').pdf.equals(written('Hello, Ελλάδα\f2').pdf)).toBe(true);
});

test('letters with marks that Unicode composes are printed as one, whichever way they were typed', async () => {
  expect(await seen('re\u0301sume\u0301 Vie\u0323\u0302t')).toEqual(['résumé Việt']);
  expect(written('e\u0301').pdf.equals(written('é').pdf)).toBe(true);
});

test('what shows nothing by definition is left out: soft hyphens, joiners, byte order marks', async () => {
  expect(await seen('in\u00advis\u200bi\u2060ble\ufeff')).toEqual(['invisible']);
});

describe('what cannot be printed is named with its line, and nothing is replaced', () => {
  test.each([
    ['emoji', 'ok\n\n😀', "U+1F600 '😀' (line 3)"],
    ['Chinese', '你好', "U+4F60 '你' (line 1), U+597D '好' (line 1)"],
    ['Arabic, which must be joined and runs from right to left', 'a\r\nسلام', "U+0633 'س' (line 2)"],
    ['a mark that composes with nothing', 'x\u0304', "U+0304 '\u25cc\u0304' (line 1)"],
    ['control characters', 'a\u001b[1m', 'U+001B ESCAPE (line 1)'],
    ['a character that already was replaced', 'Gr\ufffde', 'U+FFFD REPLACEMENT CHARACTER (line 1)'],
    ['NUL', 'a\0', 'U+0000 (line 1)'],
    ['private characters', '\ue000', 'U+E000 (line 1)'],
  ])('%s', (_, text, named) => {
    expect(textToPdf(text)).toMatchObject({ kind: 'refused', reason: 'unprintable_characters', detail: expect.stringContaining(named) });
  });

  test('five different ones are named, then "and more"', () => {
    const result = textToPdf('①一二三四五六一');
    expect(result).toMatchObject({ detail: expect.stringMatching(/(U\+[0-9A-F]{4} '.' \(line 1\),? ?){5} and more\./u) });
  });

  test('a row of a million marks is refused at once', () => {
    expect(textToPdf(`a${'\u0301\u0323'.repeat(500_000)}`)).toMatchObject({ reason: 'unprintable_characters' });
  });
});

test('a text of blanks has nothing to print', () => {
  expect(textToPdf(' \r\n\t\f\u200b')).toMatchObject({ reason: 'nothing_to_print' });
});

test(`a text has at most ${maximumTextPages} pages`, () => {
  expect(written('x\f'.repeat(maximumTextPages)).pages).toBe(maximumTextPages);
  expect(textToPdf('x\f'.repeat(maximumTextPages + 1))).toMatchObject({ reason: 'too_many_pages' });
  expect(textToPdf('x'.repeat(4_000_000))).toMatchObject({ reason: 'too_many_pages' });
});
