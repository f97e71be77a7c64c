/** Reads the multipart form of a callback, at once and without I/O. Busboy would do it too, but in its own time. Pure. */

export interface FormPart {
  readonly name: string;
  /** There where the part is a file. */
  readonly fileName: string | undefined;
  readonly content: Buffer;
}

/** A callback has some ten parts. */
const mostParts = 200;

/** The parts in their order; undefined where the body is not a whole form. */
export function readMultipartForm(contentType: string, body: Buffer): readonly FormPart[] | undefined {
  const [, inQuotes, plain] = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = inQuotes ?? plain;
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter has no line before it, where there is no preamble.
  const text = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: FormPart[] = [];
  let at = text.indexOf(delimiter);
  while (at >= 0 && parts.length <= mostParts) {
    const start = at + delimiter.length;
    if (text.toString('latin1', start, start + 2) === '--') return parts;
    const headEnd = text.indexOf('\r\n\r\n', start);
    const next = text.indexOf(delimiter, start);
    if (headEnd < 0 || next < headEnd) return undefined;
    const part = readHead(text.toString('utf8', start, headEnd));
    if (part === undefined) return undefined;
    parts.push({ ...part, content: text.subarray(Math.min(headEnd + 4, next), next) });
    at = next;
  }
  return undefined;
}

function readHead(head: string): Pick<FormPart, 'name' | 'fileName'> | undefined {
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(head)?.[1] ?? '';
  const name = parameter(disposition, 'name');
  return name === undefined ? undefined : { name, fileName: parameter(disposition, 'filename') };
}

function parameter(disposition: string, name: string): string | undefined {
  const [, inQuotes, plain] = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition) ?? [];
  return inQuotes?.replace(/\\(.)/g, '$1') ?? plain;
}
