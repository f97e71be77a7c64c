/**
 * Callbacks of providers, over HTTP against the running stack, at the address that the deployed gateway has. The sender does not
 * run here, so that what it would be told can be looked at.
 */
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { rmSync } from 'node:fs';
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { deliverCallback, type CallbackReply } from '../simulators/deliver-callback.js';
import { phaxioReport } from '../simulators/phaxio-report.js';
import { auditTrail } from './audit-trail.js';
import { call, until } from './gateway-client.js';
import { physicalId } from './left-work.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { changeVariable, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const admin = 'whom providers call back';
const token = 'the-callback-token';
const number = '+15557654321';
const megabyte = 1024 * 1024;

let account: Server;
let copy: string;
let template: Template;
let cloud: RunningLocalCloud;

beforeAll(async () => {
  account = createServer((_, response) => response.end('{"success":true,"data":{"balance":5050}}'));
  await new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve));
  const address = account.address();
  const endpoints = JSON.stringify({ phaxio: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  copy = withTemplate(assembly, (editable) => {
    editable.Resources = Object.fromEntries(Object.entries(editable.Resources).filter(([, { Type }]) => Type !== 'AWS::Lambda::EventSourceMapping'));
    changeVariable(editable, 'settings-admin', 'PROVIDER_ENDPOINTS', () => endpoints);
  });
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin });
  const fields = { api_key: 'key', api_secret: 'secret', callback_token: token };
  const saved = await call(cloud.gatewayUrl, 'PUT', '/admin/settings/providers/phaxio', { key: admin, json: { version: 0, fields } });
  if (saved.status !== 200) throw new Error(saved.text);
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  account.close();
  rmSync(copy, { recursive: true, force: true });
});

const addressOf = (path: string): string => `${cloud.outputs['ApiUrl']}${path}`;
const post = (path: string, body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<CallbackReply> =>
  deliverCallback({ url: new URL(addressOf(path)), headers, body, awsEndpoint: cloud.endpointUrl });

const freshAttempt = () => `${randomBytes(16).toString('hex')}-1`;
const faxOf = (attempt: string, more: object = {}) => JSON.stringify({ id: 17, status: 'success', num_pages: 2, recipients: [{ phone_number: number, status: 'success' }], tags: { attempt }, ...more });

/** Reports as Phaxio does, to the address that the gateway would have given it. */
function report(attempt: string, { fields = {}, file, ...changes }: { fields?: Record<string, Buffer | string>; file?: Buffer; token?: string; url?: string } = {}): Promise<CallbackReply> {
  const path = `/phaxio-callback?attempt=${attempt}`;
  const { headers, body } = phaxioReport({ url: addressOf(path), token, fields: { direction: 'sent', fax: faxOf(attempt), ...fields }, file, ...changes });
  return post(path, body, headers);
}

const heardSoFar: string[] = [];
/** What the sender would be told of an attempt, once anything is. */
async function told(attempt: string): Promise<string[]> {
  const queueUrl = physicalId(cloud, /^FaxesSendQueue[0-9A-F]{8}$/);
  const ofAttempt = () => heardSoFar.filter((body) => body.includes(attempt));
  return until(
    async () => {
      const { Messages = [] } = await cloud.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }));
      heardSoFar.push(...Messages.map(({ Body = '' }) => Body));
      return ofAttempt();
    },
    (bodies) => bodies.length > 0,
  );
}

const refusals = async () => (await messagesOf(cloud, logGroupId(template, 'fax-webhook'))).filter((message) => message.includes('A callback was refused'));
const invalid = { status: 401, text: JSON.stringify({ detail: 'Invalid signature', code: 'signature_invalid' }) };

