/**
 * The real app, synthesized once for all end-to-end suites. Suites in other workers wait for the first one; a run with
 * unchanged inputs takes what the last one left. A set of inputs has a folder of its own, so that a change of the sources
 * never takes the assembly away from under a running cloud.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Sentence } from '../../local/launch/sentence.js';
import { lockState } from '../../local/launch/state-lock.js';
import { synthesize } from '../../local/synthesize.js';

const root = join(__dirname, '..', '..');
const folder = join(root, '.local', 'test-assembly');

/** What the tests set: faxes end at once, claims expire soon, nothing stays behind, and no native keys are made. */
const context = {
  sandboxSecondsPerPage: '0',
  claimSeconds: '3',
  removalPolicy: 'destroy',
  // A suite that looks at native keys asks for them.
  nativeKeyPool: '0',
} as const;

const waitLimitMilliseconds = 180_000;
const keptFor = 24 * 60 * 60 * 1000;

/**
 * The folder of the app's cloud assembly; to be read only (`withTemplate` makes copies).
 * @throws Error where the app can't be synthesized
 */
export async function testAssembly(): Promise<string> {
  const unlock = await lock(join(folder, 'lock'));
  try {
    const { directory } = await synthesize(root, join(folder, 'latest'), context);
    const name = createHash('sha256').update(readFileSync(join(directory, '.inputs'))).digest('hex').slice(0, 16);
    const own = join(folder, name);
    if (!existsSync(own)) {
      removeOldOnes();
      const unfinished = `${own}.new`;
      rmSync(unfinished, { recursive: true, force: true });
      cpSync(directory, unfinished, { recursive: true });
      renameSync(unfinished, own);
    }
    return own;
  } finally {
    unlock();
  }
}

async function lock(place: string): Promise<() => void> {
  const deadline = Date.now() + waitLimitMilliseconds;
  for (;;) {
    try {
      mkdirSync(place, { recursive: true });
      return lockState(place);
    } catch (error) {
      if (!(error instanceof Sentence) || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Another run may still use yesterday's; nobody uses older ones. */
function removeOldOnes(): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (/^[0-9a-f]{16}/.test(name) && Date.now() - statSync(path).ctimeMs > keptFor) rmSync(path, { recursive: true, force: true });
  }
}
