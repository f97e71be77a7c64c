/**
 * `npm test`: installs packages where they are missing, then runs every test: decisions, template, local cloud, and the
 * running stack over HTTP. What stands behind `npm test --` goes to jest, such as a folder: `npm test -- test/keys`.
 * Plain JavaScript that an old Node still parses, so that it can say that it is too old.
 */
import { spawn } from 'child_process';
import { join } from 'path';
import { prepare, root } from '../bin/install-packages.mjs';

prepare();
console.log('Running the tests (jest) ...');
// Ctrl-C in a terminal reaches everything that runs in it. Without one, jest, its workers and the local clouds that tests
// start become a group, so that a signal to this process reaches them all.
const isGroup = !process.stdin.isTTY && process.platform !== 'win32';
const jest = spawn(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--maxWorkers=2', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FORCE_COLOR: process.env['FORCE_COLOR'] || '0' },
  detached: isGroup,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal));
jest.on('exit', (code) => {
  // What a test left behind.
  if (isGroup) end('SIGTERM');
  process.exit(code === null ? 1 : code);
});

function end(signal) {
  try {
    process.kill(isGroup ? -jest.pid : jest.pid, signal);
  } catch (error) {
    // It has ended.
  }
}
