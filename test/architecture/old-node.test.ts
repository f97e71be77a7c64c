/** A Node that is too old is told so by a sentence: by the scripts themselves, which it must therefore be able to read. */
import { Linter } from 'eslint';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Runs a script with a Node that takes itself for another version. */
function runAs(version: string, script: string): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'old-node-'));
  try {
    const pretend = join(folder, 'pretend.cjs');
    writeFileSync(pretend, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', pretend, script, '--help'], { cwd: root, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(['local/start.mjs', 'test/run.mjs'])('%s', (script) => {
  it.each(['12.22.12', '18.20.8', '20.5.1'])('says in one sentence that Node %s is too old', (version) => {
    expect(runAs(version, script)).toEqual({ code: 1, output: `Faxbot needs Node 20.6 or newer; this is Node ${version}.\n` });
  });
});

/** What is read before the version is looked at: the two scripts and all that they import. */
it.each(['local/start.mjs', 'test/run.mjs', 'bin/install-packages.mjs', 'local/launch/bundle.mjs'])('Node 12 can read %s', (script) => {
  const found = new Linter().verify(readFileSync(join(root, script), 'utf8'), {
    // Node 12.22 has ECMAScript 2020 but for these two, and only built-in modules without a prefix.
    languageOptions: { ecmaVersion: 2020, sourceType: 'module' },
    rules: {
      'no-restricted-syntax': ['error', 'ChainExpression', 'LogicalExpression[operator="??"]', 'ImportDeclaration[source.value=/^node:/]'],
    },
  });
  expect(found.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
});
