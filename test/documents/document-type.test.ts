/** What an uploaded file is: its bytes first, then its name. */
import { decideDocumentType, type Declared } from '../../lambdas/documents/document-type.js';

const decide = (bytes: string | Buffer, declared: Declared = {}) => decideDocumentType(Buffer.from(bytes), declared);
const contractsSentence = /^Only PDF and TXT are allowed/;

describe('a file is a PDF', () => {
  test('when it begins with %PDF-, whatever it is called', () => {
    for (const fileName of ['letter.pdf', 'letter.txt', 'letter.docx', 'letter']) expect(decide('%PDF-1.4\n', { fileName }).kind).toBe('pdf');
  });

  test('when the header stands behind bytes that a scanner or mail gateway put there, up to 1024 of them', () => {
    expect(decide(`${'\0'.repeat(1024)}%PDF-1.4`, { fileName: 'scan.pdf' }).kind).toBe('pdf');
    expect(decide(`${'x'.repeat(1025)}%PDF-1.4`, { fileName: 'scan.pdf' })).toMatchObject({ kind: 'refused', reason: 'unsupported_type' });
  });

  test('but a text that speaks of %PDF- stays a text', () => {
    expect(decide('A PDF begins with %PDF-1.4', { fileName: 'notes.txt' }).kind).toBe('text');
  });
});

describe('a file is a text', () => {
  test.each<[string, Declared]>([
    ['by its name', { fileName: 'letter.txt' }],
    ['by its name in capitals', { fileName: 'C:\\LETTER.TXT', contentType: 'application/octet-stream' }],
    ['by its content type', { contentType: 'text/plain; charset=utf-8' }],
    ['by its content type where the name says little', { fileName: 'server.log', contentType: 'text/plain' }],
  ])('%s', (_, declared) => expect(decide('Hello', declared)).toEqual({ kind: 'text', named: true }));

  test('perhaps, when nobody says what it is', () => {
    expect(decide('Hello')).toEqual({ kind: 'text', named: false });
    expect(decide('Hello', { fileName: 'README', contentType: 'application/octet-stream' })).toEqual({ kind: 'text', named: false });
  });
});

describe('a file is refused', () => {
  test('when it is empty', () => expect(decide('', { fileName: 'letter.pdf' })).toMatchObject({ reason: 'empty' }));

  test.each<[string, Declared]>([
    ['a Word document', { fileName: 'letter.docx' }],
    ['a picture', { fileName: 'scan.png', contentType: 'image/png' }],
    ['HTML, whose source nobody wants to fax', { fileName: 'page.html', contentType: 'text/html' }],
    ['an unknown ending', { fileName: 'letter.xyz', contentType: 'application/octet-stream' }],
  ])('%s', (_, declared) => {
    expect(decide('<p>Hello</p>', declared)).toEqual({ kind: 'refused', reason: 'unsupported_type', detail: 'Only PDF and TXT are allowed' });
  });

  test('when it is called a PDF but is none, with a sentence that says so', () => {
    for (const declared of [{ fileName: 'letter.pdf', contentType: 'text/plain' }, { contentType: 'application/pdf' }]) {
      const type = decide('Dear Madam', declared);
      expect(type).toMatchObject({ kind: 'refused', reason: 'unsupported_type', detail: expect.stringMatching(contractsSentence) });
      expect(type).toMatchObject({ detail: expect.stringContaining('called a PDF but is none') });
    }
  });
});
