/** How a document is read: by its presigned address. */
import type { Readable } from 'node:stream';
import { presign, request } from '../platform/presigned-object.js';

/** A document on its way out: piped, never held in memory. */
export interface OpenDocument {
  readonly stream: Readable;
  readonly bytes: number;
}

/** Opens a document for reading. @throws Error when S3 does not give it */
export async function openDocument(bucket: string, key: string): Promise<OpenDocument> {
  const answer = await request(presign(bucket, key, { seconds: 60 }), 'GET');
  return { stream: answer, bytes: Number(answer.headers['content-length']) };
}

/** An address that opens a document in a browser for `seconds`, under a name of ours. */
export function presignDocument(bucket: string, key: string, options: { readonly seconds: number; readonly fileName: string }): URL {
  return presign(bucket, key, {
    seconds: options.seconds,
    overrides: {
      'response-cache-control': 'private, no-store',
      'response-content-disposition': `inline; filename="${options.fileName}"`,
      'response-content-type': 'application/pdf',
    },
  });
}
