/** Synthesizes the CDK app that cdk.json names, offline, and keeps the result until one of its inputs changes. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as z from 'zod';
import { diskFullSentence, isDiskFullText } from './cloud/full-disk.js';
import { Sentence } from './launch/sentence.js';

/** Everything that the template and its assets are made of. */
const inputs = ['bin', 'lib', 'lambdas', 'admin-ui', 'package-lock.json', 'cdk.json', 'tsconfig.json', 'openapi.json'];
/** `dist`: the console as somebody built it by hand; the app builds its own. */
const notInputs: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist']);

const cdkConfiguration = z.object({ app: z.string(), context: z.record(z.string(), z.unknown()).default({}) });

export interface Synthesis {
  readonly directory: string;
  /** False where the last synthesis still holds. */
  readonly fresh: boolean;
}

/**
 * @param root of the repository
 * @param directory where the cloud assembly goes
 * @throws Sentence with what the app says
 */
export async function synthesize(
  root: string,
  directory: string,
  context: Readonly<Record<string, string>>,
): Promise<Synthesis> {
  const fingerprint = inputFingerprint(root, context);
  const stamp = join(directory, '.inputs');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return { directory, fresh: false };
  const configuration = cdkConfiguration.parse(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')));
  const unfinished = `${directory}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  // `npx` only looks up what is in node_modules/.bin; with that on the path it is not needed.
  await runApp(configuration.app.replace(/^npx /, ''), root, {
    ...withoutAccount(process.env),
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    CDK_OUTDIR: unfinished,
    // The CDK's command line hands cdk.json's context over in this variable; so do we.
    CDK_CONTEXT_JSON: JSON.stringify({ ...configuration.context, ...context }),
    CDK_DISABLE_STACK_TRACE: '1',
  });
  rmSync(directory, { recursive: true, force: true });
  renameSync(unfinished, directory);
  writeFileSync(stamp, fingerprint);
  return { directory, fresh: true };
}

/** The stack must not be tied to the account that this shell happens to be signed in to. */
function withoutAccount(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { CDK_DEFAULT_ACCOUNT: _account, CDK_DEFAULT_REGION: _region, ...rest } = environment;
  return rest;
}

function runApp(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const app = spawn(command, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [app.stdout, app.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        said += text;
      });
    }
    app.on('error', reject);
    app.on('close', (code) => {
      if (code === 0) resolve();
      else if (isDiskFullText(said)) reject(new Sentence(diskFullSentence));
      else reject(new Sentence(`The stack could not be synthesized. The app says:\n${ownWords(said)}`));
    });
  });
}

/** What an app said, without the source excerpt before an uncaught error and the stack trace behind it. */
export function ownWords(said: string): string {
  const lines = said.split('\n');
  const trace = lines.findIndex((line) => /^\s+at .+/.test(line));
  const error = lines.findIndex((line) => /^(\w*Error|\w+Exception)\b.*: /.test(line));
  const words = error >= 0 && trace > error ? lines.slice(error, trace) : lines.filter((line) => !/^\s+at .+/.test(line));
  return words.join('\n').trim();
}

function inputFingerprint(root: string, context: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify([process.versions.node.split('.')[0], Object.entries(context).sort()]));
  for (const input of inputs) addToHash(hash, root, input);
  return hash.digest('hex');
}

function addToHash(hash: ReturnType<typeof createHash>, root: string, name: string): void {
  const path = join(root, name);
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) if (!notInputs.has(entry)) addToHash(hash, root, `${name}/${entry}`);
  } else hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
}
