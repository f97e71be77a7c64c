/** `npm start` from outside: it comes up, it goes away without a trace, and it says in a sentence why it can't. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { launchAndExit, startLocalCloud, withTemplate, type RunningLocalCloud } from '../e2e/local-cloud.js';
import { sentenceFor } from '../../local/launch/sentence.js';
import { asAwsError } from '../../local/endpoint/render-error.js';
import { ownWords, synthesize } from '../../local/synthesize.js';
import { writeAssembly } from './core-assembly.js';

jest.setTimeout(30_000);

const hang = 'exports.handler = async () => { for (;;); };';
const assembly = writeAssembly({
  resources: { Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true } } } },
  functions: { Pid: { source: 'exports.handler = async () => process.pid;' }, Hang: { source: hang, properties: { Timeout: 60 } } },
  outputs: { BootstrapKeySecretArn: { Value: { Ref: 'Secret' } } },
});
const state = mkdtempSync(join(tmpdir(), 'launch-state-'));
afterAll(() => {
  for (const folder of [assembly, state]) rmSync(folder, { recursive: true, force: true });
});

const isAlive = (processId: number): boolean => {
  try {
    process.kill(processId, 0);
    // A zombie of a container without an init is gone all the same.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${processId}/stat`, 'latin1'));
  } catch {
    return false;
  }
};
const isGone = async (processId: number): Promise<true> => {
  while (isAlive(processId)) await new Promise((go) => setTimeout(go, 20));
  return true;
};

/** Two functions' processes: one idle, one in an endless loop. */
async function processesOf(cloud: RunningLocalCloud): Promise<number[]> {
  const answer = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: 'Pid' }));
  const idle = Number(Buffer.from(answer.Payload ?? []).toString());
  cloud.clients.lambda.send(new InvokeCommand({ FunctionName: 'Hang' })).catch(() => undefined);
  const children = (): number[] =>
    readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((processId) => parentOf(processId) === cloud.pid);
  while (children().length < 2) await new Promise((go) => setTimeout(go, 20));
  expect(children()).toContain(idle);
  return children();
}

