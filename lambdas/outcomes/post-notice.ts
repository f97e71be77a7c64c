/**
 * One POST of a notice to an address that a client named: only to where the whole internet may go, and nowhere else that the
 * answer points to. node:http follows no redirect by itself; the name is resolved once, and the connection goes to the very
 * address that was looked at.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { mayBeCalled, publicLookup } from '../providers/public-lookup.js';

export interface NoticePost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly patienceSeconds: number;
  /** Only to addresses of the public internet. */
  readonly guarded: boolean;
}

export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  /** The address is none that a notice may go to: it is never tried again. */
  | { readonly kind: 'forbidden'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/** Posts once. Never throws. */
export function postNotice({ url, headers, body, patienceSeconds, guarded }: NoticePost): Promise<PostOutcome> {
  if (guarded && !mayBeCalled(url)) return Promise.resolve(forbidden);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      ...(guarded ? { lookup: publicLookup } : {}),
      signal: AbortSignal.timeout(patienceSeconds * 1000),
    });
    request.on('response', (answer) => {
      // Nothing in it is of interest, and it may be endless.
      answer.destroy();
      resolve({ kind: 'answered', status: answer.statusCode ?? 0, retryAfterSeconds: secondsIn(answer.headers['retry-after']) });
    });
    request.on('error', (error) => {
      const reason = reasonOf(error);
      resolve(reason === 'ENOTPUBLIC' ? forbidden : { kind: 'failed', error: reason });
    });
    request.end(body);
  });
}

const forbidden = { kind: 'forbidden', error: 'The address is in a private network' } as const;

function secondsIn(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}

/** The socket's code, such as ECONNREFUSED: its message may hold the address, which is the client's. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'No answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
