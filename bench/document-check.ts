/**
 * What the document check costs, as it is shipped (bundled, plain Node): `npx tsx bench/document-check.ts [part of a kind's name]`.
 * Each kind gets a process of its own. "warm" is a document that comes after honest ones, "again" the same one right behind it
 * (behind a hostile one, with an engine that was just made as new); RSS is the highest of the whole process (Linux). Exits with 1 above a target.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import * as z from 'zod';
import { encryptedPdf, incrementallyUpdatedPdf, linearizedPdf, officePdf } from '../test/documents/fixtures/honest-pdfs.js';
import { hostilePdfs } from '../test/documents/fixtures/hostile-pdfs.js';
import { flatPages, pdfFile, streamBody } from '../test/documents/fixtures/pdf-file.js';

const hostileTarget = { processor: 100, rss: 200 };

interface Kind {
  readonly name: string;
  readonly fileName: string;
  readonly make: () => Buffer | Promise<Buffer>;
  readonly hostile: boolean;
}

const measurementSchema = z.object({ init: z.number(), first: z.number(), warm: z.number(), again: z.number(), rss: z.number(), result: z.string() });
type Measured = z.output<typeof measurementSchema>;

const fourMegabytes = 4 * 1024 * 1024;
const scan = (): Buffer => Buffer.from(Uint8Array.from({ length: fourMegabytes - 2000 }, (_, index) => (index * 2654435761) >>> 24));
const prose = 'The quick brown fox jumps over the lazy dog, naïvely: ½ of 12 € — “quoted”. Ελληνικά, Кириллица. ';

const honest: readonly Kind[] = [
  pdf('1 page', () => officePdf(1, false)),
  pdf('300 pages', () => officePdf(300, false)),
  pdf('300 pages in object streams', () => officePdf(300, true)),
  pdf('1,000 pages in object streams', () => officePdf(1000, true)),
  pdf('4 MB scan', () => pdfFile(flatPages(1, streamBody('', scan())))),
  pdf('linearized', linearizedPdf),
  pdf('incremental update', incrementallyUpdatedPdf),
  pdf('owner-locked', () => encryptedPdf({ owner: 'secret', user: '' })),
  text('text of 1 page', () => prose.repeat(40)),
  text('text of 20 pages', () => prose.repeat(900)),
  text('text of 198 pages', () => prose.repeat(9_200)),
];

const hostile: readonly Kind[] = [
  ...[...hostilePdfs].map(([name, make]) => ({ name, fileName: 'a.pdf', make, hostile: true })),
  // With a root, so that the engine looks at what the check could refuse by itself.
  ...['random bytes behind %PDF-', 'object beginnings', 'stream beginnings', 'open arrays', 'trailer words'].map((name) => ({
    name: `${name}, and a root`,
    fileName: 'a.pdf',
    make: () => Buffer.concat([hostilePdfs.get(name)?.() ?? Buffer.alloc(0), Buffer.from('\ntrailer << /Root 1 0 R >>')]),
    hostile: true,
  })),
  ...(
    [
      ['line feeds', '\n', 1_900_000],
      ['blanks before a letter', ' ', 1_900_000],
      ['tabs', 'x\t', 950_000],
      ['one word', 'x', 950_000],
      ['short words', 'a ', 475_000],
      ['form feeds', '\f', 1_900_000],
      ['letters with marks', 'a\u0301', 950_000],
      ['rows of marks', 'a\u0301\u0323\u0301\u0323\u0301\u0323\u0301', 230_000],
      ['soft hyphens', '\u00ad', 1_300_000],
      ['4 MB of prose', prose, 38_000],
      ['4 MB of emoji', '😀', 1_000_000],
    ] as const
  ).map(([name, part, times]) => ({ ...text(`text: ${name}`, () => `${part.repeat(times)}x`), hostile: true })),
];

function pdf(name: string, make: Kind['make']): Kind {
  return { name, fileName: 'a.pdf', make, hostile: false };
}

function text(name: string, make: () => string): Kind {
  return { name, fileName: 'a.txt', make: () => Buffer.from(make()), hostile: false };
}

/** Runs in the measured process, with plain Node. */
const measurement = `
const { readFileSync } = require('node:fs');
const processor = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
// Not getrusage's maximum: that of a child begins with its parent's.
const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) / 1024;
const timed = async (act) => { const begin = processor(); const result = await act(); return [processor() - begin, result]; };
(async () => {
  const [init, { checkDocument }] = await timed(async () => require('./index.js'));
  const bytes = readFileSync('document');
  const declared = { fileName: process.argv[1] };
  const check = () => checkDocument(bytes, declared);
  const [first] = await timed(() => checkDocument(readFileSync(process.argv[2]), declared));
  for (let i = 0; i < 5; i += 1) await checkDocument(readFileSync(process.argv[2]), declared);
  const [warm, result] = await timed(check);
  const [again] = await timed(check);
  await checkDocument(readFileSync(process.argv[2]), declared);
  console.log(JSON.stringify({ init, first, warm, again, rss: peak(),
    result: result.kind === 'accepted' ? result.pages + ' pages' : result.reason }));
  process.exit();
})();`;

function measure(directory: string, kind: Kind, bytes: Buffer): Measured {
  writeFileSync(join(directory, 'document'), bytes);
  const output = execFileSync(process.execPath, ['-e', measurement, kind.fileName, kind.fileName === 'a.txt' ? 'honest.txt' : 'honest.pdf'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return measurementSchema.parse(JSON.parse(output));
}

async function main(): Promise<void> {
  const root = join(__dirname, '..');
  const directory = mkdtempSync(join(tmpdir(), 'faxbot-bench-'));
  try {
    execFileSync(process.execPath, [join(root, 'lambdas/documents/build-assets.mjs'), directory]);
    buildSync({
      entryPoints: [join(root, 'lambdas/documents/check-document.ts')],
      outfile: join(directory, 'index.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    });
    writeFileSync(join(directory, 'honest.pdf'), await officePdf(20, true));
    writeFileSync(join(directory, 'honest.txt'), prose.repeat(100));
    console.log(`Bundle ${(statSync(join(directory, 'index.js')).size / 1024).toFixed(0)} KB\n`);
    console.log(`${'kind'.padEnd(50)} ${['KB', 'first', 'warm', 'again', 'RSS MB'].map((head) => head.padStart(7)).join(' ')}  result (CPU ms)`);
    const missed: string[] = [];
    for (const kind of [...honest, ...hostile].filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
      const bytes = await kind.make();
      const measured = measure(directory, kind, bytes);
      const numbers = [bytes.length / 1024, measured.first, measured.warm, measured.again, measured.rss];
      const over = kind.hostile && (Math.max(measured.warm, measured.again) > hostileTarget.processor || measured.rss > hostileTarget.rss);
      if (over) missed.push(kind.name);
      console.log(`${kind.name.padEnd(50)} ${numbers.map((number) => number.toFixed(0).padStart(7)).join(' ')}  ${measured.result}${over ? '  OVER' : ''}`);
    }
    console.log(`\nTarget: a hostile file takes at most ${hostileTarget.processor} ms of processor time and ${hostileTarget.rss} MB: ${missed.length === 0 ? 'met' : `missed by ${missed.join(', ')}`}`);
    if (missed.length > 0) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

void main();
