/** Turns a text into the pages of a fax: Letter, 80 columns and 60 lines of a fixed-pitch font, as plain text is written for. */
import { layOutText } from './lay-out-text.js';
import { checkPrintable, printableUnits } from './printable-text.js';
import { refused, type Refusal } from './refusal.js';
import { writeTextPdf, type TextPage } from './text-pdf-file.js';
import { readTrueTypeFont, type TrueTypeFont } from './truetype-font.js';

export type TextPdf = { readonly kind: 'written'; readonly pdf: Buffer; readonly pages: number } | Refusal;

/** Longer texts are hardly meant to be faxed (a line is busy for hours), and would hold the function. */
export const maximumTextPages = 200;

const columns = 80;
const rows = 60;
const inch = 72;

/** 12 points a line put the 60 lines of a line printer's page between margins of half an inch; 10.5 points read well at 98 dpi. */
const fontSize = 10.5;

const grid = { columns, rows, tabStop: 8, pageLimit: maximumTextPages };

/** In UTF-16 units: a quarter more than the pages hold. What is longer is not looked at closer, whatever it consists of. */
const maximumLength = 1.25 * maximumTextPages * rows * columns;

const tooManyPages = (): Refusal => refused('too_many_pages', `The text is longer than ${maximumTextPages} pages: send it in parts`);

function letterPage(font: TrueTypeFont): TextPage {
  const width = 8.5 * inch;
  const textWidth = (columns * fontSize * font.advanceWidth) / font.unitsPerEm;
  return { width, height: 11 * inch, left: (width - textWidth) / 2, top: inch / 2, fontSize, lineHeight: 12 };
}

/**
 * Reads the font once.
 * @param fontFile DejaVu Sans Mono
 * @returns turns decoded text into a PDF; the same text always gives the same bytes on one version of Node
 */
export function textToPdfWith(fontFile: Buffer): (text: string) => TextPdf {
  const font = readTrueTypeFont(fontFile);
  const printable = printableUnits(font.glyphs);
  const page = letterPage(font);
  return (text) => {
    if (text.length > maximumLength) return tooManyPages();
    const checked = checkPrintable(text, printable);
    if (checked.kind === 'refused') return checked;
    const layout = layOutText(checked.text, grid);
    if (layout.kind === 'too_many_pages') return tooManyPages();
    if (layout.pages.length === 0) return refused('nothing_to_print', 'The text has nothing to print: it holds only blanks and line breaks');
    return { kind: 'written', pdf: writeTextPdf(layout.pages, page, font), pages: layout.pages.length };
  };
}
