/**
 * Functions that break: what a client reads when one throws, exits or hangs, and what becomes of a fax whose sender does. The
 * functions are the stack's own, with other code in the place of theirs.
 */
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { rmSync } from 'node:fs';
import { call, faxForm, readFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, withTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, replaceHandler, setProperty } from './stack-resources.js';

const admin = 'broken-functions-administrator';
let assembly: string;
let cloud: RunningLocalCloud;
/** Begun first and looked at last, since it takes half a minute. */
let hanging: Promise<GatewayAnswer & { readonly seconds: number }>;

beforeAll(async () => {
  assembly = withTemplate(await testAssembly(), (template) => {
    setProperty(template, functionId(template, 'health'), 'Timeout', 1);
    setProperty(template, functionId(template, 'fax-read'), 'Timeout', 60);
    // As short as their queues are impatient.
    for (const name of ['fax-sender', 'outcome-notifier']) setProperty(template, functionId(template, name), 'Timeout', 1);
    // Five tries, a second apart, in the place of five in three quarters of an hour.
    setProperty(template, Object.keys(template.Resources).find((id) => /^FaxesSendQueue[0-9A-F]{8}$/.test(id)) ?? '', 'VisibilityTimeout', 1);
  });
  replaceHandler(assembly, 'key-admin', "throw new Error('broken');");
  replaceHandler(assembly, 'auth-history', 'process.exit(1);');
  replaceHandler(assembly, 'health', 'for (;;);');
  replaceHandler(assembly, 'fax-read', 'await new Promise(() => setInterval(() => undefined, 1000));');
  replaceHandler(assembly, 'fax-sender', "throw new Error('broken');");
  cloud = await startLocalCloud({ assembly, apiKey: admin });
  hanging = askHangingFunction();
}, 240_000);

afterAll(async () => {
  await cloud.stop();
  rmSync(assembly, { recursive: true, force: true });
});

async function askHangingFunction() {
  const startedAt = performance.now();
  const answer = await call(cloud.gatewayUrl, 'GET', `/fax/${'0'.repeat(32)}`, { key: admin });
  return { ...answer, seconds: (performance.now() - startedAt) / 1000 };
}

describe('a function that', () => {
  it.each([
    ['throws', '/admin/api-keys'],
    ['exits', '/admin/auth-events'],
    ['hangs until its time limit', '/health'],
  ])('%s is a 502 in the contract’s words', async (_, path) => {
    const { status, text, headers } = await call(cloud.gatewayUrl, 'GET', path, { key: admin });
    expect([status, text]).toEqual([502, '{"detail":"Internal Server Error","code":"internal_error"}']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  }, 60_000);
});

it('a fax whose sender always throws is accepted, tried five times, and its message is left where a person finds it', async () => {
  const accepted = await call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') });
  expect(accepted.status).toBe(202);
  const [deadLetters] = Object.entries(cloud.resources).flatMap(([id, url]) => (id.startsWith('FaxesDeadLetters') && url.startsWith('http') ? [url] : []));
  const receive = new ReceiveMessageCommand({ QueueUrl: deadLetters, MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  const { Messages } = await until(() => cloud.clients.sqs.send(receive), ({ Messages: found = [] }) => found.length > 0, 45);
  expect(Messages).toMatchObject([{ Body: JSON.stringify({ v: 1, jobId: readFax(accepted).id }) }]);
  expect(Number(Messages?.[0]?.Attributes?.ApproximateReceiveCount)).toBeGreaterThan(5);
}, 90_000);

it('a function that hangs for longer than API Gateway waits is a 504 in the contract’s words, after 29 seconds', async () => {
  const { status, text, seconds } = await hanging;
  expect([status, text]).toEqual([504, '{"detail":"Gateway Timeout","code":"gateway_timeout"}']);
  expect(Math.round(seconds)).toBeGreaterThanOrEqual(29);
}, 90_000);
