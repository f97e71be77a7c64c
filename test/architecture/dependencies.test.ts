/** Imports go one way: the rules of .dependency-cruiser.cjs hold, and each of them finds what it forbids. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const root = join(__dirname, '..', '..');
const rooms = ['bin', 'lib', 'lambdas', 'local', 'admin-ui', 'sdks', 'test', 'bench'];

const cruise = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    totalCruised: z.number(),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
  }),
});

/** What the rules say about a tree: each violation as `rule: from → to`. */
function inspect(tree: string): { readonly violations: readonly string[]; readonly modules: number; readonly rules: readonly string[] } {
  const answer = execFileSync(
    process.execPath,
    [
      join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      ...rooms.filter((room) => existsSync(join(tree, room))),
    ],
    { cwd: tree, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  const { violations, totalCruised, ruleSetUsed } = cruise.parse(JSON.parse(answer)).summary;
  return {
    violations: violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`),
    modules: totalCruised,
    rules: ruleSetUsed.forbidden.map(({ name }) => name),
  };
}

/** Writes files into a tree of their own, under this repository's rules, and inspects it. */
function inspectFiles(files: Readonly<Record<string, string>>): ReturnType<typeof inspect> {
  const tree = mkdtempSync(join(tmpdir(), 'dependencies-'));
  try {
    cpSync(join(root, '.dependency-cruiser.cjs'), join(tree, '.dependency-cruiser.cjs'));
    for (const [path, text] of Object.entries({ ...packages, ...files })) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    return inspect(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const packages = {
  'tsconfig.json': '{}',
  'package.json': JSON.stringify({
    dependencies: { zod: '1.0.0', '@aws-sdk/client-s3': '1.0.0' },
    devDependencies: { 'test-tool': '1.0.0' },
  }),
  ...Object.fromEntries(
    ['zod', '@aws-sdk/client-s3', 'test-tool', 'stowaway'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'exports.it = 1;'],
    ]),
  ),
};

const imports = (...modules: readonly string[]): string => modules.map((module) => `import '${module}';\n`).join('');

/** A small house in which everything stands where it should. */
const sound = {
  'bin/faxbot.ts': imports('../lib/stack.js'),
  'lib/stack.ts': imports('../lambdas/contract/operations.js'),
  'lambdas/contract/operations.ts': imports('zod', './scopes.js'),
  'lambdas/contract/scopes.ts': 'export const scopes = 1;',
  'lambdas/platform/signed-request.ts': 'export const call = 1;',
  'lambdas/platform/dynamodb.ts': imports('@aws-sdk/client-s3'),
  'lambdas/keys/key.ts': imports('../contract/scopes.js'),
  'lambdas/keys/authorizer-store.ts': imports('../platform/signed-request.js', './key.js'),
  'lambdas/keys/authorizer.handler.ts': imports('./authorizer-store.js'),
  'lambdas/keys/key-store.ts': imports('../platform/dynamodb.js', './key.js'),
  'lambdas/keys/list-keys.ts': imports('./key.js', 'node:fs/promises'),
  'lambdas/keys/key-admin.handler.ts': `${imports('./list-keys.js', './key-store.js')}import type { it } from 'test-tool';\n`,
  'lambdas/providers/provider.ts': 'export const provider = 1;',
  'lambdas/providers/choose-provider.ts': imports('./sandbox.js', './telephone.js'),
  'lambdas/providers/sandbox.ts': imports('./provider.js'),
  'lambdas/providers/telephone.ts': imports('./provider.js', './telephone-errors.js'),
  'lambdas/providers/telephone-errors.ts': 'export const errors = 1;',
  'local/start.ts': imports('./cloud.js'),
  'local/cloud.ts': imports('node:stream/promises'),
  'sdks/node/index.cjs': "require('./client.cjs');",
  'sdks/node/client.cjs': "require('node:http');",
  'test/keys.test.ts': imports('../lambdas/keys/key.js', 'test-tool'),
};

/** For each rule: a file that breaks it, and what the rule then says. */
const broken: Readonly<Record<string, readonly [path: string, text: string, found: string]>> = {
  'contract-stands-alone': ['lambdas/contract/errors.ts', imports('../keys/key.js'), 'lambdas/keys/key.ts'],
  'outside-reads-the-contract-alone': ['lib/keys.ts', imports('../lambdas/keys/key.js'), 'lambdas/keys/key.ts'],
  'functions-know-no-house-around-them': ['lambdas/keys/sweep.ts', imports('../../lib/stack.js'), 'lib/stack.ts'],
  'local-cloud-knows-no-application': ['local/shortcut.ts', "import type { key } from '../lambdas/keys/key.js';", 'lambdas/keys/key.ts'],
  'sdk-stands-alone': ['sdks/node/shortcut.cjs', "require('zod');", 'node_modules/zod/index.js'],
  'nothing-imports-tests': ['bin/demonstration.ts', imports('../test/keys.test.js'), 'test/keys.test.ts'],
  'adapter-imports-no-adapter': ['lambdas/providers/telegraph.ts', imports('./telephone.js'), 'lambdas/providers/telephone.ts'],
  'handler-is-the-end': ['lambdas/keys/expire.ts', imports('./key-admin.handler.js'), 'lambdas/keys/key-admin.handler.ts'],
  'only-stores-talk-to-aws': ['lambdas/keys/rotate.ts', imports('@aws-sdk/client-s3'), 'node_modules/@aws-sdk/client-s3/index.js'],
  'authorizer-starts-light': ['lambdas/keys/authorizer.handler.ts', imports('./key-store.js'), 'node_modules/@aws-sdk/client-s3/index.js'],
  'one-way': ['lambdas/keys/key.ts', imports('./list-keys.js'), 'lambdas/keys/list-keys.ts'],
  'everything-is-used': ['lambdas/keys/forgotten.ts', 'export const forgotten = 1;', 'lambdas/keys/forgotten.ts'],
  resolvable: ['lambdas/keys/rename.ts', imports('./nowhere.js'), './nowhere.js'],
  'declared-in-package-json': ['lambdas/keys/import.ts', imports('stowaway'), 'node_modules/stowaway/index.js'],
  'no-tools-at-work': ['local/recorder.ts', imports('test-tool'), 'node_modules/test-tool/index.js'],
};

describe('imports', () => {
  it('go one way in this repository', () => {
    const { violations, modules } = inspect(root);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(100);
  });

  it('pass where everything stands where it should', () => {
    expect(inspectFiles(sound).violations).toEqual([]);
  });

  describe('are found out by the rule that forbids them', () => {
    const brokenFiles = Object.fromEntries(Object.values(broken).map(([path, text]) => [path, text]));
    const { violations, rules } = inspectFiles({ ...sound, ...brokenFiles });

    it.each(Object.entries(broken))('%s', (rule, [path, , found]) => {
      expect(violations).toContain(`${rule}: ${path} → ${found}`);
    });

    it('and no rule is without such a proof', () => {
      expect(Object.keys(broken).sort()).toEqual([...rules].sort());
    });
  });
});
