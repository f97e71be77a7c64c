/** Notices of how faxes come out, from the fax to a receiver of the client's own and to the topic. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { call, createKey, faxForm, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { changeVariable } from './stack-resources.js';

interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const heard: Heard[] = [];
/** Path → the statuses that it answers with, the last one for good. */
const answers = new Map<string, number[]>();
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url ?? '';
    heard.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    const [status = 204, ...later] = answers.get(path) ?? [];
    if (later.length > 0) answers.set(path, later);
    response.writeHead(status, status === 302 ? { Location: '/elsewhere' } : {}).end();
  });
});
const heardAt = (path: string): readonly Heard[] => heard.filter((one) => one.path === path);
const noticeShape = z.strictObject({
  id: z.string(),
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.strictObject({ id: z.string(), owner: z.string(), state: z.string(), error: z.string().nullable(), backend: z.string() }),
});

let cloud: RunningLocalCloud;
let assembly: string;
let base: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, 'localhost', resolve));
  const address = receiver.address();
  base = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
  assembly = withTemplate(await testAssembly(), (editable) => {
    for (const name of ['fax-upload', 'outcome-notifier']) changeVariable(editable, name, 'PRIVATE_NOTIFY_HOSTS', () => '["localhost"]');
  });
  cloud = await startLocalCloud({ assembly });
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(assembly, { recursive: true, force: true });
  receiver.closeAllConnections();
  receiver.close();
});

async function send(to: string, notifyUrl: string, key = cloud.adminKey): Promise<string> {
  const form = faxForm(to);
  form.set('notify_url', notifyUrl);
  const fax = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key, form }));
  return fax.id;
}

it('tells a receiver and the topic how a fax came out, signed with the secret of its owner', async () => {
  const { token } = await createKey(cloud.gatewayUrl, cloud.adminKey, { scopes: ['fax:send', 'fax:read'], owner: 'ward-3' });
  const id = await send('+15551234567', `${base}/success`, token);
  const [notice] = await until(async () => heardAt('/success'), (all) => all.length > 0);
  const told = noticeShape.parse(JSON.parse(notice?.body ?? ''));
  expect(told).toMatchObject({ type: 'fax.success', data: { id, owner: 'ward-3', state: 'success', error: null, backend: 'sandbox' } });
  expect(notice?.headers['webhook-id']).toBe(told.id);

  const { secret } = z.object({ secret: z.string() }).parse((await call(cloud.gatewayUrl, 'GET', '/auth/notice-secret', { key: token })).body);
  const timestamp = String(notice?.headers['webhook-timestamp']);
  const signature = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(`${told.id}.${timestamp}.${notice?.body}`).digest('base64');
  expect(notice?.headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);

  const published = await until(async () => cloud.published().map(({ message }) => message), (messages) => messages.includes(notice?.body ?? ''));
  expect(published.filter((message) => message.includes(id))).toHaveLength(1);
});

it('tells each end: failed, uncertain, cancelled and resolved', async () => {
  const failed = await send('+15555550003', `${base}/failed`);
  const uncertain = await send('+15555550004', `${base}/uncertain`);
  await Promise.all([untilEnded(cloud.gatewayUrl, cloud.adminKey, failed), until(async () => heardAt('/uncertain'), (all) => all.length === 1)]);
  expect((await call(cloud.gatewayUrl, 'POST', `/admin/fax-jobs/${uncertain}/resolve`, { key: cloud.adminKey, json: { outcome: 'delivered' } })).status).toBe(200);

  const form = faxForm('+15551234567');
  form.set('notify_url', `${base}/cancelled`);
  form.set('send_at', new Date(Date.now() + 3_600_000).toISOString());
  const later = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key: cloud.adminKey, form })).id;
  expect((await call(cloud.gatewayUrl, 'POST', `/fax/${later}/cancel`, { key: cloud.adminKey })).status).toBe(200);

  const typesAt = (path: string) => until(async () => heardAt(path).map(({ body }) => noticeShape.parse(JSON.parse(body)).type), (types) => types.length > (path === '/uncertain' ? 1 : 0));
  expect(await typesAt('/failed')).toEqual(['fax.failed']);
  expect(await typesAt('/uncertain')).toEqual(['fax.uncertain', 'fax.success']);
  expect(await typesAt('/cancelled')).toEqual(['fax.cancelled']);
});

it('tries again where a receiver fails or points elsewhere, under the same id, and follows no redirect', async () => {
  answers.set('/again', [302, 500, 204]);
  await send('+15551234567', `${base}/again`);
  const notices = await until(async () => heardAt('/again'), (all) => all.length === 2);
  expect(new Set(notices.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(heardAt('/elsewhere')).toEqual([]);
});

it.each([
  ['http://example.com/hook', 'https only'],
  ['https://127.0.0.1/hook', 'private network'],
  ['https://169.254.169.254/latest/meta-data/', 'private network'],
  ['nonsense', 'must be an address'],
])('refuses to take %s: %s', async (notifyUrl, reason) => {
  const form = faxForm('+15551234567');
  form.set('notify_url', notifyUrl);
  const answer = await call(cloud.gatewayUrl, 'POST', '/fax', { key: cloud.adminKey, form });
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request', fields: [{ field: 'notify_url', message: expect.stringContaining(reason) }] } });
});

it('tells the secret of an owner to nobody who may not send', async () => {
  const { token } = await createKey(cloud.gatewayUrl, cloud.adminKey, { scopes: ['fax:read'] });
  expect((await call(cloud.gatewayUrl, 'GET', '/auth/notice-secret', { key: token })).status).toBe(403);
});
