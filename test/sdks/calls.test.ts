/** Both SDKs, by one list of calls: what a program gets from the running gateway, and from servers that are none. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { call, createKey, readFax, sendFax, until, untilEnded } from '../e2e/gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from '../e2e/local-cloud.js';
import { testAssembly } from '../e2e/shared-assembly.js';
import { functionId, readTemplate } from '../e2e/stack-resources.js';
import { hasPython, languages, mayLeaveOut, root, startProgram, type Outcome, type SdkCall, type SdkProgram } from './languages.js';
import { startOddServer, type OddServer } from './odd-server.js';

const caseShape = z.strictObject({
  name: z.string(),
  call: z.enum(['sendFax', 'getStatus', 'checkHealth']),
  /** `gateway` and what follows its address, `odd/...`, `nowhere`, or `raw:` and an address. */
  server: z.string().default('gateway'),
  key: z.enum(['sender', 'reader', 'readerFromFile', 'limited', 'wrong', 'empty', 'twoLines', 'none']).default('none'),
  to: z.string().default('+15551234567'),
  file: z.string().optional(),
  idempotencyKey: z.string().optional(),
  /** The fax that is known to have gone out, where nothing else is said. */
  jobId: z.string().default('known'),
  timeoutSeconds: z.number().optional(),
  /** Asked again until that is the outcome. */
  until: z.literal('refused').optional(),
  /** The function that takes faxes dies at the next one. */
  fault: z.literal(true).optional(),
  gives: z.union([z.literal(true), z.record(z.string(), z.unknown())]).optional(),
  fails: z.strictObject({ code: z.string(), detail: z.string() }).catchall(z.unknown()).optional(),
  wrongArgument: z.string().optional(),
});
type Case = z.output<typeof caseShape>;
const cases = z.array(caseShape).parse(JSON.parse(readFileSync(join(__dirname, 'cases.json'), 'utf8')));

const admin = 'the administrator of programs';
const document = readFileSync(join(root, 'document.pdf'));
let cloud: RunningLocalCloud;
let odd: OddServer;
let folder: string;
let uploadFunction: string;
let keys: Readonly<Record<Case['key'], string | null>>;
let knownJob: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  uploadFunction = functionId(readTemplate(assembly), 'fax-upload');
  cloud = await startLocalCloud({ assembly, apiKey: admin, faults: true });
  odd = await startOddServer();
  const base = cloud.gatewayUrl;
  const newKey = async (wanted: object) => (await createKey(base, admin, { requests_per_minute: 100_000, ...wanted })).token;
  const sender = await newKey({ scopes: ['fax:send'] });
  const reader = await newKey({ scopes: ['fax:read'] });
  keys = {
    sender,
    reader,
    readerFromFile: `${reader}\n`,
    limited: await newKey({ scopes: ['fax:read'], requests_per_minute: 1 }),
    wrong: sender.replace(/.{8}$/, 'AAAAAAAA'),
    empty: '',
    twoLines: `${reader}\r\nX-Other: 1`,
    none: null,
  };
  knownJob = readFax(await sendFax(base, sender, '+15551234567', { file: document, name: 'document.pdf', headers: { 'Idempotency-Key': 'of-the-known-fax' } })).id;
  await untilEnded(base, reader, knownJob);
  folder = mkdtempSync(join(tmpdir(), 'sdk-calls-'));
  writeFiles();
}, 240_000);
afterAll(async () => {
  odd.close();
  rmSync(folder, { recursive: true, force: true });
  await cloud.stop();
});

