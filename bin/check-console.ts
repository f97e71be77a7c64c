/** `npm run console:budget`: what a browser must load before each page of the console is there, beside its budget. Builds it first. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import * as z from 'zod';

/** In KB of 1024 bytes, compressed by brotli as CloudFront does. */
const budget = 400;

const root = join(__dirname, '..');
const dist = join(root, 'admin-ui', 'dist');

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);

execFileSync(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--config', 'admin-ui/vite.config.ts', '--logLevel', 'error'], { cwd: root, stdio: 'inherit' });
const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')));
const [entry, { dynamicImports }] = Object.entries(manifest).find(([, { isEntry }]) => isEntry === true) ?? fail('The console has no entry');

for (const page of dynamicImports) {
  const files = new Set(['index.html', ...filesOf(entry), ...filesOf(page)]);
  const kilobytes = [...files].reduce((sum, file) => sum + weigh(file), 0) / 1024;
  if (kilobytes > budget) process.exitCode = 1;
  console.log(`${page.replace(/^src\/|\.tsx$/g, '').padEnd(32)} ${kilobytes.toFixed(0).padStart(4)} KB of ${budget}${kilobytes > budget ? '; over its budget' : ''}`);
}

/** A module's file and styles, and those of all that it imports. */
function filesOf(name: string, seen = new Set<string>()): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const { file, css, imports } = manifest[name] ?? fail(`The manifest lacks ${name}`);
  return [file, ...css, ...imports.flatMap((one) => filesOf(one, seen))];
}

function weigh(file: string): number {
  return brotliCompressSync(readFileSync(join(dist, file))).length;
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
