/** What Telnyx's words and its webhook's signature mean. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { readTelnyxWebhook } from '../../lambdas/providers/telnyx-webhook.js';
import { telnyxStatus } from '../../lambdas/providers/telnyx-status.js';

const ended = (failureReason: string | undefined) => telnyxStatus({ status: 'failed', failureReason, pages: undefined });

describe('Telnyx’s statuses', () => {
  test.each(['queued', 'media.processing', 'media.processed', 'originated', 'initiated', 'sending'])('%s is under way', (status) =>
    expect(telnyxStatus({ status, failureReason: undefined, pages: undefined })).toMatchObject({ kind: 'in_progress' }),
  );

  test('delivered is a success, with its pages where they are told', () => {
    expect(telnyxStatus({ status: 'delivered', failureReason: undefined, pages: 3 })).toEqual({ kind: 'success', pages: 3 });
    expect(telnyxStatus({ status: 'delivered', failureReason: undefined, pages: undefined })).toEqual({ kind: 'success' });
  });

  test.each([
    ['user_busy', 'busy'],
    ['receiver_no_answer', 'no_answer'],
    ['fax_initial_communication_timeout', 'no_carrier'],
    ['user_channel_limit_exceeded', 'congestion'],
    ['receiver_unallocated_number', 'number'],
    ['file_format_invalid', 'document'],
    ['account_disabled', 'credentials'],
    ['outbound_profile_daily_spend_limit_exceeded', 'funds'],
  ])('%s is a certain failure: %s', (reason, cause) => expect(ended(reason)).toMatchObject({ kind: 'failed', cause }));

  test.each(['fax_signaling_error', 'receiver_call_dropped', 'receiver_communication_error', 'carrier_lost', 'service_unavailable', 'invalid_ecm_response_from_receiver', 'success', 'a_word_of_tomorrow', undefined])(
    'a failure for %s leaves open whether pages arrived',
    (reason) => expect(ended(reason)).toMatchObject({ kind: 'uncertain' }),
  );

  test('sender_canceled is a cancelled fax', () => expect(ended('sender_canceled')).toEqual({ kind: 'cancelled' }));

  test('a status that is not documented is uncertain, and a sentence in its place is not repeated', () => {
    expect(telnyxStatus({ status: 'completed', failureReason: undefined, pages: undefined })).toMatchObject({ kind: 'uncertain' });
    expect(JSON.stringify(telnyxStatus({ status: 'sent to +12025550123', failureReason: undefined, pages: undefined }))).not.toContain('555');
  });
});

describe('Telnyx’s webhook', () => {
  // The key pair of RFC 8032, section 7.1, test 1; the signature was made with another implementation (OpenSSL by way of Python).
  const publicKey = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
  const signature = '6aArLnPuNy85LGP4PCAGAF7WjsxgpjW4j8lCblXc6Hg418ic6aLgoJdgCTabAXHjTlixxDj67ZnKJsD6tMqPDw==';
  const text =
    '{"data":{"event_type":"fax.delivered","id":"3320554f-6b74-4138-a74b-a1e2ec7eaf8b","payload":{"client_state":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYtMg==","direction":"outbound","fax_id":"c62be5bc-9b13-4b6c-abda-34dd8b541287","page_count":1,"status":"delivered"},"record_type":"event"},"meta":{"attempt":1}}';
  const signedAt = 1_795_000_000;
  const read = (change: { readonly headers?: Record<string, string>; readonly body?: string; readonly seconds?: number; readonly key?: string } = {}) =>
    readTelnyxWebhook(
      {
        url: new URL('https://gateway.example.com/api/telnyx-callback?attempt=ffffffffffffffffffffffffffffffff-9'),
        method: 'POST',
        headers: { 'telnyx-timestamp': String(signedAt), 'telnyx-signature-ed25519': signature, ...change.headers },
        body: Buffer.from(change.body ?? text),
        now: (signedAt + (change.seconds ?? 1)) * 1000,
      },
      change.key ?? publicKey,
    );

  test('names the fax, the attempt that it was handed over with, and what became of it', () => {
    expect(read()).toEqual({
      kind: 'event',
      providerSid: 'c62be5bc-9b13-4b6c-abda-34dd8b541287',
      attemptId: '0123456789abcdef0123456789abcdef-2',
      reported: { kind: 'success', pages: 1 },
    });
  });

  test.each<[string, Parameters<typeof read>[0]]>([
    ['a changed body', { body: text.replace('delivered', 'failed') }],
    ['another time than the signed one', { headers: { 'telnyx-timestamp': String(signedAt + 1) } }],
    ['another key', { key: Buffer.alloc(32, 1).toString('base64') }],
    ['a key that is none', { key: 'key' }],
    ['a signature that is none', { headers: { 'telnyx-signature-ed25519': 'AAAA' } }],
    ['no signature', { headers: { 'telnyx-signature-ed25519': '' } }],
    ['no time', { headers: { 'telnyx-timestamp': '' } }],
  ])('is refused with %s', (_, change) => expect(read(change)).toMatchObject({ kind: 'refused' }));

  test('takes the attempt out of what was signed, never out of the address', () => {
    const pair = generateKeyPairSync('ed25519');
    const body = text.replace(/"client_state":"[^"]*",/, '');
    const headers = { 'telnyx-signature-ed25519': sign(null, Buffer.from(`${signedAt}|${body}`), pair.privateKey).toString('base64') };
    const key = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
    expect(read({ body, headers, key })).toMatchObject({ kind: 'event', attemptId: undefined });
  });

  test('is refused when it comes again after five minutes, or five minutes too early', () => {
    expect(read({ seconds: 300 }).kind).toBe('event');
    expect(read({ seconds: 301 }).kind).toBe('refused');
    expect(read({ seconds: -301 }).kind).toBe('refused');
  });
});
