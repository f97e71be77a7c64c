/** One local cloud for one state folder, also where several processes of one machine take it at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
