/**
 * `npm test`: installs packages where they are missing, then runs every test: decisions, template, local cloud, and the
 * running stack over HTTP. What stands behind `npm test --` goes to jest, such as a folder: `npm test -- test/keys`.
 */
import { spawn } from 'child_process';
import { join } from 'path';
import { prepare, root } from '../bin/install-packages.mjs';

prepare();
console.log('Running the tests (jest) ...');
const jest = spawn(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--maxWorkers=2', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FORCE_COLOR: process.env['FORCE_COLOR'] ?? '0' },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.on('exit', (code) => process.exit(code ?? 1));
