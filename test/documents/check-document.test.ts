/** What may be faxed and what may not, with the real engine. */
import { deflateSync } from 'node:zlib';
import { documentCheckFrom, type CheckDocument } from '../../lambdas/documents/check-document.js';
import { maximumPages } from '../../lambdas/documents/pdf-engine.js';
import { buildDocumentAssets, type DocumentAssets } from './fixtures/document-assets.js';
import { certificateEncryptedPdf, encryptedPdf, incrementallyUpdatedPdf, linearizedPdf, officePdf } from './fixtures/honest-pdfs.js';
import { hostilePdfs } from './fixtures/hostile-pdfs.js';
import { flatPages, objectStreamFile, pdfFile, streamBody } from './fixtures/pdf-file.js';

let assets: DocumentAssets;
let checkDocument: CheckDocument;
beforeAll(() => {
  assets = buildDocumentAssets();
  checkDocument = documentCheckFrom(assets.directory);
});
afterAll(() => assets.remove());

const pdf = { fileName: 'letter.pdf', contentType: 'application/pdf' };
const check = (bytes: Buffer, declared = pdf) => checkDocument(bytes, declared);

describe('a PDF is accepted as it is, with its pages counted', () => {
  test.each<[string, () => Buffer | Promise<Buffer>, number]>([
    ['one page', () => officePdf(1, false), 1],
    ['300 pages', () => officePdf(300, false), 300],
    ['300 pages in object streams (PDF 1.5)', () => officePdf(300, true), 300],
    ['objects behind a cross-reference stream', () => objectStreamFile(flatPages(2).filter(({ number }) => number !== 3)), 2],
    ['saved again with another page', incrementallyUpdatedPdf, 2],
    ['linearized for the web', linearizedPdf, 2],
    ['owner-locked: printing is nobody else\'s business', () => encryptedPdf({ owner: 'secret', user: '' }), 1],
    ['bytes in front of the header', () => pdfFile(flatPages(1), { before: 'HTTP/1.1 200 OK\r\n\r\n' }), 1],
    ['bytes behind the end', () => Buffer.concat([pdfFile(flatPages(1)), Buffer.alloc(500)]), 1],
    ['cut off behind the objects, which viewers repair', () => pdfFile(flatPages(1)).subarray(0, -20), 1],
    ['a content stream that inflates a thousandfold: the provider draws it, not this function', contentBomb, 1],
  ])('%s', async (_, make, pages) => {
    const bytes = await make();
    expect(await check(bytes)).toEqual({ kind: 'accepted', pdf: bytes, pages, source: 'pdf' });
  });
});

describe('a PDF is refused', () => {
  test.each<[string, () => Buffer | Promise<Buffer>, string]>([
    ['that opens only with a password', () => encryptedPdf({ owner: 'secret', user: 'secret' }), 'password_protected'],
    ['that is encrypted for certain recipients', certificateEncryptedPdf, 'password_protected'],
    ['of which only the beginning arrived', async () => (await officePdf(300, true)).subarray(0, 5000), 'damaged'],
    ['that is nothing but a header', () => Buffer.from('%PDF-1.7\n%%EOF'), 'damaged'],
    ['without pages', () => pdfFile([{ number: 1, body: '<< /Type /Catalog /Pages 2 0 R >>' }, { number: 2, body: '<< /Type /Pages /Count 0 /Kids [] >>' }]), 'no_pages'],
    ['whose page tree promises more than there is', () => hostile('/Count of a million'), 'damaged'],
    ['of more than a thousand pages', () => pdfFile(flatPages(maximumPages + 1)), 'too_many_pages'],
  ])('%s', async (_, make, reason) => {
    expect(await check(await make())).toMatchObject({ kind: 'refused', reason, detail: expect.stringMatching(/^The PDF .*(send|Save)/) });
  });
});

test('a text becomes a PDF that the same check accepts', async () => {
  const accepted = await check(Buffer.from('Hello\fand again'), { fileName: 'letter.txt', contentType: 'text/plain' });
  if (accepted.kind === 'refused') throw new Error(accepted.detail);
  expect(accepted).toMatchObject({ pages: 2, source: 'text' });
  expect(await check(accepted.pdf)).toMatchObject({ kind: 'accepted', pages: 2, source: 'pdf' });
});

test('what is neither is refused in the words of the contract', async () => {
  expect(await check(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]), { fileName: 'scan.png', contentType: 'image/png' })).toEqual({
    kind: 'refused',
    reason: 'unsupported_type',
    detail: 'Only PDF and TXT are allowed',
  });
});

describe('a file that means to hold the function is let go, and the next document passes', () => {
  test.each(['stream beginnings', 'open arrays', 'page-tree chain', 'page tree that multiplies', 'wide page tree of one page', 'chain of cross-reference tables', 'nested arrays in the catalog', 'random bytes behind %PDF-'])(
    '%s',
    async (kind) => {
      // The root makes the engine look; without it, the check sees at once that this is no PDF.
      const bytes = Buffer.concat([hostile(kind), Buffer.from('\ntrailer << /Root 1 0 R >>')]);
      const begin = process.cpuUsage();
      expect(await check(bytes)).toMatchObject({ kind: 'refused' });
      const { user, system } = process.cpuUsage(begin);
      // The bench shows at most 100; here, the machine also runs other tests.
      expect((user + system) / 1000).toBeLessThan(250);
      expect(await check(await officePdf(3, true))).toMatchObject({ kind: 'accepted', pages: 3 });
    },
  );
});

function contentBomb(): Buffer {
  return pdfFile(flatPages(1, streamBody('/Filter /FlateDecode', deflateSync(Buffer.alloc(100 * 1024 * 1024)))));
}

function hostile(kind: string): Buffer {
  const make = hostilePdfs.get(kind);
  if (make === undefined) throw new Error(`No hostile file ${kind}`);
  return make();
}
