/** The real app, synthesized once for all suites that run it, with settings that make time short. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../local/synthesize.js';

const root = join(__dirname, '..', '..');
const folder = join(root, '.local', 'test');

/** A fax ends with the first question, and a claim after three seconds. */
const context = { sandboxSecondsPerPage: '0', claimSeconds: '3', removalPolicy: 'destroy' };

/** A lock that is older was left by a run that was killed. */
const patience = 180_000;

/** The folder of the cloud assembly. Suites in other workers wait for the first one; unchanged sources are not synthesized again. */
export async function testAssembly(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'lock');
  await takeLock(lock);
  try {
    const { directory } = await synthesize(root, join(folder, 'cloud-assembly'), context);
    return directory;
  } finally {
    rmSync(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      if (existsSync(lock) && isStale(lock)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function isStale(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    return Date.now() - statSync(lock).mtimeMs > patience || !isAlive(holder);
  } catch {
    return false;
  }
}

function isAlive(processId: number): boolean {
  if (processId === 0) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
