/** What SignalWire's words and its callback's signature mean. */
import { readSignalWireWebhook, signalWireSignature } from '../../lambdas/providers/signalwire-webhook.js';
import { signalWireStatus } from '../../lambdas/providers/signalwire-status.js';

const told = (status: string, errorMessage?: string) => signalWireStatus({ status, errorMessage, pages: undefined, cost: undefined });

describe('SignalWire’s statuses', () => {
  test.each(['queued', 'processing', 'sending'])('%s is under way', (status) => expect(told(status)).toMatchObject({ kind: 'in_progress' }));

  test('delivered is a success, with pages and price', () => {
    expect(signalWireStatus({ status: 'delivered', errorMessage: undefined, pages: 2, cost: { amount: '0.02', currency: 'USD' } })).toEqual({
      kind: 'success',
      pages: 2,
      cost: { amount: '0.02', currency: 'USD' },
    });
  });

  test.each([
    ['busy', undefined, 'busy'],
    ['no-answer', undefined, 'no_answer'],
    ['failed', 'Connection Failed', 'no_carrier'],
    ['failed', 'Fax transmission not established', 'no_carrier'],
  ])('%s (%s) is a certain failure: %s', (status, message, cause) => expect(told(status, message)).toMatchObject({ kind: 'failed', cause }));

  test.each(['The call dropped prematurely', 'No response after sending a page', undefined])('failed with “%s” leaves open whether pages arrived', (message) =>
    expect(told('failed', message)).toMatchObject({ kind: 'uncertain' }),
  );

  test('canceled is a cancelled fax', () => expect(told('canceled')).toEqual({ kind: 'cancelled' }));

  test('a status that is not documented is uncertain', () => expect(told('completed')).toMatchObject({ kind: 'uncertain' }));
});

describe('SignalWire’s signature', () => {
  // Published examples of the scheme, which SignalWire took over from Twilio.
  test.each([
    ['https://mycompany.com/myapp.php?foo=1&bar=2', '+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['https://mycompany.com/myapp.php?foo=1&bar=2', '+12349013030', '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
    ['https://example.com/myapp.php?foo=1&bar=2', '+14158675310', 'L/OH5YylLD5NRKLltdqwSvS0BnU='],
  ])('is the published one for %s and %s', (url, caller, signature) => {
    const form = new URLSearchParams({ To: '+18005551212', From: caller, Digits: '1234', CallSid: 'CA1234567890ABCDE', Caller: caller });
    expect(signalWireSignature(url, form, '12345')).toBe(signature);
  });
});

describe('SignalWire’s callback', () => {
  const url = 'https://gateway.example.com/api/signalwire-callback?attempt=0123456789abcdef0123456789abcdef-2';
  const body = 'FaxSid=fax-1&FaxStatus=failed&ErrorMessage=Connection+Failed&To=%2B12025550123&AccountSid=project';
  // Made with another implementation (Python's hmac).
  const signature = 'tkI1rpMR0VAxYc4TX1XpMY/6psw=';
  const read = (change: { readonly url?: string; readonly body?: string; readonly signature?: string } = {}) =>
    readSignalWireWebhook(
      { url: new URL(change.url ?? url), method: 'POST', headers: { 'x-signalwire-signature': change.signature ?? signature }, body: Buffer.from(change.body ?? body), now: 0 },
      'PSK_test',
    );

  test('names the fax, the attempt in the signed address, and what became of it', () => {
    expect(read()).toMatchObject({ kind: 'event', providerSid: 'fax-1', attemptId: '0123456789abcdef0123456789abcdef-2', reported: { kind: 'failed', cause: 'no_carrier' } });
  });

  test.each<[string, Parameters<typeof read>[0]]>([
    ['another attempt in the address', { url: url.replace(/2$/, '3') }],
    ['a changed field', { body: body.replace('failed', 'delivered') }],
    ['a field more', { body: `${body}&NumPages=1` }],
    ['no signature', { signature: '' }],
  ])('is refused with %s', (_, change) => expect(read(change)).toMatchObject({ kind: 'refused' }));

  test('about a received fax is ignored', () => {
    const received = 'Direction=inbound&FaxSid=fax-2&FaxStatus=received';
    expect(read({ body: received, signature: signalWireSignature(url, new URLSearchParams(received), 'PSK_test') })).toEqual({ kind: 'ignored' });
  });
});
