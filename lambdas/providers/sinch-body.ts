/**
 * Sinch's JSON of a fax with the document in it as base64, written as the document is read. Not the multipart form, in which it
 * is not documented how labels are written: a fax whose answer was lost is found by its label.
 */
import type { Readable } from 'node:stream';
import type { RequestBody } from './provider-exchange.js';

/** @param fields what the JSON has besides its `files` */
export function sinchBody(fields: Readonly<Record<string, unknown>>, document: { readonly stream: Readable; readonly bytes: number }): RequestBody {
  const head = Buffer.from(`${JSON.stringify(fields).slice(0, -1)},"files":[{"fileType":"PDF","file":"`);
  const tail = Buffer.from('"}]}');
  return {
    type: 'application/json',
    bytes: head.length + Math.ceil(document.bytes / 3) * 4 + tail.length,
    chunks: joined(head, document.stream, tail),
  };
}

async function* joined(head: Buffer, document: AsyncIterable<Buffer>, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of document) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    // Base64 is written by threes; what is left over goes before the next chunk.
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1');
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
  yield tail;
}
