/** What is told of a fax, under which signature, and how long a receiver that is down is waited for. */
import { auditEvent } from '../../lambdas/audit/event.js';
import { isJobId, isOwner, type JobId, type Owner } from '../../lambdas/contract/identifiers.js';
import { readNotice, writeNotice, type Notice } from '../../lambdas/outcomes/notice-message.js';
import { signedHeaders, signingSecretOf } from '../../lambdas/outcomes/notice-signature.js';
import { bodyOf, outcomesIn } from '../../lambdas/outcomes/outcome.js';
import { mostTries, pauseAfter } from '../../lambdas/outcomes/retry-schedule.js';

const at = Date.parse('2026-11-28T10:00:00.000Z');
const job = jobId('0123456789abcdef0123456789abcdef');
const ward = owner('ward-3');

function jobId(text: string): JobId {
  if (!isJobId(text)) throw new Error(text);
  return text;
}

function owner(text: string): Owner {
  if (!isOwner(text)) throw new Error(text);
  return text;
}

const updated = (state: string, error?: string) =>
  auditEvent({ event: 'job_updated', job_id: job, state, backend: 'sinch', ...(error === undefined ? {} : { error }) }, { actor: { type: 'system' } }, { id: `event-${state}`, now: at });

it('tells each way in which a fax can come out, and nothing else that happens to it', () => {
  const created = auditEvent({ event: 'job_created', job_id: job, to: '+1*****4567', pages: 1, backend: 'sinch' }, { actor: { type: 'bootstrap' } }, { id: 'event-created', now: at });
  const events = [created, updated('success'), updated('failed', 'busy'), updated('uncertain', 'no answer'), updated('cancelled'), updated('in_progress')];
  expect(outcomesIn(events, ward).map(({ id, state, error }) => [id, state, error])).toEqual([
    ['event-success', 'success', undefined],
    ['event-failed', 'failed', 'busy'],
    ['event-uncertain', 'uncertain', 'no answer'],
    ['event-cancelled', 'cancelled', undefined],
  ]);
});

it('says which fax and how it came out, and neither a number nor a name of a file', () => {
  const [outcome] = outcomesIn([updated('failed', 'busy')], ward);
  if (outcome === undefined) throw new Error('There is no outcome');
  expect(JSON.parse(bodyOf(outcome))).toEqual({
    id: 'event-failed',
    type: 'fax.failed',
    timestamp: '2026-11-28T10:00:00.000Z',
    data: { id: job, owner: 'ward-3', state: 'failed', error: 'busy', backend: 'sinch' },
  });
});

it('signs as the vectors that are published for Standard Webhooks', () => {
  const first = signedHeaders({ id: 'msg_loFOjxBNrRLzqYUf', body: '{"event_type":"ping","data":{"success":true}}' }, 'whsec_plJ3nmyCDGBKInavdOK15jsl', 1_731_705_121_999);
  expect(first).toEqual({ 'webhook-id': 'msg_loFOjxBNrRLzqYUf', 'webhook-timestamp': '1731705121', 'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=' });
  const second = signedHeaders({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 1_614_265_330_000);
  expect(second['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('gives each owner a secret of its own, the same each time', () => {
  expect(signingSecretOf(ward, 'stack')).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/);
  expect(signingSecretOf(ward, 'stack')).toBe(signingSecretOf(ward, 'stack'));
  expect(signingSecretOf(owner('ward-4'), 'stack')).not.toBe(signingSecretOf(ward, 'stack'));
  expect(signingSecretOf(ward, 'another stack')).not.toBe(signingSecretOf(ward, 'stack'));
});

it('waits longer after each try, over more than a night, and then gives up', () => {
  const pauses = Array.from({ length: mostTries }, (_, index) => pauseAfter(index + 1, 0));
  expect(pauses.at(-1)).toBeUndefined();
  const waited = pauses.flatMap((pause) => pause ?? []);
  expect(waited).toEqual([...waited].sort((one, other) => one - other));
  expect(waited[0]).toBe(5_000);
  expect(waited.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(24 * 3_600_000);
});

it('waits as long as a receiver asks for, but never longer than an hour for that', () => {
  expect(pauseAfter(1, 0, 120)).toBe(120_000);
  expect(pauseAfter(1, 0, 86_400)).toBe(3_600_000);
  expect(pauseAfter(1, 1)).toBe(6_000);
});

it('reads a notice as it was written, and refuses what is none', () => {
  const [outcome] = outcomesIn([updated('success')], ward);
  if (outcome === undefined) throw new Error('There is no outcome');
  const notice: Notice = { outcome, to: { kind: 'address', url: 'https://example.com/hook' }, tries: 2, notBefore: at };
  expect(readNotice(writeNotice(notice))).toEqual(notice);
  expect(() => readNotice('{"v":2}')).toThrow();
  expect(() => readNotice('no JSON')).toThrow();
});