describe('a report with the right signature', () => {
  it('is taken within two seconds, and the sender is told what it needs and nothing else', async () => {
    const attempt = freshAttempt();
    const before = Date.now();
    const { status, text, milliseconds } = await report(attempt, { file: Buffer.from('%PDF-1.7 the document') });
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
    expect(milliseconds).toBeLessThan(2_000);
    const [message = ''] = await told(attempt);
    expect(JSON.parse(message)).toEqual({
      v: 1,
      jobId: attempt.split('-')[0],
      heard: { provider: 'phaxio', attemptId: attempt, providerSid: '17', reported: expect.objectContaining({ kind: 'success' }), at: expect.any(Number) },
    });
    expect(Number(/"at":(\d+)/.exec(message)?.[1])).toBeGreaterThanOrEqual(before);
    expect(message).not.toContain(number.slice(1));
  });

  it('is verified over its very bytes, also where they are no UTF-8', async () => {
    const attempt = freshAttempt();
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a, 0xc3, 0x28]);
    expect(await report(attempt, { fields: { note: bytes, umlaut: 'Grüße +1 & 100 %' }, file: randomBytes(1_000) })).toMatchObject({ status: 200 });
    expect(await told(attempt)).toHaveLength(1);
  });

  it('may bring a document of four megabytes', async () => {
    const attempt = freshAttempt();
    const { status, milliseconds } = await report(attempt, { file: randomBytes(4 * megabyte) });
    expect(status).toBe(200);
    expect(milliseconds).toBeLessThan(2_000);
    expect((await told(attempt))[0]?.length).toBeLessThan(600);
  });

  it('with a document of five is refused by AWS itself, for its size', async () => {
    expect(await report(freshAttempt(), { file: randomBytes(5 * megabyte) })).toMatchObject({ status: 413 });
  });

  it('that comes twice is told twice: asking twice changes nothing', async () => {
    const attempt = freshAttempt();
    expect([(await report(attempt)).status, (await report(attempt)).status]).toEqual([200, 200]);
    await told(attempt);
    await until(() => told(attempt), (bodies) => bodies.length === 2);
  });

  it('about a received fax is taken, and nobody is told', async () => {
    const [received, after] = [freshAttempt(), freshAttempt()];
    expect(await report(received, { fields: { direction: 'received' } })).toMatchObject({ status: 200 });
    await report(after);
    await told(after);
    expect(heardSoFar.filter((body) => body.includes(received))).toEqual([]);
  });
});

describe('a report that is not the provider’s', () => {
  it.each<[string, (attempt: string) => Promise<CallbackReply>]>([
    ['with another token’s signature', (attempt) => report(attempt, { token: 'another' })],
    ['signed for another address', (attempt) => report(attempt, { url: addressOf(`/phaxio-callback?attempt=${freshAttempt()}`) })],
    ['signed for the address without its query', (attempt) => report(attempt, { url: addressOf('/phaxio-callback') })],
    [
      'with a byte that was changed',
      (attempt) => {
        const path = `/phaxio-callback?attempt=${attempt}`;
        const { headers, body } = phaxioReport({ url: addressOf(path), token, fields: { direction: 'sent', fax: faxOf(attempt, { status: 'failure' }) } });
        return post(path, Buffer.from(body.toString('latin1').replace('"failure"', '"success"'), 'latin1'), headers);
      },
    ],
    ['without a signature', (attempt) => post(`/phaxio-callback?attempt=${attempt}`, '{}', { 'Content-Type': 'application/json' })],
    ['of nothing at all', (attempt) => post(`/phaxio-callback?attempt=${attempt}`, '', {})],
  ])('%s is refused without a word of why, and nobody is told', async (_, send) => {
    const [forged, after] = [freshAttempt(), freshAttempt()];
    expect(await send(forged)).toMatchObject(invalid);
    await report(after);
    await told(after);
    expect(heardSoFar.filter((body) => body.includes(forged))).toEqual([]);
  });

  it('leaves its reason in the log, with no number and no body, and a flood of them leaves few lines and no audit event', async () => {
    await Promise.all(Array.from({ length: 60 }, () => report(freshAttempt(), { token: 'another' })));
    const lines = await until(refusals, (all) => all.length > 0);
    expect(lines[0]).toMatch(/"provider":"phaxio"/);
    expect(lines[0]).toMatch(/"reason":"[^"]+"/);
    expect(lines.length).toBeLessThan(60);
    expect(lines.join('')).not.toContain(number.slice(1));
    expect((await auditTrail(cloud, template)).filter(({ route }) => String(route).includes('-callback'))).toEqual([]);
  });
});

describe('a provider that is not configured', () => {
  const paths = operationIds.flatMap((id) =>
    operations[id].authentication.kind === 'signature' && id !== 'phaxioCallback' ? [operations[id].path.replace('{id}', 'my-provider')] : [],
  );

  it.each([...paths, '/provider-callback/sandbox', '/provider-callback/phaxio'])('has nobody at %s who hears it', async (path) => {
    for (const [type, body] of [
      ['application/json', '{}'],
      ['multipart/form-data; boundary=x', Buffer.from([0xff, 0x00])],
      ['application/x-www-form-urlencoded', 'a=%FF'],
    ] as const) {
      const { status, text } = await post(path, body, { 'Content-Type': type });
      expect([path, status, JSON.parse(text)]).toEqual([path, 404, { detail: 'Provider not found', code: 'provider_not_found' }]);
    }
  });

  it('is answered in the words of the contract, by the gateway’s own address too', async () => {
    expect(await call(cloud.gatewayUrl, 'POST', '/telnyx-callback', { json: {} })).toMatchObject({ status: 404, body: { code: 'provider_not_found' } });
  });
});
