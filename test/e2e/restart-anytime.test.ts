/**
 * The local cloud ends at any moment, in any way: by Ctrl-C, by kill -9 of one or all of its processes. Nothing is left
 * running, and the next start on the same state has everything that was acknowledged.
 */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, faxForm, readCreatedKey, readFax, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { processesOf, untilNothingIsLeft } from './processes.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, readTemplate, sweepNow, type Template } from './stack-resources.js';

const bootstrap = 'restart-anytime-administrator';
let assembly: string;
let template: Template;
let state: string;

beforeAll(async () => {
  assembly = await testAssembly();
  template = readTemplate(assembly);
  state = mkdtempSync(join(tmpdir(), 'restart-anytime-'));
}, 240_000);
afterAll(() => rmSync(state, { recursive: true, force: true }));

const start = (): Promise<RunningLocalCloud> => startLocalCloud({ assembly, state, apiKey: bootstrap });
/** Each fax has a line of its own: an uncertain one may hold its number for a quarter of an hour. */
const numberOf = (name: string): string => `+1556${String(Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16) % 10_000_000).padStart(7, '0')}`;
const post = (cloud: RunningLocalCloud, key: string, idempotencyKey: string) =>
  call(cloud.gatewayUrl, 'POST', '/fax', { key, form: faxForm(numberOf(idempotencyKey)), headers: { 'Idempotency-Key': idempotencyKey } });
const administer = (cloud: RunningLocalCloud, method: string, path: string, key: string, json?: object) =>
  call(cloud.gatewayUrl, method, `/admin/api-keys${path}`, { key, ...(json === undefined ? {} : { json }) });

/** Puts the functions to work, so that each has a process, and leaves requests on their way. */
async function busy(cloud: RunningLocalCloud, name: string): Promise<void> {
  for (let sent = 0; sent < 15; sent += 1) void post(cloud, bootstrap, `${name}-${sent}`).catch(() => undefined);
  await post(cloud, bootstrap, `${name}-last`);
}

describe('nothing is left running', () => {
  it.each([
    ['Ctrl-C', (launcher: number): unknown => process.kill(launcher, 'SIGINT')],
    ['kill -9 of the cloud', (_: number, cloud: RunningLocalCloud): unknown => process.kill(cloud.pid, 'SIGKILL')],
    ['kill -9 of the launcher', (launcher: number): unknown => process.kill(launcher, 'SIGKILL')],
    [
      'kill -9 of both at once',
      (launcher: number, cloud: RunningLocalCloud) => {
        process.kill(launcher, 'SIGKILL');
        process.kill(cloud.pid, 'SIGKILL');
      },
    ],
  ] as const)('after %s in the middle of its work', async (how, end) => {
    const cloud = await start();
    await busy(cloud, how.replaceAll(' ', '-'));
    const { launcher, all } = processesOf(cloud);
    expect(all.length).toBeGreaterThan(3);
    end(launcher, cloud);
    await untilNothingIsLeft(cloud, all);
    // Also lets go of this side's connections.
    await cloud.stop();
  }, 60_000);
});

/** What a client has heard of: it must be so after every restart. */
interface Heard {
  readonly faxes: Map<string, string>;
  readonly asked: Set<string>;
  /** Token → whether it must work. */
  readonly tokens: Map<string, boolean>;
}

/** Requests of all kinds at once; whatever is answered is noted. Resolves after so many answers. */
function load(cloud: RunningLocalCloud, round: number, heard: Heard, admin: string, answers: number): Promise<void> {
  return new Promise((resolve) => {
    let answered = 0;
    const one = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
        answered += 1;
        if (answered === answers) resolve();
      } catch {
        // The cloud is gone: this one was not acknowledged.
      }
    };
    for (let index = 0; index < 20; index += 1) {
      const name = `round-${round}-${index}`;
      heard.asked.add(name);
      void one(async () => {
        const answer = await post(cloud, admin, name);
        if (answer.status === 202) heard.faxes.set(name, readFax(answer).id);
      });
    }
    for (let index = 0; index < 5; index += 1) {
      void one(async () => {
        const { token, key_id: id } = readCreatedKey(await administer(cloud, 'POST', '', admin, { scopes: ['keys:manage'] }));
        heard.tokens.set(token, true);
        if (index % 2 === 0) return;
        // From the request to its answer nobody can know whether the key still works.
        heard.tokens.delete(token);
        const { status } = await administer(cloud, 'DELETE', `/${id}`, admin);
        if (status === 200) heard.tokens.set(token, false);
      });
    }
  });
}

it('kill -9 in four rounds of load: every acknowledged fax and key is there after each, each fax is sent at most once, and a repeated request gives the same fax', async () => {
  const heard: Heard = { faxes: new Map(), asked: new Set(), tokens: new Map() };
  const first = await start();
  const { token: admin } = readCreatedKey(await administer(first, 'POST', '', bootstrap, { scopes: ['admin'] }));
  await first.kill();

  const checkKeys = async (cloud: RunningLocalCloud) => {
    for (const [token, works] of heard.tokens) expect([token.slice(0, 21), (await administer(cloud, 'GET', '', token)).status]).toEqual([token.slice(0, 21), works ? 200 : 401]);
    expect((await administer(cloud, 'GET', '', bootstrap)).status).toBe(401);
  };
  for (const [round, answers] of [2, 7, 13, 24].entries()) {
    const cloud = await start();
    await checkKeys(cloud);
    await load(cloud, round, heard, admin, answers);
    await cloud.kill();
  }

  const cloud = await start();
  const queueUrl = cloud.resources[Object.keys(cloud.resources).find((id) => /^FaxesSendQueue[0-9A-F]{8}$/.test(id)) ?? ''];
  await checkKeys(cloud);
  expect(heard.faxes.size).toBeGreaterThan(10);
  for (const name of heard.asked) {
    const answer = await post(cloud, admin, name);
    expect(answer.status).toBe(202);
    const known = heard.faxes.get(name);
    const { id } = readFax(answer);
    if (known !== undefined) expect(id).toBe(known);
    heard.faxes.set(name, id);
    // A job that was stored and not acknowledged may have no message yet: this is the sweeper's, a minute early.
    if (known === undefined) await cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ v: 1, jobId: id }) }));
  }
  for (const id of heard.faxes.values()) {
    await until(
      async () => {
        const { state: now } = readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin }));
        // A claim of a sender that is gone: due as soon as it has ended.
        if (now === 'submitting') await sweepNow(cloud, template);
        return now;
      },
      (now) => now === 'success' || now === 'uncertain',
      60,
    );
  }
  expect([...(await callsByJob(cloud, template))].filter(([, count]) => count > 1)).toEqual([]);
  expect(await cloud.stop()).toBe(0);
}, 240_000);
