/** What is left of a caller's minute, for whoever asks about their own key. */
import type { KeyCaller } from '../platform/caller.js';
import { minuteOf, standingOf, type Standing } from './minute-limit.js';
import { readWindow } from './usage-store.js';

export interface LimitsLeft extends Pick<Standing, 'used' | 'remaining' | 'secondsLeft'> {
  /** Requests in a UTC minute. */
  readonly limit: number;
}

/**
 * The caller's limit for all its requests and what it used of it, from the item that the gate counts in; undefined without a limit.
 * The request that asks is counted beside its operation, so it may or may not be among `used`.
 */
export async function limitsLeft(tableName: string, caller: KeyCaller, now: number): Promise<LimitsLeft | undefined> {
  const { minuteLimit: limit } = caller;
  if (limit === 0) return undefined;
  const window = await readWindow(tableName, caller);
  const minute = minuteOf(now);
  const { used, remaining, secondsLeft } = standingOf(window === undefined || window.minute < minute ? { minute, requests: 0 } : window, limit, now);
  return { limit, used, remaining, secondsLeft };
}

/** The same in the words of the contract; null without a limit. */
export async function minuteLeft(
  tableName: string,
  caller: KeyCaller,
  now: number,
): Promise<{ readonly limit: number; readonly remaining: number; readonly reset_seconds: number } | null> {
  const left = await limitsLeft(tableName, caller, now);
  return left === undefined ? null : { limit: left.limit, remaining: left.remaining, reset_seconds: left.secondsLeft };
}
