/** One call at a time to a number. */
import { isStale, leaseIdOf, leaseOf, waitForLine } from '../../lambdas/faxes/destination-lease.js';
import { attemptIdOf } from '../../lambdas/faxes/job-item.js';
import { claim, ended, redialled, released, submitted } from '../../lambdas/faxes/transitions.js';
import { workJob } from '../../lambdas/faxes/work-job.js';
import { auditEvent } from '../../lambdas/audit/event.js';
import { faxNumber, jobId, queuedJob } from './job.fixture.js';
import { only, provider, sending } from './sending.fixture.js';

const first = queuedJob();
const attemptId = attemptIdOf(first.id, 1);
const lease = leaseOf(first.to, { jobId: first.id, attemptId, now: 2_000 });
const submitting = claim(first, { now: 2_500, attemptId, claimSeconds: 90 });
const inProgress = submitted(submitting, { now: 3_000, providerSid: 'sid', pollAt: 4_000 });
const event = auditEvent({ event: 'job_updated', job_id: first.id, state: 'x', backend: 'sandbox' }, { actor: { type: 'system' } }, { id: 'e', now: 1 });
const end = (kind: 'success' | 'cancelled') => ended(inProgress, { now: 9_000, end: { kind }, event });
const uncertain = ended(submitting, { now: 9_000, end: { kind: 'uncertain', error: 'reset' }, event });

it('the key of a lease is the number’s hash', () => {
  expect(leaseIdOf(faxNumber('+15551234567'))).toMatch(/^destination#[0-9a-f]{64}$/);
  expect(leaseIdOf(faxNumber('+15551234567'))).not.toBe(leaseIdOf(faxNumber('+15551234568')));
});

it.each([
  ['the fax is being handed over', submitting, 100_000_000, false],
  ['the provider has it', inProgress, 100_000_000, false],
  ['it was delivered', end('success'), 9_001, true],
  ['it was cancelled', end('cancelled'), 9_001, true],
  ['it was busy', redialled(inProgress, { now: 9_000, error: 'busy', facts: { cause: 'busy' }, retryAt: 9_000, backend: 'sandbox' }), 9_001, true],
  ['it never got there', released(submitting, { now: 9_000, error: 'x', cause: 'not_connected', retryAt: 9_000, backend: 'sandbox' }), 9_001, true],
  ['nobody knows, a minute ago', uncertain, 60_000, false],
  ['the provider itself does not know what arrived', ended(inProgress, { now: 9_000, end: { kind: 'uncertain', error: 'cut' }, event }), 9_001, true],
  ['nobody knows, an hour ago', uncertain, 3_600_000, true],
  ['it was taken a moment ago, and not claimed yet', first, 3_000, false],
  ['whoever took it died before the claim', first, 92_001, true],
  ['its job is forgotten', undefined, 2_001, true],
] as const)('a lease of a line where %s', (_, holder, now, stale) => {
  expect(isStale(lease, holder, { now, claimSeconds: 90 })).toBe(stale);
});

it.each([
  ['is asked how it is doing in ten seconds', { ...inProgress, pollAt: 20_000 }, 10_000, 20_000],
  ['is asked in an hour', { ...inProgress, pollAt: 3_610_000 }, 15_000, 30_000],
  ['is asked now', { ...inProgress, pollAt: 5_000 }, 1_000, 2_000],
  ['is being handed over', submitting, 1_000, 2_000],
  ['ended nobody knows how', uncertain, 15_000, 30_000],
] as const)('the wait for a line whose fax %s', (_, holder, least, most) => {
  expect([waitForLine(holder, 10_000, 0), waitForLine(holder, 10_000, 1)]).toEqual([least, most]);
});

it('a second fax to the number waits while the first is under way, and goes out after it', async () => {
  const second = queuedJob({ id: jobId('f'.repeat(32)) });
  const line = provider({ status: { kind: 'success' } });
  const wiring = sending(first, { providers: only(line) });
  await wiring.store.create(second);
  await workJob(first.id, wiring);
  await workJob(second.id, wiring);
  expect(line.sends).toEqual([attemptId]);
  expect(await wiring.store.find(second.id)).toMatchObject({ state: 'queued', notBefore: 7_000, attempts: [] });
  expect(wiring.nudges.at(-1)).toEqual([second.id, 5]);
  wiring.time.now = 7_000;
  await workJob(first.id, wiring);
  await workJob(second.id, wiring);
  expect(line.sends).toEqual([attemptId, `${second.id}-1`]);
});

it('two senders that find the line free at once: one of the two faxes goes out', async () => {
  const second = queuedJob({ id: jobId('f'.repeat(32)) });
  const line = provider();
  const wiring = sending(first, { providers: only(line) });
  await wiring.store.create(second);
  await Promise.all([workJob(first.id, wiring), workJob(second.id, wiring), workJob(first.id, wiring), workJob(second.id, wiring)]);
  expect(line.sends).toHaveLength(1);
});

it('a fax to another number does not wait', async () => {
  const second = queuedJob({ id: jobId('f'.repeat(32)), to: faxNumber('+15551230000') });
  const line = provider();
  const wiring = sending(first, { providers: only(line) });
  await wiring.store.create(second);
  await Promise.all([workJob(first.id, wiring), workJob(second.id, wiring)]);
  expect(line.sends).toHaveLength(2);
});
