/** The document check on the way in: what may be faxed leaves it as a PDF with a page count, all else as a public sentence. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from './decode-text.js';
import { decideDocumentType, type Declared } from './document-type.js';
import { createPdfEngine, maximumPages, type PdfEngine } from './pdf-engine.js';
import type { PdfReading } from './pdfium.js';
import { refused, type Refusal } from './refusal.js';
import { textToPdfWith, type TextPdf } from './text-to-pdf.js';

export type DocumentCheck =
  | { readonly kind: 'accepted'; readonly pdf: Buffer; readonly pages: number; readonly source: 'pdf' | 'text' }
  | Refusal;

export type CheckDocument = (bytes: Buffer, declared: Declared) => Promise<DocumentCheck>;

/**
 * Makes a check; nothing is loaded before the first document that needs it.
 * @param directory where build-assets.mjs has put PDFium and the font
 */
export function documentCheckFrom(directory: string): CheckDocument {
  const engine = createPdfEngine({ directory });
  let textToPdf: ((text: string) => TextPdf) | undefined;
  return async (bytes, declared) => {
    const type = decideDocumentType(bytes, declared);
    if (type.kind === 'refused') return type;
    if (type.kind === 'pdf') return checkPdf(bytes, engine);
    const decoded = decodeText(bytes, type.named);
    if (decoded.kind === 'refused') return decoded;
    textToPdf ??= textToPdfWith(await readFile(join(directory, 'DejaVuSansMono.ttf')));
    const written = textToPdf(decoded.text);
    return written.kind === 'refused' ? written : { kind: 'accepted', pdf: written.pdf, pages: written.pages, source: 'text' };
  };
}

/**
 * Checks a document with the files that lie beside the function's bundle.
 * @param bytes the file as uploaded; an accepted PDF is handed on as it is
 * @param declared what the sender says of it; the bytes count for more
 * @throws Error when PDFium or the font is missing beside the bundle: no document is to blame then
 */
export const checkDocument: CheckDocument = documentCheckFrom(__dirname);

async function checkPdf(bytes: Buffer, engine: PdfEngine): Promise<DocumentCheck> {
  // Every PDF names its root outside of compressed data; without it, the engine would search the whole file for nothing.
  const reading: PdfReading = bytes.includes('/Root') ? await engine.read(bytes) : { kind: 'damaged' };
  return reading.kind === 'read' ? { kind: 'accepted', pdf: bytes, pages: reading.pages, source: 'pdf' } : refusalOf(reading);
}

const printAgain = 'Open it in a viewer, print it to a new PDF and send that';

function refusalOf(reading: Exclude<PdfReading, { readonly kind: 'read' }>): Refusal {
  switch (reading.kind) {
    case 'damaged':
      return refused('damaged', `The PDF is damaged or incomplete and cannot be opened. ${printAgain}`);
    case 'password_protected':
      return refused('password_protected', 'The PDF opens only with a password. Save it without one and send that');
    case 'unknown_encryption':
      return refused('password_protected', 'The PDF is encrypted for certain recipients. Save it without encryption and send that');
    case 'no_pages':
      return refused('no_pages', `The PDF has no pages that can be read. ${printAgain}`);
    case 'pages_missing':
      return refused('damaged', `The PDF says that it has ${reading.promised} pages, but only ${reading.found} can be read. ${printAgain}`);
    case 'too_many_pages':
      return refused('too_many_pages', `The PDF has more than ${maximumPages} pages: send it in parts`);
    case 'overrun':
      return refused('too_complex', `The PDF is damaged or too complex to be checked. ${printAgain}`);
  }
}
