/** One local cloud for one state folder, also where several processes of one machine take it at once. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sentence } from '../../local/launch/sentence.js';
import { lockState } from '../../local/launch/state-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a folder that is taken is refused in a sentence that names the process, until it is let go', () => {
  const unlock = lockState(folder);
  expect(() => lockState(folder)).toThrow(Sentence);
  expect(() => lockState(folder)).toThrow(`${folder} is in use by another local cloud (process ${process.pid}). Stop it, or take another folder: npm start -- --state <folder>`);
  unlock();
  lockState(folder)();
});

it.each([
  ['a process that is gone', JSON.stringify({ processId: 2 ** 30 })],
  ['an older process of the same number', JSON.stringify({ processId: process.pid, born: '1' })],
  ['nobody: a crash cut it off', '{"proc'],
])('a lock of %s is no lock', (_, content) => {
  writeFileSync(join(folder, 'lock'), content);
  lockState(folder)();
});

it('a lock of a process that was killed is no lock, also where nobody takes its remains away, as in a container without an init', async () => {
  // The shell becomes a process that never asks about the child that it had.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const dead = await new Promise<number>((resolve) => parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))));
    const stat = () => readFileSync(`/proc/${dead}/stat`, 'latin1').split(' ');
    while (stat()[2] !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(join(folder, 'lock'), JSON.stringify({ processId: dead, born: stat()[21] }));
    lockState(folder)();
  } finally {
    parent.kill('SIGKILL');
  }
});
