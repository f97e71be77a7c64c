/** What an administrator should look at on a key, and what reminders speak of. Pure. */
import type { KeyAdviceCode } from '../contract/key-words.js';
import type { KeyUsage } from '../limits/key-usage-store.js';
import { stateOf, type ApiKey } from './key.js';

export interface KeyAdvice {
  readonly code: KeyAdviceCode;
  /** What it is and what to do. */
  readonly detail: string;
}

const dayMilliseconds = 86_400_000;

/** An expiry this near is spoken of. */
const expiryWarningDays = 30;

/** A key this old that was never used has had its chance. */
const unusedKeyDays = 7;

/** A scope that was not used for this long is one that the key may not need. */
const unusedScopeDays = 90;

/** Advice on a key that is in force; a dead one needs none. */
export function adviceFor(key: ApiKey, usage: KeyUsage | undefined, now: number): KeyAdvice[] {
  if (stateOf(key, now) !== 'active') return [];
  return [...expiryAdvice(key, now), ...rotationAdvice(key, now), ...usageAdvice(key, usage, now)];
}

/** Whole days from now until a key ends; undefined for one that does not. */
export function daysUntilExpiry(key: Pick<ApiKey, 'expiresAt'>, now: number): number | undefined {
  return key.expiresAt === undefined ? undefined : Math.ceil((key.expiresAt - now) / dayMilliseconds);
}

/** Whole days from now until the secret should be new, negative once it should have been; undefined without a policy. */
export function daysUntilRotation(key: Pick<ApiKey, 'secrets' | 'rotateEveryDays'>, now: number): number | undefined {
  const secret = key.secrets.at(-1);
  if (key.rotateEveryDays === undefined || secret === undefined) return undefined;
  return Math.ceil((secret.createdAt + key.rotateEveryDays * dayMilliseconds - now) / dayMilliseconds);
}

function expiryAdvice(key: ApiKey, now: number): KeyAdvice[] {
  const days = daysUntilExpiry(key, now);
  if (days === undefined) return [{ code: 'no_expiry', detail: 'It never expires: set an expiry, or a rotation policy at least' }];
  if (days > expiryWarningDays) return [];
  return [{ code: 'expires_soon', detail: `It expires ${inDays(days)}: extend it, or create its successor` }];
}

function rotationAdvice(key: ApiKey, now: number): KeyAdvice[] {
  const days = daysUntilRotation(key, now);
  if (days === undefined || days > 0) return [];
  return [{ code: 'rotation_due', detail: `Its secret is older than the ${key.rotateEveryDays ?? 0} days of its policy: rotate it` }];
}

function usageAdvice(key: ApiKey, usage: KeyUsage | undefined, now: number): KeyAdvice[] {
  const age = (now - key.createdAt) / dayMilliseconds;
  if (usage === undefined) {
    return age < unusedKeyDays ? [] : [{ code: 'never_used', detail: `It was never used in ${Math.floor(age)} days: revoke it if nobody needs it` }];
  }
  if (age < unusedScopeDays) return [];
  const unused = key.scopes.filter((scope) => (usage.scopes.get(scope) ?? 0) < now - unusedScopeDays * dayMilliseconds);
  if (unused.length === 0) return [];
  return [{ code: 'unused_scopes', detail: `It did not use ${unused.join(', ')} in ${unusedScopeDays} days: take away what it does not need` }];
}

function inDays(days: number): string {
  return days === 1 ? 'within a day' : `in ${days} days`;
}
