/** When a number is dialled again, and by which provider: only where certainly no page went out. Pure. */
import { redialledCauses, type FailureCause } from '../providers/provider.js';
import type { Attempt, Job } from './job.js';

/** HylaFAX's terms: a dial is a call, a try one that was answered and came to no fax. */
export interface RedialRules {
  readonly busySeconds: number;
  readonly noAnswerSeconds: number;
  readonly maxTries: number;
  /** 0 and 1: nothing is dialled again. */
  readonly maxDials: number;
}

export type AfterFailure =
  | { readonly kind: 'again'; readonly retryAt: number; readonly backend: string }
  | { readonly kind: 'over' };

/** Failures that are the provider's own, not the number's: another provider may do better, this one will not. */
const ownFailures: ReadonlySet<FailureCause> = new Set<FailureCause>(['credentials', 'funds', 'limit']);

/** A provider that did not take the fax so many times in a row gives way to the next one. */
const patienceWithProvider = 3;

/** The first wait for a provider that can't be reached; it doubles up to the longest. */
const firstWait = 30_000;
const longestWait = 30 * 60_000;

/** A fax that no provider took for so long has failed, and its sender hears of it. */
const longestStreak = 24 * 60 * 60_000;

/**
 * What follows on a failure of which the provider is certain: no page went out.
 * @param configured which of the job's providers can be used now
 */
export function afterFailure(job: Job, cause: FailureCause, { now, rules, configured }: { readonly now: number; readonly rules: RedialRules; readonly configured: readonly string[] }): AfterFailure {
  if (job.cancelRequestedAt !== undefined) return { kind: 'over' };
  const next = nextProvider(job, configured);
  if (ownFailures.has(cause)) return next === undefined ? { kind: 'over' } : { kind: 'again', retryAt: now, backend: next };
  if (!redialledCauses.has(cause)) return { kind: 'over' };
  const causes = [...job.attempts.slice(0, -1).map((attempt) => attempt.cause), cause];
  const dials = causes.filter(isRedialled).length;
  const tries = causes.filter((one) => one === 'no_carrier').length;
  if (dials >= rules.maxDials || tries >= rules.maxTries) return { kind: 'over' };
  const seconds = cause === 'busy' || cause === 'congestion' ? rules.busySeconds : rules.noAnswerSeconds;
  // A network without a free line is the provider's way to the number: the next one has another.
  return { kind: 'again', retryAt: now + seconds * 1000, backend: cause === 'congestion' ? (next ?? job.backend) : job.backend };
}

/** What follows where the provider did not take the fax at all: it could not be reached, or asked for patience. */
export function afterRelease(
  job: Job,
  { now, retryAfterSeconds, configured }: { readonly now: number; readonly retryAfterSeconds: number | undefined; readonly configured: readonly string[] },
): AfterFailure {
  const earlier = streak(job.attempts.slice(0, -1));
  const started = earlier[0]?.startedAt ?? now;
  if (job.cancelRequestedAt !== undefined || now - started > longestStreak) return { kind: 'over' };
  const times = earlier.filter(({ backend }) => backend === job.backend).length + 1;
  const next = nextProvider(job, configured);
  if (times >= patienceWithProvider && next !== undefined) return { kind: 'again', retryAt: now, backend: next };
  const wait = Math.min(firstWait * 2 ** Math.min(times - 1, 10), longestWait);
  return { kind: 'again', retryAt: now + (retryAfterSeconds === undefined ? wait : Math.min(Math.max(retryAfterSeconds * 1000, 1_000), longestWait)), backend: job.backend };
}

/** The first of the job's providers behind the one in use that can be used. */
function nextProvider(job: Job, configured: readonly string[]): string | undefined {
  return job.providers.slice(job.providers.indexOf(job.backend) + 1).find((id) => configured.includes(id));
}

/** The attempts at the end that no provider took. */
function streak(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.slice(attempts.findLastIndex(({ result }) => result.kind !== 'not_submitted') + 1);
}

function isRedialled(cause: Attempt['cause']): boolean {
  const words: ReadonlySet<string> = redialledCauses;
  return cause !== undefined && words.has(cause);
}
