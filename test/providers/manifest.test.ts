/** What a manifest sends, and how it reads what comes back. */
import { createServer } from 'node:http';
import { manifestAdapter } from '../../lambdas/providers/manifest.js';
import { readManifest } from '../../lambdas/providers/manifest-rules.js';
import { reportOf } from '../../lambdas/providers/manifest-report.js';
import type { FaxProvider } from '../../lambdas/providers/provider.js';
import { providerOf, submissionOf } from './provider-case.js';

const manifest = (changes: Readonly<Record<string, unknown>> = {}) => {
  const read = readManifest({
    manifest: 1,
    id: 'example-fax',
    name: 'Example Fax',
    baseUrl: 'https://api.example.com',
    hosts: ['api.example.com'],
    settings: { sender: { words: 'The number that the receiver sees' } },
    secrets: { password: { words: 'The password of the account' } },
    authorization: { kind: 'basic', user: '{{setting.sender}}', password: '{{secret.password}}' },
    send: {
      request: { method: 'POST', path: '/faxes', body: { kind: 'json', value: { to: '{{to_digits}}', pages: 2, file: '{{document}}', callback: '{{callback_url}}', tags: ['{{attempt}}'] } } },
      id: '/data/0/id',
      refused: { '402': 'funds' },
    },
    statuses: { sent: 'success', running: 'in_progress', broken: 'by_reason' },
    reasons: { '17': 'busy' },
    status: { request: { method: 'GET', path: '/faxes/{{provider_id}}' }, word: '/status', reason: '/code', pagesSent: '/pages', cost: { amount: '/price', currency: 'EUR' } },
    ...changes,
  });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  return read.manifest;
};

const provider = (endpoint: URL | undefined, changes: Readonly<Record<string, unknown>> = {}): FaxProvider =>
  providerOf(manifestAdapter(manifest(changes)).create({ sender: '+12025550100', password: 'p:ss' }, { endpoint, callbackKey: 'key' }));

/** One request that somebody made, answered with `answer`. */
async function heard(make: (endpoint: URL) => Promise<unknown>, answer = '{}'): Promise<{ readonly url: string; readonly authorization: string; readonly body: string; readonly length: string; readonly outcome: unknown }> {
  let request = { url: '', authorization: '', body: '', length: '' };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      request = { url: incoming.url ?? '', authorization: incoming.headers.authorization ?? '', length: incoming.headers['content-length'] ?? '', body: Buffer.concat(chunks).toString('utf8') };
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const outcome = await make(new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`));
  await new Promise((resolve) => server.close(resolve));
  return { ...request, outcome };
}

test.each([0, 1, 2, 3, 100_000])('a document of %i bytes goes into JSON as base64, with its length told before', async (bytes) => {
  const submission = submissionOf('+12025550123', { bytes });
  const { body, length, authorization, outcome } = await heard((endpoint) => provider(endpoint).send({ ...submission, callbackUrl: undefined }), '{"data":[{"id":7}]}');
  expect(outcome).toMatchObject({ kind: 'submitted', providerSid: '7' });
  expect(JSON.parse(body)).toEqual({ to: '12025550123', pages: 2, file: submission.content.toString('base64'), tags: [submission.attemptId] });
  expect(length).toBe(String(body.length));
  expect(authorization).toBe(`Basic ${btoa('+12025550100:p:ss')}`);
});

test('a provider’s id can not lead out of the path', async () => {
  const { url } = await heard(async (endpoint) => provider(endpoint).status?.('a/b?c', 0), '{"status":"sent"}');
  expect(url).toBe('/faxes/a%2Fb%3Fc');
  await expect(provider(new URL('http://127.0.0.1:9')).status?.('..', 0)).rejects.toThrow('leads elsewhere');
});

test('a host that is not listed, or that has a private address, is never connected to', async () => {
  const elsewhere = { settings: { sender: { words: 'x' }, host: { words: 'x' } }, baseUrl: 'https://{{setting.host}}', hosts: ['localtest.example.com'] };
  const made = manifestAdapter(manifest(elsewhere)).create({ sender: 'x', password: 'x', host: '169.254.169.254' }, { endpoint: undefined, callbackKey: 'key' });
  expect(await providerOf(made).send(submissionOf('+12025550123'))).toMatchObject({ kind: 'not_connected', error: expect.stringContaining('not one of the manifest’s hosts') });
});

describe('a report', () => {
  const read = (answer: unknown) => reportOf(answer, manifest().status ?? {}, manifest(), 60);

  test.each([
    [{ status: 'sent', pages: 2, price: '0.10' }, { kind: 'success', pages: 2, cost: { amount: '0.10', currency: 'EUR' } }],
    [{ status: 'running' }, { kind: 'in_progress', pollAfterSeconds: 60 }],
    [{ status: 'broken', code: 17 }, { kind: 'failed', cause: 'busy' }],
    [{ status: 'broken', code: 17, pages: 1 }, { kind: 'partial', pages: 1 }],
    [{ status: 'broken', code: 18 }, { kind: 'uncertain' }],
    [{ status: 'broken' }, { kind: 'uncertain' }],
    [{ status: 'constructor' }, { kind: 'uncertain' }],
    [{ status: 'teleported' }, { kind: 'uncertain' }],
    [{}, { kind: 'uncertain' }],
    [undefined, { kind: 'uncertain' }],
  ])('%j is %j', (answer, status) => expect(read(answer)).toMatchObject(status));
});
