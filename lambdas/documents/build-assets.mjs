/**
 * Puts what the document check reads beside a function's bundle: `node build-assets.mjs <directory>`.
 * PDFium (4 MB and its loader, read with the first PDF) and the font (read with the first text).
 */
import { build } from 'esbuild';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const directory = process.argv[2];
if (directory === undefined) {
  console.error('Say where the files go: node build-assets.mjs <directory>');
  process.exit(2);
}

await mkdir(directory, { recursive: true });
await Promise.all([
  build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'pdfium.ts')],
    outfile: join(directory, 'pdfium.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    logLevel: 'warning',
  }),
  copyFile(require.resolve('@hyzyla/pdfium/pdfium.wasm'), join(directory, 'pdfium.wasm')),
  copyFile(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf'), join(directory, 'DejaVuSansMono.ttf')),
]);
