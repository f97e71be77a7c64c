/** How many requests the gateway lets through in a UTC minute for one caller, and what an answer says of it. Pure. */
import type { LimitClass } from '../contract/operations.js';
import type { Tier } from '../contract/tiers.js';

/** The settings that limits come from; 0 is no limit. */
export interface LimitSettings {
  readonly maxRequestsPerMinute: number;
  readonly tierRequestsPerMinute: Readonly<Partial<Record<Tier, number>>>;
  readonly inboundListRpm: number;
  readonly inboundGetRpm: number;
}

/**
 * The limit of a request: that of the operation's own class where it has one; else the key's own, its tier's, or everybody's.
 * @returns requests in a minute; 0: no limit
 */
export function minuteLimitOf(
  { own, tier, limitClass }: { readonly own?: number | undefined; readonly tier?: Tier | undefined; readonly limitClass?: LimitClass | undefined },
  settings: LimitSettings,
): number {
  switch (limitClass) {
    case 'inbound-list':
      return settings.inboundListRpm;
    case 'inbound-get':
      return settings.inboundGetRpm;
    case undefined:
      return own ?? (tier === undefined ? undefined : settings.tierRequestsPerMinute[tier]) ?? settings.maxRequestsPerMinute;
  }
}

/** A caller's requests in one minute. */
export interface MinuteWindow {
  /** Minutes since 1970, UTC. */
  readonly minute: number;
  /** Counted so far, refused ones included. */
  readonly requests: number;
}

export interface Standing {
  /** True for a request that is over the limit. */
  readonly isLimited: boolean;
  /** Of the limit, in this window. */
  readonly used: number;
  readonly remaining: number;
  /** Until the next window, from 1 to 60 (and a little more where another environment's clock is ahead). */
  readonly secondsLeft: number;
}

export const windowSeconds = 60;

export function minuteOf(now: number): number {
  return Math.floor(now / 1000 / windowSeconds);
}

/** How a caller stands after the request that a window counted last. `limit` is not 0. */
export function standingOf({ minute, requests }: MinuteWindow, limit: number, now: number): Standing {
  const used = Math.min(requests, limit);
  return { isLimited: requests > limit, used, remaining: limit - used, secondsLeft: Math.max(1, Math.ceil(((minute + 1) * windowSeconds * 1000 - now) / 1000)) };
}

/**
 * The headers of an answer, as draft-ietf-httpapi-ratelimit-headers-11 writes them: `q` requests in a window of `w` seconds,
 * `r` left for the next `t` seconds.
 */
export function limitHeaders({ isLimited, remaining, secondsLeft }: Standing, limit: number, limitClass: LimitClass | undefined): Record<string, string> {
  const policy = `"${limitClass ?? 'minute'}"`;
  return {
    'RateLimit-Policy': `${policy};q=${limit};w=${windowSeconds}`,
    RateLimit: `${policy};r=${remaining};t=${secondsLeft}`,
    ...(isLimited ? { 'Retry-After': String(secondsLeft) } : {}),
  };
}
