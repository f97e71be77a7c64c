/**
 * One request to a provider, over a connection of its own, and what is known after it. It is never made twice: whether a fax was
 * handed over is decided by what happened to this one request.
 */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A body of known length, written as it is read. */
export interface RequestBody {
  readonly type: string;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>;
}

export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** In place of the system's DNS. */
  readonly lookup?: LookupFunction;
  /** Gives the request up. */
  readonly signal: AbortSignal;
}

export interface ProviderAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export type Exchange =
  | ProviderAnswer
  /** No byte of the request left: the name, the connection or its TLS failed. */
  | { readonly kind: 'not_connected'; readonly error: string }
  /** The request or a part of it left, and no whole answer came. */
  | { readonly kind: 'no_answer'; readonly error: string };

/** How long a connection may take, with its name and TLS. */
const connectMilliseconds = 10_000;

/** An answer of a provider is some lines of JSON; more than this is not read. */
const longestAnswer = 1024 * 1024;

/** Never throws, and never follows a redirect. Errors name the host and nothing else of the address. */
export function providerExchange({ method, url, headers, body, lookup, signal }: ProviderRequest): Promise<Exchange> {
  const secure = url.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    let connected = false;
    let given = body === undefined;
    const failed = (error: unknown) => {
      clearTimeout(connecting);
      outgoing.destroy();
      resolve({ kind: connected ? 'no_answer' : 'not_connected', error: `${url.host}: ${reasonOf(error)}` });
    };
    const outgoing = send(url, {
      agent: false,
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': String(body.bytes) }) },
      ...(lookup === undefined ? {} : { lookup }),
      signal,
    });
    const connecting = setTimeout(() => failed(new Error('no connection in time')), connectMilliseconds);
    // Listened to for good: what a socket says after its end is of no interest, but would end the process.
    outgoing.on('error', failed);
    outgoing.once('close', () => failed(new Error('the connection was closed')));
    outgoing.once('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        clearTimeout(connecting);
      });
    });
    outgoing.once('response', (answer) => {
      readAnswer(answer).then(
        (text) => {
          if (!given && (answer.statusCode ?? 0) < 300) return failed(new Error('answered before it had the whole request'));
          resolve({ kind: 'answer', status: answer.statusCode ?? 0, headers: answer.headers, text });
          outgoing.destroy();
        },
        (error: unknown) => failed(error),
      );
    });
    if (body === undefined) {
      outgoing.end();
      return;
    }
    const whole = wholly(body, () => {
      given = true;
    });
    // Its failure is the request's own, except where the document can't be read: both end here.
    pipeline(Readable.from(whole, { objectMode: false }), outgoing).catch(failed);
  });
}

/** The body, held to the length that its header promises. */
async function* wholly({ chunks, bytes }: RequestBody, given: () => void): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of chunks) {
    sent += chunk.length;
    if (sent > bytes) throw new Error('the document is longer than it should be');
    if (sent === bytes) given();
    yield chunk;
  }
  if (sent !== bytes) throw new Error('the document broke off');
}

async function readAnswer(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const parts: AsyncIterable<Buffer> = answer;
  for await (const chunk of parts) {
    length += chunk.length;
    if (length > longestAnswer) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  if (!answer.complete) throw new Error('the answer broke off');
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'no answer in time';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? error.message;
}
