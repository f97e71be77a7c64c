/** Decides what an uploaded file is: its bytes first, then what the sender calls it. */
import { refused, unsupported, type Refusal } from './refusal.js';

export interface Declared {
  readonly fileName?: string;
  readonly contentType?: string;
}

export type DocumentType =
  | { readonly kind: 'pdf' }
  /** `named`: the sender calls it text; otherwise only its bytes can tell. */
  | { readonly kind: 'text'; readonly named: boolean }
  | Refusal;

/** Viewers look for the header this far (ISO 32000-1, Annex H.3.4.1): scanners and mail gateways put bytes in front of it. */
const headerWithin = 1024;

const textEndings: readonly string[] = ['txt', 'text'];

function endingOf(fileName: string | undefined): string | undefined {
  return fileName === undefined ? undefined : /[^./\\]\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
}

/** @returns what to check the bytes as, or why they are nothing that can be faxed */
export function decideDocumentType(bytes: Buffer, declared: Declared): DocumentType {
  if (bytes.length === 0) return refused('empty', 'The file is empty: choose the document again');
  const ending = endingOf(declared.fileName);
  const mediaType = declared.contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const namedText = ending === undefined || ending === '' ? mediaType === 'text/plain' : textEndings.includes(ending) || mediaType === 'text/plain';
  const namedPdf = ending === 'pdf' || (ending === undefined && mediaType === 'application/pdf');

  const header = bytes.subarray(0, headerWithin + 5).indexOf('%PDF-');
  // A text may speak of %PDF-; only a PDF begins with it.
  if (header === 0 || (header > 0 && (namedPdf || !namedText))) return { kind: 'pdf' };

  if (namedPdf) return unsupported('the file is called a PDF but is none (it has no %PDF- header). Save or print it as a PDF, or send a text as .txt');
  if (namedText) return { kind: 'text', named: true };
  const unnamed = ending === undefined && (mediaType === '' || mediaType === 'application/octet-stream');
  return unnamed ? { kind: 'text', named: false } : unsupported();
}
