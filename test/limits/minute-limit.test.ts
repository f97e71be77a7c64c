/** Which limit a request has, and what its answer says of it. */
import { limitHeaders, minuteLimitOf, standingOf, type LimitSettings } from '../../lambdas/limits/minute-limit.js';

const settings: LimitSettings = { maxRequestsPerMinute: 60, tierRequestsPerMinute: { basic: 10, high: 0 }, inboundListRpm: 30, inboundGetRpm: 0 };

test.each([
  ['a key’s own limit before all others', { own: 7, tier: 'basic' }, 7],
  ['its tier’s before everybody’s', { tier: 'basic' }, 10],
  ['its tier’s, also where that is none', { tier: 'high' }, 0],
  ['everybody’s where its tier has none of its own', { tier: 'standard' }, 60],
  ['everybody’s without a tier', {}, 60],
  ['that of the operation’s class, whatever the key has', { own: 7, tier: 'basic', limitClass: 'inbound-list' }, 30],
  ['none where the class has none', { own: 7, limitClass: 'inbound-get' }, 0],
] as const)('a request has %s', (_, caller, limit) => {
  expect(minuteLimitOf(caller, settings)).toBe(limit);
});

const minute = 29_000_000;
const start = minute * 60_000;

test.each([
  [1, 0, { isLimited: false, used: 1, remaining: 2, secondsLeft: 60 }],
  [3, 1, { isLimited: false, used: 3, remaining: 0, secondsLeft: 60 }],
  [4, 59_000, { isLimited: true, used: 3, remaining: 0, secondsLeft: 1 }],
  [900, 59_999, { isLimited: true, used: 3, remaining: 0, secondsLeft: 1 }],
  // A clock that is behind: the window began in its future.
  [2, -500, { isLimited: false, used: 2, remaining: 1, secondsLeft: 61 }],
])('of a limit of 3, the request number %i stands so %i ms into the minute', (requests, offset, standing) => {
  expect(standingOf({ minute, requests }, 3, start + offset)).toEqual(standing);
});

test('the headers are structured fields, with Retry-After where the request is refused', () => {
  const open = { isLimited: false, used: 1, remaining: 59, secondsLeft: 42 };
  expect(limitHeaders(open, 60, undefined)).toEqual({ 'RateLimit-Policy': '"minute";q=60;w=60', RateLimit: '"minute";r=59;t=42' });
  const shut = { isLimited: true, used: 60, remaining: 0, secondsLeft: 42 };
  expect(limitHeaders(shut, 60, 'inbound-list')).toEqual({ 'RateLimit-Policy': '"inbound-list";q=60;w=60', RateLimit: '"inbound-list";r=0;t=42', 'Retry-After': '42' });
});
