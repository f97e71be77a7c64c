/** What the words of Sinch and Phaxio mean, and what proves that a callback is Phaxio's. */
import { readMultipartForm } from '../../lambdas/providers/multipart-form.js';
import { phaxioStatus } from '../../lambdas/providers/phaxio-status.js';
import { phaxioSignature } from '../../lambdas/providers/phaxio-webhook.js';
import { retryAfter } from '../../lambdas/providers/provider-answer.js';
import { sinchStatus } from '../../lambdas/providers/sinch-status.js';

describe('Sinch’s statuses', () => {
  const failure = (errorType: unknown, errorCode: unknown, pagesSentSuccessfully: unknown = 0) => sinchStatus({ status: 'FAILURE', errorType, errorCode, pagesSentSuccessfully });

  it.each(['QUEUED', 'IN_PROGRESS'])('%s is under way', (status) => expect(sinchStatus({ status })).toMatchObject({ kind: 'in_progress' }));

  it('COMPLETED is a success, with its pages and its price', () => {
    expect(sinchStatus({ status: 'COMPLETED', numberOfPages: 3, price: { amount: '0.135', currencyCode: 'USD' } })).toEqual({ kind: 'success', pages: 3, cost: { amount: '0.135', currency: 'USD' } });
    expect(sinchStatus({ status: 'COMPLETED' })).toEqual({ kind: 'success' });
  });

  it.each([
    [15, 'congestion'],
    [16, 'no_answer'],
    [17, 'busy'],
    [19, 'no_carrier'],
    [30, 'no_carrier'],
    [32, 'number'],
    [34, 'number'],
    [43, 'no_carrier'],
    [49, 'number'],
  ])('a call error %i without a page is certain: %s', (code, cause) => {
    expect(failure('CALL_ERROR', code)).toMatchObject({ kind: 'failed', cause });
    expect(failure('CALL_ERROR', code, null)).toMatchObject({ kind: 'uncertain' });
    expect(failure('CALL_ERROR', code, 1)).toMatchObject({ kind: 'partial', pages: 1 });
    expect(failure('FAX_ERROR', code)).toMatchObject({ kind: 'uncertain' });
  });

  it('a document that can not be converted was never sent', () => expect(failure('DOCUMENT_CONVERSION_ERROR', 133, undefined)).toMatchObject({ kind: 'failed', cause: 'document' }));

  it.each([75, 76])('%i is a cancelled fax, unless pages had gone', (code) => {
    expect(failure('FAX_ERROR', code)).toEqual({ kind: 'cancelled' });
    expect(failure('FAX_ERROR', code, 1)).toMatchObject({ kind: 'partial' });
  });

  it.each([
    ['CALL_ERROR', 11],
    ['CALL_ERROR', 999],
    ['CALL_ERROR', undefined],
    ['CALL_ERROR', '17'],
    ['LINE_ERROR', 17],
    ['FAX_ERROR', 8],
    ['FAX_ERROR', 46],
    ['FATAL_ERROR', 1],
    [undefined, undefined],
    ['sent to +12025550123', 17],
  ])('%s %s leaves open whether pages arrived', (type, code) => {
    const status = failure(type, code);
    expect(status).toMatchObject({ kind: 'uncertain' });
    expect(JSON.stringify(status)).not.toContain('2025550123');
  });

  it.each([[{ status: 'completed' }], [{ status: 'DELIVERED' }], [{}], [null], ['COMPLETED'], [undefined]])('%j is uncertain', (fax) => expect(sinchStatus(fax)).toMatchObject({ kind: 'uncertain' }));
});

