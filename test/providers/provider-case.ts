/** An adapter beside the simulator of its provider, for the suite that all adapters pass. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { isAttemptId, isFaxNumber, type AttemptId, type FaxNumber } from '../../lambdas/contract/identifiers.js';
import type { FaxProvider, Submission, WebhookRequest } from '../../lambdas/providers/provider.js';
import { authorizationOf } from '../simulators/deliver-callback.js';
import type { CallbackRequest } from '../simulators/definition.js';

export const callbackKey = 'callback-key-of-the-tests';

export function faxNumber(text: string): FaxNumber {
  if (!isFaxNumber(text)) throw new Error(`${text} is no number`);
  return text;
}

export function newAttempt(): AttemptId {
  const text = `${randomBytes(16).toString('hex')}-1`;
  if (!isAttemptId(text)) throw new Error(`${text} is no attempt`);
  return text;
}

export const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A fax of bytes that no encoding leaves alone by chance, in chunks of no round size. */
export function submissionOf(to: string, options: { readonly bytes?: number; readonly patience?: number; readonly documentUrl?: URL; readonly content?: Buffer } = {}): Submission & { readonly content: Buffer } {
  const content = options.content ?? randomBytes(options.bytes ?? 100_001);
  const attemptId = newAttempt();
  return {
    attemptId,
    to: faxNumber(to),
    pages: 2,
    content,
    document: { stream: Readable.from(chunksOf(content)), bytes: content.length },
    documentUrl: () => options.documentUrl ?? new URL('https://documents.example/fax.pdf'),
    callbackUrl: new URL(`https://gateway.example/v1/callback?attempt=${attemptId}`),
    signal: AbortSignal.timeout(options.patience ?? 10_000),
    now: Date.now(),
  };
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 16_381) yield content.subarray(at, at + 16_381);
}

/** What the gateway gets of a callback: the address without its name and password, which come as a header. */
export function received({ url, headers, body }: CallbackRequest, changes: Partial<WebhookRequest> = {}): WebhookRequest {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return { url: plain, method: 'POST', headers: { ...headers, ...authorizationOf(url) }, body, now: Date.now(), ...changes };
}

/** An address at which nobody listens. */
export async function closedAddress(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
}

export function providerOf(made: FaxProvider | { readonly problems: unknown }): FaxProvider {
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  return made;
}
