/** When a number is dialled again and when another provider takes over: only where no page went out, and not for ever. */
import fc from 'fast-check';
import type { AttemptCause, Job } from '../../lambdas/faxes/job.js';
import { attemptIdOf } from '../../lambdas/faxes/job-item.js';
import { afterFailure, afterRelease, type RedialRules } from '../../lambdas/faxes/redial.js';
import { claim, redialled, released } from '../../lambdas/faxes/transitions.js';
import { failureCauses } from '../../lambdas/providers/provider.js';
import { queuedJob } from './job.fixture.js';

const rules: RedialRules = { busySeconds: 180, noAnswerSeconds: 300, maxTries: 3, maxDials: 12 };
const providers = ['sinch', 'phaxio', 'telnyx'];

/** A job whose last attempt is open, after attempts that failed for these causes. */
function after(causes: readonly AttemptCause[], overrides: Parameters<typeof queuedJob>[0] = {}) {
  let job = queuedJob({ backend: 'sinch', providers, ...overrides });
  let now = 10_000;
  for (const cause of [...causes, undefined]) {
    const claimed = claim(job, { now, attemptId: attemptIdOf(job.id, job.attempts.length + 1), claimSeconds: 90 });
    now += 1_000;
    if (cause === undefined) return claimed;
    job =
      cause === 'not_connected' || cause === 'throttled'
        ? released(claimed, { now, error: cause, cause, retryAt: now, backend: job.backend })
        : redialled(claimed, { now, error: cause, facts: { cause }, retryAt: now, backend: job.backend });
  }
  throw new Error('unreachable');
}

const failed = (job: Job, cause: (typeof failureCauses)[number], over: { configured?: readonly string[]; rules?: Partial<RedialRules> } = {}) =>
  afterFailure(job, cause, { now: 1_000_000, rules: { ...rules, ...over.rules }, configured: over.configured ?? providers });

describe('dialling again', () => {
  it.each([
    ['busy', 180, 'sinch'],
    ['no_answer', 300, 'sinch'],
    ['no_carrier', 300, 'sinch'],
    // The network's fault: another provider has another way.
    ['congestion', 180, 'phaxio'],
  ] as const)('after %s: in %d seconds, by %s', (cause, seconds, backend) => {
    expect(failed(after([]), cause)).toEqual({ kind: 'again', retryAt: 1_000_000 + seconds * 1000, backend });
  });

  it.each(['number', 'document', 'other'] as const)('never after %s: it would fail again', (cause) => {
    expect(failed(after([]), cause)).toEqual({ kind: 'over' });
  });

  it('ends with the twelfth call, and with the third that no fax machine answers', () => {
    const busy = (times: number): AttemptCause[] => Array.from({ length: times }, () => 'busy');
    expect(failed(after(busy(10)), 'busy').kind).toBe('again');
    expect(failed(after(busy(11)), 'busy').kind).toBe('over');
    expect(failed(after(['no_carrier', 'busy']), 'no_carrier').kind).toBe('again');
    expect(failed(after(['no_carrier', 'no_carrier']), 'no_carrier').kind).toBe('over');
  });

  it('counts calls only: what no provider took was none', () => {
    expect(failed(after(Array.from({ length: 20 }, () => 'throttled')), 'busy').kind).toBe('again');
  });

  it.each([0, 1])('with REDIAL_MAX_DIALS %d there is one call', (maxDials) => {
    expect(failed(after([]), 'busy', { rules: { maxDials } })).toEqual({ kind: 'over' });
  });

  it('ends where somebody wants the fax cancelled', () => {
    expect(failed(after([], { cancelRequestedAt: 5 }), 'busy')).toEqual({ kind: 'over' });
  });

  it('comes to an end whatever happens: a fax is not dialled for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...failureCauses), { minLength: 40, maxLength: 60 }), (causes) => {
        let job = queuedJob({ backend: 'sinch', providers });
        let calls = 0;
        for (const cause of causes) {
          const claimed = claim(job, { now: calls, attemptId: attemptIdOf(job.id, calls + 1), claimSeconds: 90 });
          const next = failed(claimed, cause);
          calls += 1;
          if (next.kind === 'over') break;
          job = redialled(claimed, { now: calls, error: cause, facts: { cause }, ...next });
        }
        expect(calls).toBeLessThanOrEqual(rules.maxDials + providers.length);
      }),
    );
  });
});

describe('another provider takes over', () => {
  it.each(['credentials', 'funds', 'limit'] as const)('at once where the first refuses for %s, and the last one in the row ends it', (cause) => {
    expect(failed(after([]), cause)).toEqual({ kind: 'again', retryAt: 1_000_000, backend: 'phaxio' });
    expect(failed(after([], { backend: 'telnyx' }), cause)).toEqual({ kind: 'over' });
  });

  it('and is one that is configured', () => {
    expect(failed(after([]), 'funds', { configured: ['sinch', 'telnyx'] })).toMatchObject({ backend: 'telnyx' });
    expect(failed(after([]), 'funds', { configured: ['sinch'] })).toEqual({ kind: 'over' });
  });

  const releasedAfter = (causes: readonly AttemptCause[], retryAfterSeconds?: number, configured = providers) =>
    afterRelease(after(causes), { now: 50_000, retryAfterSeconds, configured });

  it('where the first could not be reached three times in a row', () => {
    expect(releasedAfter([])).toEqual({ kind: 'again', retryAt: 80_000, backend: 'sinch' });
    expect(releasedAfter(['not_connected'])).toEqual({ kind: 'again', retryAt: 110_000, backend: 'sinch' });
    expect(releasedAfter(['not_connected', 'throttled'])).toEqual({ kind: 'again', retryAt: 50_000, backend: 'phaxio' });
    expect(releasedAfter(['not_connected', 'not_connected', 'busy'])).toMatchObject({ backend: 'sinch' });
  });

  it('else the only provider is tried at growing intervals, half an hour at most, and for a day', () => {
    const times = (count: number): AttemptCause[] => Array.from({ length: count }, () => 'not_connected');
    expect(releasedAfter(times(5), undefined, ['sinch'])).toMatchObject({ retryAt: 50_000 + 960_000 });
    expect(releasedAfter(times(20), undefined, ['sinch'])).toMatchObject({ retryAt: 50_000 + 1_800_000 });
    expect(afterRelease(after(times(20)), { now: 25 * 60 * 60_000, retryAfterSeconds: undefined, configured: ['sinch'] })).toEqual({ kind: 'over' });
  });

  it('a provider that asks for patience gets what it asks for', () => {
    expect(releasedAfter([], 7)).toEqual({ kind: 'again', retryAt: 57_000, backend: 'sinch' });
  });
});