describe('Phaxio’s statuses', () => {
  const failure = (error_type: unknown, error_id: unknown) => phaxioStatus({ status: 'failure', error_type, error_id });

  it.each(['queued', 'pendingbatch', 'inprogress', 'ringing', 'callactive', 'willretry'])('%s is under way', (status) => expect(phaxioStatus({ status })).toMatchObject({ kind: 'in_progress' }));

  it('success is one, with its pages and its cents', () => expect(phaxioStatus({ status: 'success', num_pages: 3, cost: 21 })).toEqual({ kind: 'success', pages: 3, cost: { amount: '0.21', currency: 'USD' } }));

  it('a part of the fax is never sent again by itself', () => expect(phaxioStatus({ status: 'partialsuccess' })).toMatchObject({ kind: 'partial' }));

  it.each([
    [15, 'congestion'],
    [16, 'no_answer'],
    [17, 'busy'],
    [30, 'no_carrier'],
    [34, 'number'],
    [50, 'other'],
    [112, 'no_answer'],
    [115, 'number'],
  ])('a line error %i is certain: %s', (code, cause) => expect(failure('lineError', code)).toMatchObject({ kind: 'failed', cause }));

  it('a document that can not be converted was never sent', () => expect(failure('documentConversionError', 133)).toMatchObject({ kind: 'failed', cause: 'document' }));

  it.each([
    ['lineError', 11],
    ['lineError', null],
    ['faxError', 8],
    ['faxError', 17],
    ['faxError', 75],
    ['fatalError', 1],
    ['generalError', 1],
    [null, null],
  ])('%s %s leaves open whether pages arrived', (type, code) => expect(failure(type, code)).toMatchObject({ kind: 'uncertain' }));

  it.each([[{ status: 'SUCCESS' }], [{ status: 'delivered' }], [{}], [null]])('%j is uncertain', (fax) => expect(phaxioStatus(fax)).toMatchObject({ kind: 'uncertain' }));
});

describe('Phaxio’s signature', () => {
  const field = (name: string, value: string) => ({ name, fileName: undefined, content: Buffer.from(value) });

  it('is the one that Phaxio’s own libraries are tested with', () => {
    expect(phaxioSignature('example.com', [field('test', 'true')], 'test-webhook-token')).toBe('64a735ef0c47a0ae671e381c046648f0966deb29');
  });

  it('holds the fields by name, and the files after them', () => {
    const file = { name: 'file', fileName: 'fax.pdf', content: Buffer.from('%PDF') };
    const parts = [field('b', '2'), file, field('a', '1')];
    expect(phaxioSignature('u', parts, 't')).toBe(phaxioSignature('u', [field('a', '1'), field('b', '2'), file], 't'));
    expect(phaxioSignature('u', parts, 't')).not.toBe(phaxioSignature('u', [...parts.slice(1)], 't'));
    expect(phaxioSignature('u', parts, 't')).not.toBe(phaxioSignature('u', [field('b', '2'), { ...file, content: Buffer.from('%PDF-') }, field('a', '1')], 't'));
  });
});

describe('a multipart form', () => {
  const form = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n\r\n2\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="a \\"b\\".pdf"\r\nContent-Type: application/pdf\r\n\r\n\r\n--x--\r\n';

  it('is read part by part, bytes as they are', () => {
    expect(readMultipartForm('multipart/form-data; boundary=x', Buffer.from(form))).toEqual([
      { name: 'a', fileName: undefined, content: Buffer.from('1\r\n\r\n2') },
      { name: 'f', fileName: 'a "b".pdf', content: Buffer.alloc(0) },
    ]);
    expect(readMultipartForm('multipart/form-data; charset=utf-8; boundary="x"', Buffer.from(form))).toHaveLength(2);
  });

  it('is nothing where it is cut anywhere, or is none', () => {
    for (let length = 0; length < form.length - 4; length += 1) expect(readMultipartForm('multipart/form-data; boundary=x', Buffer.from(form.slice(0, length)))).toBeUndefined();
    expect(readMultipartForm('application/json', Buffer.from(form))).toBeUndefined();
    expect(readMultipartForm('multipart/form-data; boundary=x', Buffer.from('--x\r\n'.repeat(100_000)))).toBeUndefined();
  });
});

it.each([
  ['7', 7],
  ['0', 1],
  ['999999', 3600],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 100],
  ['soon', 30],
  [undefined, 30],
])('Retry-After %s is %i seconds', (given, seconds) => {
  expect(retryAfter({ headers: given === undefined ? {} : { 'retry-after': given } }, 0)).toBe(seconds);
});
