/** The packages: what they hold, what they promise, and that both promise what the contract says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as z from 'zod';
import type FaxbotClient from '../../sdks/node/index.cjs';
import { faxSchema, faxStateSchema, faxStatusSchema } from '../../lambdas/contract/schemas.js';
import { hasPython, pythonEnvironment, root } from './languages.js';
import { installPacked } from './packed.js';

const { folder, files } = installPacked();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const packageJson = z.object({ version: z.string(), license: z.string(), dependencies: z.undefined().optional() }).parse(JSON.parse(textOf('sdks/node/package.json')));

describe('the package for Node', () => {
  it('holds the program, its types, the licence and a page, and nothing else', () => {
    const program = ['exchange.cjs', 'fax-form.cjs', 'faxbot-client.cjs', 'faxbot-error.cjs', 'index.cjs', 'index.mjs', 'read-answer.cjs'];
    expect(files).toEqual(['LICENSE', 'README.md', 'index.d.cts', 'index.d.mts', 'package.json', ...program].sort());
  });

  const run = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' });
  };

  it('is the class itself for require, and carries its name', () => {
    expect(run('a.cjs', "const F = require('faxbot'); const { FaxbotClient, FaxbotError } = F; console.log(typeof new F().sendFax, F === FaxbotClient, F.name, FaxbotError.name);")).toBe(
      'function true FaxbotClient FaxbotError\n',
    );
  });

  it('gives the same class to import, by its name and as the default', () => {
    const text = [
      "import { createRequire } from 'node:module';",
      "import Default, { FaxbotClient, FaxbotError } from 'faxbot';",
      "const required = createRequire(import.meta.url)('faxbot');",
      'console.log(Default === FaxbotClient, FaxbotClient === required, FaxbotError === required.FaxbotError);',
    ];
    expect(run('a.mjs', text.join('\n'))).toBe('true true true\n');
  });

  it('shows no key where a client is logged', () => {
    const text = "const F = require('faxbot'); const c = new F('https://fax.example/api/', 'a secret'); console.log(c, JSON.stringify(c), Object.keys(c));";
    expect(run('b.cjs', text)).toBe("FaxbotClient { baseUrl: 'https://fax.example/api' } {\"baseUrl\":\"https://fax.example/api\"} [ 'baseUrl' ]\n");
  });
});

describe('the types for Node', () => {
  const uses = `
    async function main(): Promise<void> {
      const client = new FaxbotClient('http://localhost:8080', process.env.API_KEY, { timeoutSeconds: 5 });
      const job: FaxJob = await client.sendFax('+15551234567', './document.pdf', { idempotencyKey: 'order-4711' });
      const word: 'queued' | 'in_progress' | 'SUCCESS' | 'FAILED' | 'disabled' = (await client.getStatus(job.id)).status;
      const healthy: true = await client.checkHealth();
      // @ts-expect-error there is no such call
      await client.cancelFax(job.id);
      // @ts-expect-error a number is written as a string
      await client.sendFax(15551234567, './document.pdf');
      void word; void healthy;
    }
    main().catch((error: unknown) => {
      if (error instanceof FaxbotError) { const seconds: number | undefined = error.retryAfter; const code: string = error.code; void seconds; void code; }
    });
    declare const process: { env: { API_KEY?: string } };
  `;
  const named = `import { FaxbotClient, FaxbotError, type FaxJob } from 'faxbot';\n${uses}`;
  const byDefault = `import FaxbotClient, { FaxbotError, type FaxJob } from 'faxbot';\n${uses}`;
  const required = `import FaxbotClient = require('faxbot');\nimport FaxbotError = FaxbotClient.FaxbotError;\ntype FaxJob = FaxbotClient.FaxJob;\n${uses}`;
  const node16 = { module: ts.ModuleKind.Node16 };
  const bundler = { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler };

  it.each<[string, string, string, ts.CompilerOptions]>([
    ['named, in a module of Node', 'named.mts', named, node16],
    ['by default, in a module of Node', 'default.mts', byDefault, node16],
    ['required, in CommonJS', 'required.cts', required, node16],
    ['named, in CommonJS', 'named.cts', named, node16],
    ['by default, in CommonJS', 'default.cts', `import FaxbotClient, { FaxbotError } from 'faxbot';\ntype FaxJob = FaxbotClient.FaxJob;\n${uses}`, { ...node16, esModuleInterop: true }],
    ['named, for a bundler', 'bundler.ts', named, bundler],
    ['by default, for a bundler', 'bundler-default.ts', byDefault, bundler],
  ])('are found and right: %s', (_, name, text, options) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const program = ts.createProgram([file], { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [], ...options });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  }, 60_000);

  it('of a fax are those of the contract', () => {
    type Whole<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };
    type Contract = Whole<z.output<typeof faxSchema>>;
    type Promised = Whole<FaxbotClient.FaxJob>;
    const both = [(fax: Contract): Promised => fax, (fax: Promised): Contract => fax];
    expect(both).toHaveLength(2);
  });
});

const describePython = (name: string, tests: () => void): void => {
  if (hasPython) describe(name, tests);
};

describePython('the package for Python', () => {
  const python = (...words: readonly string[]): string => execFileSync('python3', ['-W', 'error', ...words], { cwd: root, encoding: 'utf8', env: pythonEnvironment });

  it('promises of a fax what the contract says', () => {
    const program = `
import json, typing
from faxbot import FaxJob
hints = typing.get_type_hints(FaxJob)
print(json.dumps({"members": sorted(hints), "optional": sorted(FaxJob.__optional_keys__), "status": typing.get_args(hints["status"]), "state": typing.get_args(hints["state"])}))`;
    expect(JSON.parse(python('-c', program))).toEqual({
      members: Object.keys(faxSchema.shape).sort(),
      optional: Object.entries(faxSchema.shape).filter(([, schema]) => schema.safeParse(undefined).success).map(([name]) => name),
      status: faxStatusSchema.options,
      state: faxStateSchema.options,
    });
  });

  it('has public names, and tells type checkers that it is typed', () => {
    expect(python('-c', 'import faxbot; print(faxbot.__all__)')).toBe("['FaxbotClient', 'FaxbotError', 'FaxJob']\n");
    expect(textOf('sdks/python/src/faxbot/py.typed')).toBe('');
  });

  it('shows no key where a client is printed', () => {
    expect(python('-c', "from faxbot import FaxbotClient; print(FaxbotClient('http://localhost', 'a secret'))")).not.toContain('a secret');
  });

  it('needs no package', () => {
    expect(textOf('sdks/python/pyproject.toml')).toMatch(/^dependencies = \[\]$/m);
    // -S: without the folder of installed packages.
    expect(spawnSync('python3', ['-S', '-c', 'import faxbot'], { env: pythonEnvironment }).status).toBe(0);
  });
});

describe('both packages', () => {
  it('have one version, and the licence of the repository', () => {
    const [, version] = /^version = "(.+)"$/m.exec(textOf('sdks/python/pyproject.toml')) ?? [];
    expect(version).toBe(packageJson.version);
    expect([textOf('sdks/node/LICENSE'), textOf('sdks/python/LICENSE')]).toEqual([textOf('LICENSE'), textOf('LICENSE')]);
    expect(packageJson.license).toBe('MIT');
  });
});
