/** What a provider reports: verified, cut down to what the sender needs, and handed on. */
import { isAttemptId } from '../../lambdas/contract/identifiers.js';
import { log } from '../../lambdas/platform/log.js';
import type { FaxProvider, WebhookVerdict } from '../../lambdas/providers/provider.js';
import { webhookHearing } from '../../lambdas/webhooks/hear-webhook.js';
import type { Heard } from '../../lambdas/faxes/heard.js';

const attemptId = `${'a'.repeat(32)}-1`;
if (!isAttemptId(attemptId)) throw new Error(attemptId);
const origin = { source_ip: '192.0.2.7', user_agent: '', request_id: 'request-1', method: 'POST', route: '/phaxio-callback' };
const request = { url: new URL('https://gateway.example/api/phaxio-callback'), method: 'POST', headers: {}, body: Buffer.from('to=%2B15551234567'), now: 1_000 };

function hearing(verdict: WebhookVerdict | undefined, failing = false) {
  const told: Heard[] = [];
  const fake = (id: string): FaxProvider => ({
    id,
    send: () => Promise.resolve({ kind: 'uncertain', error: '' }),
    validate: () => Promise.resolve({ kind: 'valid' }),
    ...(verdict === undefined ? {} : { readWebhook: () => verdict }),
  });
  const hear = webhookHearing({
    providers: { find: (id) => Promise.resolve(id === 'phaxio' ? fake(id) : undefined) },
    tell: (heard) => {
      told.push(heard);
      return failing ? Promise.reject(new Error('The queue is away')) : Promise.resolve();
    },
  });
  return { told, hear };
}

const warnings = jest.spyOn(log, 'warn').mockImplementation(() => undefined);
beforeEach(() => warnings.mockClear());

it('of an attempt is handed on with what the sender needs, and nothing of the body', async () => {
  const { hear, told } = hearing({ kind: 'event', providerSid: 'sid-1', attemptId, reported: { kind: 'success', pages: 2 } });
  await hear('phaxio', request, origin);
  expect(told).toEqual([{ provider: 'phaxio', attemptId, providerSid: 'sid-1', reported: { kind: 'success', pages: 2 }, at: 1_000 }]);
});

it('that can not be handed on is an error, so that the provider reports again', async () => {
  await expect(hearing({ kind: 'event', providerSid: 'sid-1', attemptId, reported: undefined }, true).hear('phaxio', request, origin)).rejects.toThrow('away');
});

it.each<WebhookVerdict>([{ kind: 'ignored' }, { kind: 'event', providerSid: 'sid-1', attemptId: undefined, reported: { kind: 'success' } }])(
  'that says nothing of an attempt is taken and changes nothing: %j',
  async (verdict) => {
    const { hear, told } = hearing(verdict);
    await hear('phaxio', request, origin);
    expect(told).toEqual([]);
  },
);

it('with a bad signature is refused without saying why; the reason stands in the log', async () => {
  const { hear, told } = hearing({ kind: 'refused', reason: 'the signature is of another token' });
  await expect(hear('phaxio', request, origin)).rejects.toMatchObject({ code: 'signature_invalid', body: { detail: 'Invalid signature', code: 'signature_invalid' } });
  expect(told).toEqual([]);
  expect(warnings.mock.calls).toEqual([
    ['A callback was refused', { provider: 'phaxio', reason: 'the signature is of another token', source_ip: '192.0.2.7', request_id: 'request-1', suppressed: 0 }],
  ]);
});

it('with a bad signature, a thousand times: the log has a few lines, and the next one says how many it kept to itself', async () => {
  const { hear } = hearing({ kind: 'refused', reason: 'wrong' });
  for (let time = 0; time < 1_000; time += 1) await expect(hear('phaxio', request, origin)).rejects.toMatchObject({ code: 'signature_invalid' });
  expect(warnings.mock.calls).toHaveLength(5);
  await expect(hear('phaxio', { ...request, now: 61_000 }, origin)).rejects.toMatchObject({ code: 'signature_invalid' });
  expect(warnings.mock.calls.at(-1)).toEqual(['A callback was refused', expect.objectContaining({ suppressed: 995 })]);
});

it('for a provider that is not configured, or that reports nothing, is not found', async () => {
  await expect(hearing({ kind: 'ignored' }).hear('telnyx', request, origin)).rejects.toMatchObject({ code: 'provider_not_found' });
  await expect(hearing(undefined).hear('phaxio', request, origin)).rejects.toMatchObject({ code: 'provider_not_found' });
});
