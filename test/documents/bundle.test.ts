/** The document check as it is shipped: bundled by esbuild as synthesis does it, run by plain Node. */
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildDocumentAssets, type DocumentAssets } from './fixtures/document-assets.js';
import { flatPages, pdfFile } from './fixtures/pdf-file.js';

let assets: DocumentAssets;
beforeAll(() => {
  assets = buildDocumentAssets();
  buildSync({
    entryPoints: [join(__dirname, '../../lambdas/documents/check-document.ts')],
    outfile: join(assets.directory, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
});
afterAll(() => assets.remove());

test('it checks PDFs and texts with nothing but its own folder, and the process ends by itself', () => {
  writeFileSync(join(assets.directory, 'letter.pdf'), pdfFile(flatPages(2)));
  const script = `
    const { checkDocument } = require('./index.js');
    const { readFileSync } = require('node:fs');
    (async () => {
      const pdf = await checkDocument(readFileSync('letter.pdf'), { fileName: 'letter.pdf' });
      const text = await checkDocument(Buffer.from('Hello'), { fileName: 'letter.txt' });
      console.log(JSON.stringify([pdf.pages, text.pages]));
    })();`;
  const output = execFileSync(process.execPath, ['-e', script], { cwd: assets.directory, env: {}, encoding: 'utf8', timeout: 20_000 });
  expect(JSON.parse(output)).toEqual([2, 1]);
});

test('the check adds little to a bundle: PDFium, its loader and the font are read only with a document', () => {
  expect(statSync(join(assets.directory, 'index.js')).size).toBeLessThan(20_000);
});
