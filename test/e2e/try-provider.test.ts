/** `npm start -- --provider sinch-simulator`: a fax goes through a provider on a machine without an account. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { simulatedProviders } from '../../local/try-provider/simulator-process.js';
import { simulated } from '../simulators/definitions.js';
import { numbersOf } from '../simulators/numbers.js';
import { call, readFax, sendFax, until, untilEnded, type Fax } from './gateway-client.js';
import { launchAndExit, startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { processesOf, untilNothingIsLeft } from './processes.js';
import { testAssembly } from './shared-assembly.js';

jest.setTimeout(240_000);

const admin = 'who tries a provider';
const document = readFileSync(join(__dirname, '..', '..', 'document.pdf'));
const state = mkdtempSync(join(tmpdir(), 'try-provider-'));

const start = (...flags: string[]): Promise<RunningLocalCloud> => startLocalCloud({ state, apiKey: admin, flags: ['--provider-port', '0', ...flags] });
async function send(cloud: RunningLocalCloud, to: string): Promise<Fax> {
  const answer = await sendFax(cloud.gatewayUrl, admin, to, { file: document, name: 'fax.pdf' });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return readFax(answer);
}
const look = async (cloud: RunningLocalCloud, id: string) => readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin }));

const timesShape = z.object({ state: z.string(), created_at: z.string(), updated_at: z.string() });
const ledgerShape = z.array(z.looseObject({ to: z.string(), sha256: z.string().optional(), document: z.string().optional() }));
const ledgerUrlOf = (cloud: RunningLocalCloud): string => / {4}curl (\S+\/_simulator\/ledger)/.exec(cloud.logs())?.[1] ?? 'no ledger is printed';
async function callsTo(cloud: RunningLocalCloud, number: string): Promise<z.output<typeof ledgerShape>> {
  const ledger = ledgerShape.parse(await (await fetch(ledgerUrlOf(cloud))).json());
  return ledger.filter(({ to }) => to === number);
}

async function redialAfterASecond(cloud: RunningLocalCloud): Promise<void> {
  const { version } = z.object({ version: z.number() }).parse((await call(cloud.gatewayUrl, 'GET', '/admin/settings', { key: admin })).body);
  expect((await call(cloud.gatewayUrl, 'PUT', '/admin/settings', { key: admin, json: { version, values: { REDIAL_BUSY_SECONDS: 1 } } })).status).toBe(200);
}

describe('what the flag takes', () => {
  it('is a simulator that there is, or the sandbox; anything else is answered by a sentence with their names', async () => {
    expect(await launchAndExit({}, ['--provider', 'pigeon-simulator'])).toEqual({
      code: 1,
      output: '--provider needs sinch-simulator, phaxio-simulator, telnyx-simulator, signalwire-simulator, documo-simulator or sandbox, not "pigeon-simulator".\n',
    });
    expect(simulatedProviders).toEqual(Object.keys(simulated));
  });

  it('is not together with an assembly, which reaches providers where they are', async () => {
    const { code, output } = await launchAndExit({ assembly: await testAssembly() }, ['--provider', 'sinch-simulator']);
    expect([code, output]).toEqual([1, 'A simulator changes where the stack reaches a provider, so --provider can’t be together with --assembly.\n']);
  });

  it('starts nothing on a port that is taken', async () => {
    const { port } = new URL((await startedOnce).endpointUrl);
    const { code, output } = await launchAndExit({}, ['--provider', 'sinch-simulator', '--provider-port', port]);
    expect([code, output]).toEqual([1, `Port ${port} is taken, where the simulator should be.\nChoose another port: npm start -- --provider sinch-simulator --provider-port <port>\n`]);
  });
});

// One after the other in one folder, as a person tries them.
let startedOnce: Promise<RunningLocalCloud>;
let cloud: RunningLocalCloud;
beforeAll(async () => {
  startedOnce = start('--provider', 'sinch-simulator');
  cloud = await startedOnce;
  // Before the first fax: the sender keeps the settings for a while.
  await redialAfterASecond(cloud);
});
afterAll(async () => {
  // Where a test failed, it still runs.
  await cloud.stop();
  rmSync(state, { recursive: true, force: true });
});

function goesThrough(id: string): void {
  it('says that it dials nobody, which numbers do what, and where its ledger is', () => {
    expect(cloud.logs()).toMatch(new RegExp(`Faxes go through a simulator of ${id}: a program at http://127\\.0\\.0\\.1:\\d+/ .*\n  It dials nobody, and no fax is delivered`));
    for (const { number, does } of numbersOf(simulated[id]?.definition ?? { ends: {}, refusals: {} })) expect(cloud.logs()).toContain(`    ${number}  ${does}\n`);
    expect(ledgerUrlOf(cloud)).toContain('http://127.0.0.1:');
  });

  it('takes a fax to SUCCESS by one call with the very document, by its report and not by waiting', async () => {
    const { id: job } = await send(cloud, '+15551234567');
    expect(await untilEnded(cloud.gatewayUrl, admin, job)).toMatchObject({ status: 'SUCCESS', backend: id });
    const calls = await callsTo(cloud, '+15551234567');
    expect(calls.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(document).digest('hex')]);
    expect(Buffer.from(await (await fetch(calls[0]?.document ?? '')).arrayBuffer()).equals(document)).toBe(true);
    expect(cloud.logs()).toContain(`${id}-simulator  a fax for +15551234567 was taken: delivered`);
  });

  it('has a number that is busy, which is dialled again as the settings say', async () => {
    const { id: job } = await send(cloud, '+15555550010');
    const ended = await until(() => look(cloud, job), ({ state: now }) => now === 'success', 90);
    expect(ended).toMatchObject({ status: 'SUCCESS', backend: id });
    expect(await callsTo(cloud, '+15555550010')).toHaveLength(2);
  });
}

describe('the simulator of Sinch', () => {
  goesThrough('sinch');

  it('has a number that loses the answer, and the fax is found instead of sent again', async () => {
    const { id } = await send(cloud, '+15555550009');
    expect(await until(() => look(cloud, id), ({ state: now }) => now === 'success', 90)).toMatchObject({ backend: 'sinch' });
    expect(await callsTo(cloud, '+15555550009')).toHaveLength(1);
  });

  it('ends with the cloud on Ctrl-C', async () => {
    const { all } = processesOf(cloud);
    expect(await cloud.stop()).toBe(0);
    await untilNothingIsLeft(cloud, all);
    await expect(fetch(ledgerUrlOf(cloud))).rejects.toThrow();
  });
});

describe('a start without the flag, where faxes go to a simulator', () => {
  it('says that it does not run, and what to do; nothing leaves the machine, and faxes wait', async () => {
    cloud = await start();
    expect(cloud.logs()).toContain('Faxes go to the simulator of sinch, which does not run: they wait.');
    expect(cloud.logs()).toContain('npm start -- --provider sinch-simulator\n');
    const { id } = await send(cloud, '+15557654321');
    const times = async () => timesShape.parse((await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).body);
    await until(times, ({ state: now, created_at, updated_at }) => now === 'queued' && updated_at !== created_at, 30);
    expect(await look(cloud, id)).toMatchObject({ state: 'queued', backend: 'sinch' });
    await cloud.stop();
  });
});

describe('the simulator of SignalWire, which fetches the document', () => {
  beforeAll(async () => {
    cloud = await start('--provider', 'signalwire-simulator');
  });

  goesThrough('signalwire');

  it('is the only one that new faxes try', async () => {
    expect((await call(cloud.gatewayUrl, 'GET', '/admin/settings/providers', { key: admin })).body).toMatchObject({ order: ['signalwire'] });
  });

  it('ends with a cloud that is killed', async () => {
    const { launcher, all } = processesOf(cloud);
    process.kill(launcher, 'SIGKILL');
    await cloud.kill();
    await untilNothingIsLeft(cloud, all);
    await expect(fetch(ledgerUrlOf(cloud))).rejects.toThrow();
  });
});

describe('the sandbox, asked for', () => {
  it('takes the faxes again, and of the simulators nothing stays', async () => {
    cloud = await start('--provider', 'sandbox');
    expect(cloud.logs()).toContain('Faxes go through the sandbox again, which dials nobody.');
    const { id } = await send(cloud, '+15551234567');
    expect(await untilEnded(cloud.gatewayUrl, admin, id)).toMatchObject({ status: 'SUCCESS', backend: 'sandbox' });
    const { body } = await call(cloud.gatewayUrl, 'GET', '/admin/settings/providers', { key: admin });
    const { order, providers } = z.object({ order: z.array(z.string()), providers: z.array(z.object({ id: z.string(), configured: z.boolean() })) }).parse(body);
    expect([order, providers.filter(({ configured }) => configured).map((one) => one.id)]).toEqual([['sandbox'], ['sandbox']]);
    expect(existsSync(join(state, 'simulated-providers.json'))).toBe(false);
    await cloud.stop();
  });
});
