/** The guard around the PDF engine: time and memory, and a fresh start after what went beyond them. */
import { deflateSync } from 'node:zlib';
import { createPdfEngine, type PdfEngine, type PdfEngineOptions } from '../../lambdas/documents/pdf-engine.js';
import { buildDocumentAssets, type DocumentAssets } from './fixtures/document-assets.js';
import { hostilePdfs } from './fixtures/hostile-pdfs.js';
import { flatPages, objectStreamFile, pdfFile, streamBody } from './fixtures/pdf-file.js';

let assets: DocumentAssets;
beforeAll(() => {
  assets = buildDocumentAssets();
});
afterAll(() => assets.remove());

const engine = (options: Partial<PdfEngineOptions> = {}): PdfEngine => createPdfEngine({ directory: assets.directory, ...options });

const honest = pdfFile(flatPages(3));
const endless = hostilePdfs.get('stream beginnings')?.() ?? Buffer.alloc(0);
const memoryBomb = () =>
  objectStreamFile(flatPages(1).filter(({ number }) => number !== 3), {
    packed: streamBody('/Type /ObjStm /N 3 /First 20 /Filter /FlateDecode', deflateSync(Buffer.alloc(64 * 1024 * 1024, 0x20))),
  });

test('a document that takes too much processor time is stopped', async () => {
  expect(await engine().read(endless)).toEqual({ kind: 'overrun', limit: 'time' });
});

test('a document that takes too long on the clock is stopped, whatever it may have of the processor', async () => {
  expect(await engine({ processorLimit: 60_000, clockLimit: 100 }).read(endless)).toEqual({ kind: 'overrun', limit: 'time' });
});

test('a document that wants too much memory is stopped', async () => {
  expect(await engine({ processorLimit: 60_000 }).read(memoryBomb())).toEqual({ kind: 'overrun', limit: 'memory' });
});

test('after each of them, the next document is read', async () => {
  const pdfium = engine({ processorLimit: 500 });
  for (const hostile of [endless, memoryBomb()]) {
    expect(await pdfium.read(hostile)).toMatchObject({ kind: 'overrun' });
    expect(await pdfium.read(honest)).toEqual({ kind: 'read', pages: 3 });
  }
});

test('an engine that is stopped again and again holds no more memory than one that was stopped once, and reads as before', async () => {
  const pdfium = engine({ processorLimit: 30 });
  const held: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    expect(await pdfium.read(endless)).toMatchObject({ kind: 'overrun' });
    held.push(process.memoryUsage().external);
  }
  expect(Math.max(...held) - Math.min(...held)).toBeLessThan(30 * 1024 * 1024);
  expect(await pdfium.read(honest)).toEqual({ kind: 'read', pages: 3 });
});

test('documents that come at once get their own answers', async () => {
  const pdfium = engine();
  const readings = await Promise.all([1, 2, 3, 4].map((pages) => pdfium.read(pdfFile(flatPages(pages)))));
  expect(readings).toEqual([1, 2, 3, 4].map((pages) => ({ kind: 'read', pages })));
});

test('reading leaves the bytes to the caller', async () => {
  const bytes = Buffer.from(honest);
  await engine().read(bytes);
  expect(bytes.equals(honest)).toBe(true);
});

test('documents of 4 MB, one after another, do not add up: each gives its memory back', async () => {
  // This is about memory: a busy machine must not make it one about time.
  const pdfium = engine({ processorLimit: 10_000 });
  const large = Buffer.concat([honest, Buffer.alloc(4 * 1024 * 1024)]);
  for (let count = 0; count < 30; count += 1) expect(await pdfium.read(large)).toEqual({ kind: 'read', pages: 3 });
});

test('an engine whose files are missing says so, and blames no document', async () => {
  await expect(engine({ directory: '/nowhere' }).read(honest)).rejects.toThrow(/nowhere/);
});