function writeFiles(): void {
  const files: Readonly<Record<string, string | Buffer>> = {
    'document.pdf': document,
    'letter.txt': 'A letter.\n',
    letter: 'A letter.\n',
    'empty.pdf': '',
    'damaged.pdf': document.subarray(0, document.length / 2),
    'picture.png': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'Brief an "Müller" & Söhne.pdf': document,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  for (const size of [4_300_000, 5_000_000, 11_000_000, 300_000_000]) {
    writeFileSync(join(folder, `${size}-bytes.pdf`), document);
    truncateSync(join(folder, `${size}-bytes.pdf`), size);
  }
}

function addressOf(server: string): string {
  if (server.startsWith('raw:')) return server.slice('raw:'.length);
  if (server.startsWith('gateway')) return cloud.gatewayUrl + server.slice('gateway'.length);
  // Nobody listens on the port of discarded datagrams.
  return server.startsWith('odd/') ? `${odd.url}/${server.slice('odd/'.length)}` : 'http://127.0.0.1:9';
}

function callOf({ server, key, jobId, call: name, to, file, idempotencyKey, timeoutSeconds }: Case): SdkCall {
  return { baseUrl: addressOf(server), apiKey: keys[key], call: name, to, file, idempotencyKey, timeoutSeconds, jobId: jobId === 'known' ? knownJob : jobId };
}

/** What a case says of a member: its value, or its kind. */
function expected(value: unknown): unknown {
  if (value === 'a string') return expect.stringMatching(/./);
  return value === 'a number' ? expect.any(Number) : value;
}
const expectedMembers = (members: object): object => Object.fromEntries(Object.entries(members).map(([name, value]) => [name, expected(value)]));

function hold(outcome: Outcome, { call: name, gives, fails, wrongArgument }: Case): void {
  if (wrongArgument !== undefined) {
    expect(outcome).toEqual({ wrongArgument: expect.stringContaining(wrongArgument) });
  } else if (fails !== undefined) {
    const { detail, ...members } = fails;
    expect(outcome).toMatchObject({ error: expectedMembers(members) });
    const { error } = z.object({ error: z.looseObject({ message: z.string(), detail: z.string(), status: z.number().optional(), idempotencyKey: z.string().optional() }) }).parse(outcome);
    if (detail !== 'a string') expect(error.detail).toContain(detail);
    expect(error.status).toBe(members['status']);
    // The message is what a program prints: it has the status and the server's words.
    if (error.status === undefined) expect(error.message).toBe(error.detail);
    else expect(error.message).toMatch(new RegExp(` \\(${error.status}\\): `));
    expect(error.message.endsWith(error.detail)).toBe(true);
    expect(error.idempotencyKey === undefined).toBe(name !== 'sendFax');
  } else expect(outcome).toEqual({ value: gives === true ? true : expect.objectContaining(expectedMembers(gives ?? {})) });
}

const refused = (outcome: Outcome): boolean => 'error' in outcome;

describe.each(languages)('the SDK for %s', (language) => {
  let program: SdkProgram;
  beforeAll(() => {
    program = startProgram(language, folder);
  });
  afterAll(() => program.end());

  const gateway = () => ({ baseUrl: cloud.gatewayUrl, apiKey: keys.sender, to: '+15551234567' });
  const accepting = () => ({ baseUrl: `${odd.url}/accepts`, apiKey: 'a key', to: '+15551234567' });
  const idOf = (outcome: Outcome): string => z.object({ value: z.object({ id: z.string() }) }).parse(outcome).value.id;

  it.each(cases)('$name', async (one) => {
    if (one.fault) await cloud.injectFault({ function: uploadFunction, action: 's3:PutObject', nth: 1, when: 'before', effect: 'kill-function' });
    const ask = () => program.ask(callOf(one));
    hold(one.until === 'refused' ? await until(ask, refused, 90) : await ask(), one);
  }, 120_000);

  it('sends the document as it is on the disk, under its name', async () => {
    const id = idOf(await program.ask({ ...gateway(), call: 'sendFax', file: 'Brief an "Müller" & Söhne.pdf' }));
    const job = await call(cloud.gatewayUrl, 'GET', `/admin/fax-jobs/${id}`, { key: admin });
    expect(job.body).toMatchObject({ file_name: expect.stringMatching(/^Brief an (%22|")Müller(%22|") & Söhne\.pdf$/) });
    const link = await call(cloud.gatewayUrl, 'GET', `/fax/${id}/pdf`, { key: keys.reader ?? '' });
    const stored = await fetch(link.headers.get('location') ?? '');
    expect(Buffer.from(await stored.arrayBuffer()).equals(document)).toBe(true);
  });

  it('makes one fax of a send and its repetition with the same Idempotency-Key, and two of two sends', async () => {
    const send = async (idempotencyKey?: string) => idOf(await program.ask({ ...gateway(), call: 'sendFax', file: 'document.pdf', idempotencyKey }));
    const [first, again, second, third] = [await send(`order-${language}`), await send(`order-${language}`), await send(), await send()];
    expect(again).toBe(first);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('can repeat a send that broke down by the key that the error carries', async () => {
    const { error } = z.object({ error: z.object({ idempotencyKey: z.uuid() }) }).parse(await program.ask({ ...gateway(), baseUrl: addressOf('odd/hang-up'), call: 'sendFax', file: 'document.pdf' }));
    const send = async () => idOf(await program.ask({ ...gateway(), call: 'sendFax', file: 'document.pdf', idempotencyKey: error.idempotencyKey }));
    expect(await send()).toBe(await send());
  });

  it('sends one request for a call, and never a second one by itself', async () => {
    const before = odd.received.length;
    await program.ask({ ...gateway(), baseUrl: addressOf('odd/hang-up'), call: 'sendFax', file: 'document.pdf' });
    await program.ask({ ...gateway(), baseUrl: addressOf('odd/unavailable'), call: 'sendFax', file: 'document.pdf' });
    expect(odd.received.slice(before).map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /hang-up/fax', 'POST /unavailable/fax']);
  });

  it('names the type of a file by its ending, and tells its length before', async () => {
    const types: Record<string, string> = {};
    for (const file of ['document.pdf', 'letter.txt', 'picture.png', 'letter']) {
      await program.ask({ ...accepting(), call: 'sendFax', file });
      const { headers, length, body } = odd.received.at(-1) ?? { headers: {}, length: 0, body: '' };
      expect(headers).toMatchObject({ 'content-length': String(length), 'x-api-key': 'a key', connection: 'close', accept: 'application/json' });
      types[file] = /filename="[^"]*"\r\nContent-Type: (\S+)/.exec(body.toString('latin1'))?.[1] ?? '';
    }
    expect(types).toEqual({ 'document.pdf': 'application/pdf', 'letter.txt': 'text/plain', 'picture.png': 'image/png', letter: 'application/octet-stream' });
  });

  it('keeps the key to itself where none is needed', async () => {
    await program.ask({ ...accepting(), call: 'checkHealth' });
    expect(odd.received.at(-1)).toMatchObject({ url: '/accepts/health' });
    expect(odd.received.at(-1)?.headers).not.toHaveProperty('x-api-key');
  });

  it('never holds a whole file: 300 MB go out of a process that has less', async () => {
    idOf(await program.ask({ ...accepting(), call: 'sendFax', file: '300000000-bytes.pdf' }));
    expect(odd.received.at(-1)?.length).toBeGreaterThan(300_000_000);
    const [, kilobytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8')) ?? [];
    expect(Number(kilobytes)).toBeLessThan(200_000);
  }, 120_000);
});

it('both languages are tried where nothing may be left out', () => {
  if (!hasPython) console.warn('There is no python3 here (3.9 or later): the Python SDK is left out.');
  expect(hasPython || mayLeaveOut).toBe(true);
});
