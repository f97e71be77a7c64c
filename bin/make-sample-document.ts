/**
 * Makes document.pdf, the page that the README's curl lines send: `npx tsx bin/make-sample-document.ts`.
 * It reads well on 204 x 98 dots an inch and shows how much of it arrives. The same bytes each time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument, StandardFonts, rgb, type PDFFont, type PDFPage } from 'pdf-lib';

const left = 72;
const right = 540;
const black = rgb(0, 0, 0);

interface Fonts {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
}

function drawHeading(page: PDFPage, { regular, bold }: Fonts): void {
  page.drawRectangle({ x: left, y: 668, width: right - left, height: 60, color: black });
  page.drawText('FAX', { x: left + 18, y: 683, size: 40, font: bold, color: rgb(1, 1, 1) });
  const name = 'Faxbot on AWS';
  page.drawText(name, { x: right - 18 - regular.widthOfTextAtSize(name, 18), y: 690, size: 18, font: regular, color: rgb(1, 1, 1) });
}

function drawFields(page: PDFPage, { regular, bold }: Fonts): void {
  const fields = [
    ['To', 'Whoever stands at the other end of the line'],
    ['From', 'Your own fax gateway'],
    ['Subject', 'The first fax'],
    ['Pages', '1'],
  ] as const;
  fields.forEach(([name, value], index) => {
    const y = 636 - index * 28;
    page.drawText(name, { x: left, y, size: 13, font: bold });
    page.drawText(value, { x: left + 90, y, size: 13, font: regular });
    page.drawLine({ start: { x: left, y: y - 9 }, end: { x: right, y: y - 9 }, thickness: 1 });
  });
}

function drawMessage(page: PDFPage, { regular }: Fonts): void {
  const lines = [
    'If you can read this, the whole way works: a client sent this page with an API',
    'key, the gateway checked it, stored it and queued it, and the sender handed it',
    'to the fax provider exactly once.',
    '',
    'The sandbox provider dials nobody. With a real one, the patterns below show',
    'how much of a page arrives: compare them with the original.',
  ];
  lines.forEach((line, index) => page.drawText(line, { x: left, y: 496 - index * 19, size: 13, font: regular }));
}

function drawSizes(page: PDFPage, { regular, bold }: Fonts): void {
  page.drawText('Sizes', { x: left, y: 352, size: 13, font: bold });
  let y = 330;
  for (const size of [7, 8, 9, 10, 12, 14]) {
    page.drawText(`${size} points: Order 0689, 3 boxes @ $12.50`, { x: left, y, size, font: regular });
    y -= size + 8;
  }
}

function drawLines(page: PDFPage, { regular, bold }: Fonts): void {
  const x = 350;
  page.drawText('Lines', { x, y: 352, size: 13, font: bold });
  [0.25, 0.5, 1, 2, 4].forEach((thickness, index) => {
    const y = 332 - index * 18;
    page.drawText(String(thickness), { x, y: y - 4, size: 10, font: regular });
    page.drawLine({ start: { x: x + 32, y }, end: { x: right, y }, thickness });
  });
}

function drawGreys(page: PDFPage, { bold }: Fonts): void {
  page.drawText('Greys', { x: left, y: 192, size: 13, font: bold });
  const steps = 9;
  const width = (right - left) / steps;
  for (let step = 0; step < steps; step += 1) {
    const grey = 1 - step / (steps - 1);
    page.drawRectangle({ x: left + step * width, y: 132, width, height: 48, color: rgb(grey, grey, grey), borderColor: black, borderWidth: 1 });
  }
}

function drawCorners(page: PDFPage): void {
  for (const [x, y] of [[36, 36], [576, 36], [36, 756], [576, 756]] as const) {
    const inward = { x: x < 300 ? 24 : -24, y: y < 300 ? 24 : -24 };
    page.drawLine({ start: { x, y }, end: { x: x + inward.x, y }, thickness: 2 });
    page.drawLine({ start: { x, y }, end: { x, y: y + inward.y }, thickness: 2 });
  }
}

async function makeSampleDocument(): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle('The first fax');
  const fonts: Fonts = {
    regular: await document.embedFont(StandardFonts.Helvetica),
    bold: await document.embedFont(StandardFonts.HelveticaBold),
  };
  const page = document.addPage([612, 792]);
  drawHeading(page, fonts);
  drawFields(page, fonts);
  drawMessage(page, fonts);
  drawSizes(page, fonts);
  drawLines(page, fonts);
  drawGreys(page, fonts);
  drawCorners(page);
  const footer = 'Corner marks stand half an inch from the edge.';
  page.drawText(footer, { x: 306 - fonts.regular.widthOfTextAtSize(footer, 10) / 2, y: 84, size: 10, font: fonts.regular });
  return document.save();
}

void makeSampleDocument().then((bytes) => {
  writeFileSync(join(__dirname, '..', 'document.pdf'), bytes);
});
