/** One local cloud for one state folder. The lock names a process, so a kill -9 leaves nothing that blocks the next start. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isDiskFull } from '../cloud/full-disk.js';
import { Sentence } from './sentence.js';

const lockContent = z.object({ processId: z.number(), born: z.string().optional() });

/**
 * Takes the folder, which is made where it is missing.
 * @returns how to let it go
 * @throws Sentence where a running local cloud has it, or where there can't be a folder
 */
export function lockState(stateDirectory: string): () => void {
  makeFolder(stateDirectory);
  const file = join(stateDirectory, 'lock');
  const mine = JSON.stringify({ processId: process.pid, born: birthOf(process.pid) });
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder !== undefined)
      throw new Sentence(
        `${stateDirectory} is in use by another local cloud (process ${holder}). Stop it, or take another folder: npm start -- --state <folder>`,
      );
    rmSync(file, { force: true });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    if (isDiskFull(cause)) throw cause;
    throw new Sentence(`${path} can't be made a folder (${String(codeOf(cause))}). Choose another: npm start -- --state <folder>`, { cause });
  }
}

/** The process that holds the lock, if it is still the one that took it. */
function holderOf(file: string): number | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  const lock = lockContent.safeParse(content).data;
  if (lock === undefined) return undefined;
  try {
    process.kill(lock.processId, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return undefined;
  }
  if (isZombie(lock.processId)) return undefined;
  // A number is given again after a while; the time of birth is not.
  return lock.born === undefined || lock.born === birthOf(lock.processId) ? lock.processId : undefined;
}

/** Not asked by `instanceof`: in a realm of its own, as tests run, Node's errors are not that realm's `Error`. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Start time in clock ticks, where /proc exists. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function birthOf(processId: number): string | undefined {
  return statusOf(processId)[19];
}

/** True for the remains of a process that nobody has taken away: a container without an init keeps them. */
function isZombie(processId: number): boolean {
  return statusOf(processId)[0] === 'Z';
}

/** What /proc says of a process behind its name, the state first; nothing where there is no /proc. */
function statusOf(processId: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
