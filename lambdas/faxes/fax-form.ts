/** Reads the multipart form of `POST /fax`. */
import { Busboy } from '@fastify/busboy';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ContractError } from '../contract/errors.js';

export interface FaxForm {
  readonly to: string;
  readonly provider: string | undefined;
  readonly sendAt: string | undefined;
  readonly notifyUrl: string | undefined;
  readonly file: { readonly bytes: Buffer; readonly fileName: string | undefined; readonly contentType: string | undefined };
}

/**
 * Reads `to`, `file`, and what may stand beside them; an empty field is an absent one.
 * @throws ContractError invalid_request naming each part that is missing or empty, file_too_large
 */
export async function readFaxForm(contentType: string | undefined, body: Buffer, limits: { readonly maxFileBytes: number }): Promise<FaxForm> {
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) {
    throw invalid([{ field: 'body', message: "must be multipart/form-data with the parts 'to' and 'file'" }]);
  }
  const { fields, file } = await parse(contentType, body, limits.maxFileBytes);
  const to = fields.get('to')?.trim() ?? '';
  const problems = [
    ...(to === '' ? [{ field: 'to', message: fields.has('to') ? 'is empty' : 'is missing' }] : []),
    ...(file === undefined ? [{ field: 'file', message: fields.has('file') ? 'must be a file part, with a file name' : 'is missing' }] : []),
    ...(file?.bytes.length === 0 ? [{ field: 'file', message: 'is empty' }] : []),
  ];
  if (problems.length > 0 || file === undefined) throw invalid(problems);
  if (file.truncated) throw fileTooLarge(limits.maxFileBytes);
  const optional = (name: string) => (fields.get(name)?.trim() === '' ? undefined : fields.get(name)?.trim());
  return { to, file, provider: optional('provider'), sendAt: optional('send_at'), notifyUrl: optional('notify_url') };
}

/** The contract's words for a file over the limit. */
export function fileTooLarge(maxFileBytes: number): ContractError {
  return new ContractError('file_too_large', { detail: `File exceeds ${maxFileBytes / 1024 / 1024} MB limit` });
}

interface ParsedForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: (FaxForm['file'] & { readonly truncated: boolean }) | undefined;
}

async function parse(contentType: string, body: Buffer, maxFileBytes: number): Promise<ParsedForm> {
  const fields = new Map<string, string>();
  // The form may be over before its file has been read to the end: both are waited for.
  let file: Promise<ParsedForm['file']> = Promise.resolve(undefined);
  try {
    // One byte more than allowed, so that a file of exactly the limit is not taken for a truncated one.
    const limits = { fileSize: maxFileBytes + 1, files: 1, fields: 20, fieldSize: 1000, parts: 30 };
    const busboy = new Busboy({ headers: { 'content-type': contentType }, limits });
    busboy.on('field', (name, value) => fields.set(name, value));
    busboy.on('file', (name, stream, fileName, _encoding, mimeType) => {
      const content = bytesOf(stream);
      if (name !== 'file') {
        content.catch(() => undefined);
        return;
      }
      file = content.then((bytes) => ({ bytes, fileName: fileName || undefined, contentType: mimeType || undefined, truncated: bytes.length > maxFileBytes }));
      // Awaited below; until then its failure must not end the process.
      file.catch(() => undefined);
    });
    busboy.end(body);
    await finished(busboy, { readable: false });
    return { fields, file: await file };
  } catch (cause) {
    throw invalid([{ field: 'body', message: 'is not a complete multipart/form-data body' }], cause);
  }
}

/** In one copy; node:stream/consumers makes two, by way of a Blob. */
async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await finished(stream);
  return Buffer.concat(chunks);
}

function invalid(fields: readonly { readonly field: string; readonly message: string }[], cause?: unknown): ContractError {
  return new ContractError('invalid_request', { detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; '), fields, cause });
}
