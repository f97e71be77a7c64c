/** The usage plans and the stage's own limit, made small: who asks too often reads so in the contract's words. */
import { rmSync } from 'node:fs';
import * as z from 'zod';
import { call, createKey, readFax, sendFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'the administrator of a small gateway';
let copy: string;
let cloud: RunningLocalCloud;
let base: string;
let basic: string;
let high: string;
let documentPath: string;

beforeAll(async () => {
  copy = withTemplate(await testAssembly(), (template) => {
    change(template, 'AWS::ApiGateway::UsagePlan', 'Planbasic', { Throttle: { RateLimit: 1, BurstLimit: 3 } });
    change(template, 'AWS::ApiGateway::UsagePlan', 'Plananonymous', { Quota: { Limit: 2, Period: 'DAY' } });
    change(template, 'AWS::ApiGateway::Stage', 'Gateway', {
      MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }],
    });
  });
  cloud = await startLocalCloud({ assembly: copy, apiKey: admin });
  base = cloud.gatewayUrl;
  basic = (await createKey(base, admin, { tier: 'basic' })).token;
  high = (await createKey(base, admin, { tier: 'high' })).token;
  const { id } = readFax(await sendFax(base, admin, '+15551234567'));
  const { pathname, search } = new URL(readFax(await call(base, 'GET', `/fax/${id}`, { key: admin })).pdf_url ?? '');
  documentPath = pathname.replace(/^\/api/, '') + search;
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

function change(template: EditableTemplate, type: string, word: string, properties: object): void {
  const found = Object.entries(template.Resources).filter(([id, { Type }]) => Type === type && id.includes(word));
  expect([word, found.length]).toEqual([word, 1]);
  for (const [, resource] of found) resource.Properties = { ...resource.Properties, ...properties };
}

const times = (count: number, ask: () => Promise<GatewayAnswer>) => Promise.all(Array.from({ length: count }, ask));
const refusal = ({ status, body, headers }: GatewayAnswer) => [status, body, headers.get('retry-after'), headers.get('access-control-allow-origin')];
const rateLimited = [429, { detail: 'Rate limit exceeded', code: 'rate_limited' }, '1', '*'];
const retryAfter = z.coerce.number().min(1);

it('a key of a tier is let through as fast as its plan allows, then told to wait, then let through again', async () => {
  const ask = () => call(base, 'GET', '/fax/none', { key: basic });
  const answers = await times(12, ask);
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 404).length).toBeGreaterThanOrEqual(3);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expect(refusal(answer)).toEqual(rateLimited);
  expect(retryAfter.parse(refused[0]?.headers.get('retry-after'))).toBe(1);
  await until(ask, ({ status }) => status === 404);
});

it('a key of another tier is not held back by it', async () => {
  await times(6, () => call(base, 'GET', '/fax/none', { key: basic }));
  const answers = await times(12, () => call(base, 'GET', '/fax/none', { key: high }));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
});

it('requests without a key share a quota, and who comes after its end reads so', async () => {
  expect([(await call(base, 'GET', documentPath)).status, (await call(base, 'GET', documentPath)).status]).toEqual([302, 302]);
  expect(refusal(await call(base, 'GET', documentPath))).toEqual([429, { detail: 'Quota exceeded', code: 'quota_exceeded' }, '3600', '*']);
  expect((await call(base, 'GET', documentPath, { key: admin })).status).toBe(302);
});

it('an open operation has no plan: the stage holds it back', async () => {
  const answers = await times(300, () => call(base, 'GET', '/health'));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expect(refusal(answer)).toEqual(rateLimited);
  await until(() => call(base, 'GET', '/health'), ({ status }) => status === 200);
});