function parentOf(processId: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

test('Ctrl-C leaves no process and no port, and exits with 0', async () => {
  const cloud = await startLocalCloud({ assembly, state });
  const processes = await processesOf(cloud);
  expect(await cloud.stop()).toBe(0);
  for (const processId of [cloud.pid, ...processes]) expect(isAlive(processId)).toBe(false);
  await expect(fetch(cloud.endpointUrl)).rejects.toThrow();
  expect(existsSync(join(state, 'running.json'))).toBe(false);
});

test('kill -9 of the cloud ends its functions, even one that hangs, and the next start finds its data', async () => {
  const cloud = await startLocalCloud({ assembly, state });
  const processes = await processesOf(cloud);
  const { adminKey } = cloud;
  await cloud.kill();
  for (const processId of processes) expect(await isGone(processId)).toBe(true);
  const next = await startLocalCloud({ assembly, state });
  expect(next.adminKey).toBe(adminKey);
  expect(next.logs()).not.toContain(adminKey);
  await next.stop();
});

test('the administrator key is printed once, kept for its owner alone, and may be given', async () => {
  const cloud = await startLocalCloud({ assembly, apiKey: 'given-key' });
  expect(cloud.adminKey).toBe('given-key');
  expect(cloud.logs()).toContain('Admin key  given-key');
  expect(statSync(join(cloud.state, 'bootstrap-admin-key')).mode & 0o777).toBe(0o600);
  const secret = await cloud.clients.secrets.send(new GetSecretValueCommand({ SecretId: cloud.outputs['BootstrapKeySecretArn'] }));
  expect(secret.SecretString).toBe('given-key');
  await cloud.stop();
});

test('a folder that is in use is refused; a lock of a dead process is not', async () => {
  const cloud = await startLocalCloud({ assembly, state });
  const second = await launchAndExit({ assembly, state });
  expect(second).toEqual({ code: 1, output: expect.stringMatching(/^\S+ is in use by another local cloud \(process \d+\)\. Stop it, or take another folder: npm start -- --state <folder>\n$/) });
  await cloud.stop();
  writeFileSync(join(state, 'lock'), JSON.stringify({ processId: process.pid, born: 'another time' }));
  await (await startLocalCloud({ assembly, state })).stop();
});

test('a folder that can’t be one is answered by a sentence', async () => {
  const file = join(state, 'a-file');
  writeFileSync(file, '');
  for (const wrong of [file, join(file, 'below')]) {
    const { code, output } = await launchAndExit({ assembly, state: wrong });
    expect([code, output]).toEqual([1, expect.stringMatching(/^\S+ can't be made a folder \(E[A-Z]+\)\. Choose another: npm start -- --state <folder>\n$/)]);
  }
});

test('whoever ends npm itself leaves no cloud behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'launch-npm-'));
  const running = join(folder, 'running.json');
  const npm = spawn('npm', ['start', '--', '--assembly', assembly, '--state', folder, '--endpoint-port', '0'], { stdio: 'ignore', env: { ...process.env, PORT: '0', CONSOLE_PORT: '0' } });
  while (!existsSync(running)) await new Promise((go) => setTimeout(go, 20));
  const { pid } = z.object({ pid: z.number() }).parse(JSON.parse(readFileSync(running, 'utf8')));
  npm.kill('SIGTERM');
  expect(await isGone(pid)).toBe(true);
  rmSync(folder, { recursive: true, force: true });
});

test('--reset begins anew', async () => {
  writeFileSync(join(state, 'leftover'), '');
  const { code } = await launchAndExit({ state, assembly: '/nowhere' }, ['--reset']);
  expect(code).toBe(1);
  expect(readdirSync(state)).toEqual([]);
});

test('a port that is taken', async () => {
  const taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, output } = await launchAndExit({ assembly }, ['--endpoint-port', String(port)]);
  taken.close();
  expect([code, output]).toEqual([1, expect.stringContaining(`Port ${port} is taken, where the AWS endpoint should be.`)]);
});

test.each([
  [['--nonsense'], /^Unknown option '--nonsense'\.\n\nnpm start -- \[flags\]/],
  [['--endpoint-port', 'x'], /^--endpoint-port must be a port number/],
  [['--context', 'x'], /^--context needs key=value, not "x"\.\n$/],
])('%j is answered by a sentence', async (flags, sentence) => {
  expect(await launchAndExit({ assembly }, flags)).toEqual({ code: 1, output: expect.stringMatching(sentence) });
});

test('a template that can’t run here is refused by its reasons', async () => {
  const changed = withTemplate(assembly, (template) => {
    template.Resources['Strange'] = { Type: 'AWS::Strange::Thing' };
  });
  expect(await launchAndExit({ assembly: changed })).toEqual({
    code: 1,
    output: expect.stringContaining("The template can't run here: Strange (AWS::Strange::Thing): the local cloud has no such resource type."),
  });
  rmSync(changed, { recursive: true, force: true });
});

test('of an app that fails, its own words are shown', () => {
  const uncaught = '/repo/bin/app.ts:3\nthrow new Error("x")\n      ^\n\nError: stage must be dev or production\n    at main (/repo/bin/app.ts:3:7)\n\nNode.js v20\n';
  expect(ownWords(uncaught)).toBe('Error: stage must be dev or production');
  expect(ownWords('Set the stage: --context stage=dev\n')).toBe('Set the stage: --context stage=dev');
});

test('a full disk is said so, whether Node or LevelDB found out', () => {
  const ports = { gateway: 8080, console: 8090, endpoint: 4566 };
  const found = [
    Object.assign(new Error('write'), { code: 'ENOSPC' }),
    new Error('Logs: Database failed to open', { cause: new Error('IO error: 000003.log: No space left on device') }),
  ];
  for (const error of found) expect(sentenceFor(error, ports)).toMatch(/^The disk is full\./);
  expect(sentenceFor(new Error('a defect'), ports)).toBeUndefined();
});

test('a disk that is full while the stack is synthesized is said so, not as what the app says', async () => {
  const app = mkdtempSync(join(tmpdir(), 'launch-app-'));
  const says = "console.error('Error: ENOSPC: no space left on device, copyfile'); process.exit(1)";
  writeFileSync(join(app, 'cdk.json'), JSON.stringify({ app: `node -e "${says}"` }));
  try {
    await expect(synthesize(app, join(app, 'out'), {})).rejects.toThrow(/^The disk is full\. Free some space/);
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
});

test('a disk that gets full under a running cloud is said in one sentence, not once a call', () => {
  const said: string[] = [];
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    for (let call = 0; call < 3; call += 1) {
      const error = asAwsError(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), 'PUT s3');
      expect([error.code, error.status]).toEqual(['InternalError', 500]);
    }
  } finally {
    stderr.mockRestore();
  }
  expect(said).toEqual(['The disk is full: what needs space is refused until there is some. What was answered before is kept.\n']);
});
