/** Builds the Admin Console with Vite, in a process of its own, and keeps what came out until one of its sources changes. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** The console reads the contract, and a number by the gateway's own rules. */
const sources = ['admin-ui', 'lambdas/contract', 'lambdas/faxes/number.ts', 'package-lock.json'];
const notSources: ReadonlySet<string> = new Set(['dist', 'node_modules']);

const kept = join(root, 'node_modules', '.cache', 'faxbot-console');

/** Names the state of the console's sources: the same for the same text on every machine. */
export function consoleFingerprint(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

/** Puts the built console into `directory`. @throws Error with what Vite says */
export function buildConsole(directory: string): void {
  const built = join(kept, consoleFingerprint());
  if (!existsSync(built)) {
    const unfinished = `${built}.${process.pid}`;
    runVite(unfinished);
    // It names the sources: nothing for a browser.
    rmSync(join(unfinished, '.vite'), { recursive: true, force: true });
    replace(unfinished, built);
  }
  cpSync(built, directory, { recursive: true });
}

function runVite(directory: string): void {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // Vite is silent here unless it fails; then its words are in the error.
  execFileSync(process.execPath, [vite, 'build', '--config', 'admin-ui/vite.config.ts', '--logLevel', 'error', '--outDir', directory, '--emptyOutDir'], { cwd: root, stdio: 'pipe' });
}

/** In one step, so that whoever builds at the same time finds all of it or nothing. */
function replace(unfinished: string, built: string): void {
  mkdirSync(kept, { recursive: true });
  try {
    renameSync(unfinished, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** All files of a source, in one order everywhere. */
function filesOf(name: string): string[] {
  const path = join(root, name);
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path)
    .sort()
    .flatMap((entry) => (notSources.has(entry) ? [] : filesOf(`${name}/${entry}`)));
}
