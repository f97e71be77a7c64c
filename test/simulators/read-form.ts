/** Reads a multipart form with one file as a provider would: by a reader that knows nothing of how the gateway writes one. */
import { Busboy } from '@fastify/busboy';
import { finished } from 'node:stream/promises';

/** @param fileField the part in which the document has to be */
export async function readForm(contentType: string, body: Buffer, fileField = 'file'): Promise<{ readonly fields: ReadonlyMap<string, string>; readonly file: Buffer }> {
  const fields = new Map<string, string>();
  const chunks: Buffer[] = [];
  const busboy = new Busboy({ headers: { 'content-type': contentType } });
  busboy.on('field', (name, value) => fields.set(name, value));
  busboy.on('file', (name, stream) => {
    if (name !== fileField) throw new Error(`The document is in the part ${name}`);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  });
  busboy.end(body);
  await finished(busboy, { readable: false });
  if (chunks.length === 0) throw new Error('There is no document');
  return { fields, file: Buffer.concat(chunks) };
}
