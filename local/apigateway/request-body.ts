/** Reads a request's body up to what API Gateway takes. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** 10 MB. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const bodyLimit = 10 * 1024 * 1024;

/** What is read and thrown away of a body that is too large, so that the client gets to read the answer. */
const discardLimit = 64 * 1024 * 1024;

export type BodyOutcome =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** The client went away; there is nobody to answer. */
  | { readonly kind: 'aborted' };

const nothing = Buffer.alloc(0);

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

export function declaresTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > bodyLimit;
}

export function readBody(request: IncomingMessage): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyLimit) {
        chunks.length = 0;
        resolve({ kind: 'too-large' });
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve({ kind: 'read', body: only === undefined ? nothing : chunks.length === 1 ? only : Buffer.concat(chunks, length) });
    });
    request.on('error', () => {
      resolve({ kind: 'aborted' });
    });
    request.on('close', () => {
      resolve({ kind: 'aborted' });
    });
  });
}

/**
 * API Gateway's own words in front of any API: plain text, no gateway response. The rest of the body is read and thrown
 * away, for a client that still writes would otherwise see a broken connection instead of the answer.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  response.write(text);
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > discardLimit) request.destroy();
  });
  request.on('error', () => response.destroy());
  if (request.readableEnded || request.complete) response.end();
  else request.on('end', () => response.end());
  request.resume();
}
