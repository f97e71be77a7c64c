/** A multipart form (RFC 7578) with one document in it, written as the document is read. */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { RequestBody } from './provider-exchange.js';

export interface FormFile {
  readonly name: string;
  readonly fileName: string;
  readonly type: string;
  readonly document: { readonly stream: Readable; readonly bytes: number };
}

/** The fields stand before the file, so that whoever reads the form knows them when the file comes. */
export function multipartBody(fields: readonly (readonly [name: string, value: string])[], file: FormFile): RequestBody {
  const boundary = `faxbot-${randomBytes(18).toString('hex')}`;
  const head = Buffer.from(
    [
      ...fields.map(([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`),
      `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(file.name)}"; filename="${quoted(file.fileName)}"\r\ncontent-type: ${file.type}\r\n\r\n`,
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + file.document.bytes + tail.length,
    chunks: joined(head, file.document.stream, tail),
  };
}

async function* joined(head: Buffer, document: AsyncIterable<Buffer>, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* document;
  yield tail;
}

/** As browsers do it: a name can't end its own quotes or line. */
function quoted(text: string): string {
  return text.replace(/[\r\n"]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
