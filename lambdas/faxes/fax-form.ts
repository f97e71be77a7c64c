/** Reads the multipart form of `POST /fax`. */
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { ContractError } from '../contract/errors.js';

export interface FaxForm {
  readonly to: string;
  readonly file: { readonly bytes: Buffer; readonly fileName: string | undefined; readonly contentType: string | undefined };
}

/**
 * Reads `to` and `file`.
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
  return { to, file };
}

/** The contract's words for a file over the limit. */
export function fileTooLarge(maxFileBytes: number): ContractError {
  return new ContractError('file_too_large', { detail: `File exceeds ${maxFileBytes / 1024 / 1024} MB limit` });
}

interface ParsedForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: (FaxForm['file'] & { readonly truncated: boolean }) | undefined;
}

function parse(contentType: string, body: Buffer, maxFileBytes: number): Promise<ParsedForm> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    let file: ParsedForm['file'];
    const malformed = (cause: unknown) =>
      reject(invalid([{ field: 'body', message: 'is not a complete multipart/form-data body' }], cause));
    let busboy: BusboyInstance;
    try {
      // One byte more than allowed, so that a file of exactly the limit is not taken for a truncated one.
      busboy = new Busboy({ headers: { 'content-type': contentType }, limits: { fileSize: maxFileBytes + 1, files: 1, fields: 20, fieldSize: 1000, parts: 30 } });
    } catch (cause) {
      malformed(cause);
      return;
    }
    busboy.on('field', (name, value) => fields.set(name, value));
    busboy.on('file', (name, stream, fileName, _encoding, mimeType) => {
      const chunks: Buffer[] = [];
      stream.on('error', malformed);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (name !== 'file') return;
        const bytes = Buffer.concat(chunks);
        file = { bytes, fileName: fileName || undefined, contentType: mimeType || undefined, truncated: bytes.length > maxFileBytes };
      });
    });
    busboy.on('error', malformed);
    busboy.on('finish', () => resolve({ fields, file }));
    busboy.end(body);
  });
}

function invalid(fields: readonly { readonly field: string; readonly message: string }[], cause?: unknown): ContractError {
  return new ContractError('invalid_request', { detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; '), fields, cause });
}
