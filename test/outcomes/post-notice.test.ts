/** Where a notice may go, and what is known after one try. A real server on this machine receives. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postNotice, type PostOutcome } from '../../lambdas/outcomes/post-notice.js';

interface Received {
  readonly url: string | undefined;
  readonly signature: unknown;
  readonly body: string;
}

let received: Received[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ url: request.url, signature: request.headers['webhook-signature'], body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
  answer = (_, response) => void response.writeHead(204).end();
});

const post = (url: string, { guarded = false, patienceSeconds = 5 } = {}): Promise<PostOutcome> =>
  postNotice({ url: new URL(url), headers: { 'webhook-signature': 'v1,abc' }, body: '{"id":1}', patienceSeconds, guarded });
const here = (path = '/hook') => `http://localhost:${port}${path}`;

it('posts the body and its signature once', async () => {
  expect(await post(here())).toEqual({ kind: 'answered', status: 204, retryAfterSeconds: undefined });
  expect(received).toEqual([{ url: '/hook', signature: 'v1,abc', body: '{"id":1}' }]);
});

it('looks at the address behind a name, and connects to none that may not be reached', async () => {
  expect(await post(here(), { guarded: true })).toMatchObject({ kind: 'forbidden' });
  expect(received).toEqual([]);
});

it.each(['http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://0x7f.1'])('looks at an address that is written out: %s', async (address) => {
  expect(await post(`${address}:${port}/`, { guarded: true })).toMatchObject({ kind: 'forbidden' });
  expect(received).toEqual([]);
});

it('does not follow a redirect', async () => {
  answer = (_, response) => void response.writeHead(302, { Location: here('/elsewhere') }).end();
  expect(await post(here())).toMatchObject({ kind: 'answered', status: 302 });
  expect(received.map(({ url }) => url)).toEqual(['/hook']);
});

it('hears when to come back', async () => {
  answer = (_, response) => void response.writeHead(429, { 'Retry-After': '17' }).end();
  expect(await post(here())).toEqual({ kind: 'answered', status: 429, retryAfterSeconds: 17 });
});

it('waits for no receiver longer than its patience, and reads no answer to its end', async () => {
  answer = () => undefined;
  expect(await post(here(), { patienceSeconds: 0.2 })).toEqual({ kind: 'failed', error: 'No answer in time' });
  answer = (_, response) => void response.writeHead(200).write('endless');
  expect(await post(here())).toMatchObject({ kind: 'answered', status: 200 });
});

it('says why a receiver was not reached, without its address', async () => {
  const outcome = await post('http://localhost:1/');
  expect(outcome.kind).toBe('failed');
  expect(JSON.stringify(outcome)).not.toContain('localhost');
});
