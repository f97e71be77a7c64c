/** What comes in and goes out as text: fax numbers, document tokens, the form of POST /fax. */
import fc from 'fast-check';
import { createDocumentToken, verifyDocumentToken } from '../../lambdas/faxes/document-token.js';
import { readFaxForm } from '../../lambdas/faxes/fax-form.js';
import { readFaxNumber } from '../../lambdas/faxes/number.js';
import { presentFax, presentSummary, statesOf } from '../../lambdas/faxes/present.js';
import { jobId, queuedJob } from './job.fixture.js';

describe('a fax number', () => {
  it.each([
    ['+15551234567', 'US', '+15551234567'],
    ['15551234567', 'US', '+15551234567'],
    ['5551234567', 'US', '+15551234567'],
    ['(555) 123-4567', 'US', '+15551234567'],
    ['555.123.4567', 'US', '+15551234567'],
    ['+1 (555) 123-4567', 'none', '+15551234567'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['+44 20 7946 0018', 'US', '+442079460018'],
    ['442079460018', 'US', '+442079460018'],
    ['123456', 'none', '+123456'],
  ])('%s with default country %s is dialled as %s', (written, country, dialled) => {
    expect(readFaxNumber(written, country)).toBe(dialled);
  });

  it.each(['', 'fax', '12345', '+1-555-CALL-NOW', '(555) 123-4567 ext. 9', '1'.repeat(21), '++15551234567', '(555) 12'])('%p is no number', (written) => {
    expect(readFaxNumber(written, 'US')).toBeUndefined();
  });

  it('needs a country for a national way of writing', () => {
    expect(readFaxNumber('(555) 123-4567', 'none')).toBeUndefined();
  });

  it('is never refused where the original takes it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{6,20}$/), fc.constantFrom('US', 'DE', 'none'), (written, country) => {
        expect(readFaxNumber(written, country)).toMatch(/^\+\d{6,20}$/);
      }),
    );
  });
});

describe('a document token', () => {
  const id = jobId('0123456789abcdef0123456789abcdef');
  const token = createDocumentToken(id, 100_000, 'secret');

  it('opens its own document until its time is over', () => {
    expect(() => verifyDocumentToken(token, id, 99_999, 'secret')).not.toThrow();
    expect(() => verifyDocumentToken(token, id, 100_000, 'secret')).toThrow('Token expired');
  });

  it.each([
    ['another document', token, jobId('f'.repeat(32)), 'secret'],
    ['another secret', token, id, 'other'],
    ['a later end', `zzzz.${token.split('.')[1] ?? ''}`, id, 'secret'],
    ['nothing', '', id, 'secret'],
    ['something behind it', `${token}.x`, id, 'secret'],
  ])('is invalid with %s', (_, given, forId, secret) => {
    expect(() => verifyDocumentToken(given, forId, 1, secret)).toThrow('Invalid token');
  });
});

describe('the form of POST /fax', () => {
  const boundary = 'XX';
  const type = `multipart/form-data; boundary=${boundary}`;
  const part = (disposition: string, body: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;
  const form = (...parts: string[]) => Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
  const read = (body: Buffer, contentType: string | undefined = type) => readFaxForm(contentType, body, { maxFileBytes: 10 });
  const to = part('name="to"', '+15551234567');
  const file = part('name="file"; filename="a.pdf"', '%PDF-1.4');

  it('gives the number and the file, byte for byte', async () => {
    const { to: number, file: read_ } = await read(form(to, file));
    expect(number).toBe('+15551234567');
    expect(read_).toMatchObject({ fileName: 'a.pdf' });
    expect(read_.bytes.toString()).toBe('%PDF-1.4');
  });

  it.each([
    ['no parts', form(), ['to', 'file']],
    ['no file', form(to), ['file']],
    ['no number', form(file), ['to']],
    ['an empty number', form(part('name="to"', '  '), file), ['to']],
    ['an empty file', form(to, part('name="file"; filename="a.pdf"', '')), ['file']],
    ['a file that is a plain field', form(to, part('name="file"', 'x')), ['file']],
    ['half a body', Buffer.from(to + file.slice(0, -4)), ['body']],
  ])('with %s is a 422 that names what is missing', async (_, body, fields) => {
    await expect(read(body)).rejects.toMatchObject({ status: 422, body: { fields: fields.map((field) => ({ field })) } });
  });

  it('that is no multipart form at all is a 422', async () => {
    await expect(read(Buffer.from('{}'), 'application/json')).rejects.toMatchObject({ status: 422 });
    await expect(readFaxForm(undefined, Buffer.from(''), { maxFileBytes: 10 })).rejects.toMatchObject({ status: 422 });
  });

  it('may hold a file of exactly the limit, and not one byte more', async () => {
    await expect(read(form(to, part('name="file"; filename="a"', 'x'.repeat(10))))).resolves.toBeDefined();
    await expect(read(form(to, part('name="file"; filename="a"', 'x'.repeat(11))))).rejects.toMatchObject({ status: 413 });
  });
});

describe('a job in the words of the contract', () => {
  it('never says FAILED while the outcome is open: a client would send again', () => {
    const job = queuedJob();
    expect(presentFax({ ...job, state: 'uncertain', error: 'cut', reconcileAt: undefined })).toMatchObject({ status: 'in_progress', state: 'uncertain', error: 'cut' });
    expect(presentFax({ ...job, state: 'cancelled' })).toMatchObject({ status: 'FAILED', error: 'cancelled' });
    expect(presentFax({ ...job, state: 'held', reason: 'sending_off' })).toMatchObject({ status: 'disabled' });
  });

  it('shows an administrator the last four digits only', () => {
    expect(presentSummary(queuedJob()).to_number).toBe('+*******4567');
  });

  it.each([
    ['success', ['success']],
    ['SUCCESS', ['success']],
    ['Failed', ['failed', 'cancelled']],
    ['in_progress', ['submitting', 'in_progress', 'uncertain']],
    ['disabled', ['held']],
    ['uncertain', ['uncertain']],
  ])('the filter %s means the states %p', (word, states) => {
    expect([...(statesOf(word) ?? [])].sort()).toEqual([...states].sort());
  });
});

describe('a form as curl sends it', () => {
  it('gives a text file whose part names its type', async () => {
    const form = new FormData();
    form.append('to', '+15551234567');
    form.append('file', new Blob(['Hello\n'], { type: 'text/plain' }), 'a.txt');
    const sent = new Response(form);
    const { file } = await readFaxForm(sent.headers.get('content-type') ?? '', Buffer.from(await sent.arrayBuffer()), { maxFileBytes: 1_000_000 });
    expect(file).toMatchObject({ fileName: 'a.txt', contentType: 'text/plain' });
    expect(file.bytes.toString()).toBe('Hello\n');
  });
});
