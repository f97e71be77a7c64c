/**
 * A native API Gateway key that keys of ours lease one by one, so that each has a rate and a quota of its own
 * (docs/adr/0014-leased-native-keys.md). Pure.
 */
import { randomBytes } from 'node:crypto';
import { tiers, type Tier } from '../contract/tiers.js';

/**
 * Where one stands: the hash key of the index `pool`, whose range is a time (epoch milliseconds).
 * `making`: when it was begun. `free`: from when on it may be leased. `leased`: when somebody has to look whether its key still
 * holds it. `resting`: when it was given back.
 */
export type PoolState = 'making' | 'free' | 'leased' | 'resting';

export function poolOf(state: PoolState, tier: Tier): string {
  return `${state}#${tier}`;
}

/** A new value. It begins with its tier, so that whoever has a value knows the pool; only the authorizer can present it. */
export function newNativeKey(tier: Tier): string {
  return `${tier}${randomBytes(16).toString('hex')}`;
}

/** The tier that a value was made for. @throws Error for one that newNativeKey did not make */
export function tierOf(value: string): Tier {
  const tier = tiers.find((one) => value.startsWith(one) && /^[0-9a-f]{32}$/.test(value.slice(one.length)));
  if (tier === undefined) throw new Error('The native key is not one of the pool');
  return tier;
}

/** The period of a usage plan's quota; NONE: it has no quota. */
export const quotaPeriods = ['NONE', 'DAY', 'WEEK', 'MONTH'] as const;
export type QuotaPeriod = (typeof quotaPeriods)[number];

const dayMilliseconds = 86_400_000;

/**
 * What was given back before this time may be leased again: a native key that is put into use again keeps the quota that it used,
 * until the period ends (UTC; a week begins on Sunday).
 */
export function restedBefore(period: QuotaPeriod, now: number): number {
  const date = new Date(now);
  const today = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (period) {
    case 'NONE':
      return now;
    case 'DAY':
      return today;
    case 'WEEK':
      return today - date.getUTCDay() * dayMilliseconds;
    case 'MONTH':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}

/** How many free ones each tier should have at hand: enough for the keys that are created until the next look. */
export function wantedFree(poolSize: number): number {
  return Math.ceil(poolSize / 10);
}

/** The tier that needs the next native key most; undefined where all have enough, or the pool is full. */
export function nextTier(free: ReadonlyMap<Tier, number>, { total, poolSize }: { readonly total: number; readonly poolSize: number }): Tier | undefined {
  if (total >= poolSize) return undefined;
  const [poorest] = [...free].sort(([, one], [, other]) => one - other);
  return poorest !== undefined && poorest[1] < wantedFree(poolSize) ? poorest[0] : undefined;
}
