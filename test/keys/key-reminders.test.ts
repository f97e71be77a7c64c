/** When a person is reminded of a key, and what is advised on it. */
import { adviceFor } from '../../lambdas/keys/key-advice.js';
import { noticeOf, remindersOf } from '../../lambdas/keys/key-reminders.js';
import { keyWithToken } from './key.fixture.js';

const day = 86_400_000;
const expiresAt = Date.parse('2027-01-31T12:00:00Z');
const onDay = (days: number) => expiresAt - days * day;
const usage = (lastUsedAt: number, scopes: ['fax:send' | 'fax:read', number][] = []) => ({ lastUsedAt, secrets: new Map(), scopes: new Map(scopes) });

describe('a reminder', () => {
  it('of an expiry comes 30, 14, 7, 3 and 1 days before and on the day, and on no other', () => {
    const { key } = keyWithToken({ expiresAt });
    const days = Array.from({ length: 60 }, (_, index) => index).filter((index) => remindersOf(key, onDay(index) - 1).length > 0);
    expect(days).toEqual([0, 1, 3, 7, 14, 30]);
    expect(remindersOf(key, onDay(7) - 1)).toMatchObject([{ detail: 'expires in 7 days, at 2027-01-31T12:00:00.000Z: extend it, or create its successor' }]);
  });

  it('is the same at every hour of a day', () => {
    const { key } = keyWithToken({ expiresAt });
    for (const time of ['00:00:00', '11:59:59', '23:59:59']) expect(remindersOf(key, Date.parse(`2027-01-28T${time}Z`))).toHaveLength(1);
  });

  it('of a rotation comes a week before, on the day, and every week until it is done', () => {
    const { key } = keyWithToken({ rotateEveryDays: 90 });
    const rotated = key.secrets[0]?.createdAt ?? 0;
    const days = Array.from({ length: 130 }, (_, index) => index).filter((index) => remindersOf(key, rotated + index * day).length > 0);
    expect(days).toEqual([83, 90, 97, 104, 111, 118, 125]);
    expect(remindersOf(key, rotated + 97 * day)).toMatchObject([{ detail: 'should have had a new secret 7 days ago, by its policy of 90 days: rotate it' }]);
  });

  it('never comes of a key that is not in force', () => {
    for (const dead of [{ revokedAt: 5 }, { disabledAt: 5 }]) expect(remindersOf(keyWithToken({ expiresAt, ...dead }).key, onDay(1) - 1)).toEqual([]);
  });
});

describe('the notice of a day', () => {
  it('names the keys and what to do, and is not sent for nothing', () => {
    const { key, token } = keyWithToken({ name: 'billing', expiresAt });
    const notice = noticeOf(remindersOf(key, onDay(1) - 1), 'dev');
    expect(notice).toEqual({
      subject: 'Faxbot dev: 1 API key needs attention',
      text: `- billing (${key.id}, owner default): expires tomorrow, at 2027-01-31T12:00:00.000Z: extend it, or create its successor`,
    });
    expect(JSON.stringify(notice)).not.toContain(token.slice(22));
    expect(noticeOf([], 'dev')).toBeUndefined();
  });

  it('stays within what a topic takes, however many keys there are', () => {
    const { key } = keyWithToken({ name: 'n'.repeat(100), expiresAt });
    const notice = noticeOf(Array.from({ length: 10_000 }, () => remindersOf(key, onDay(1) - 1)).flat(), 'dev');
    expect(notice?.subject).toBe('Faxbot dev: 10000 API keys need attention');
    expect(Buffer.byteLength(notice?.text ?? '')).toBeLessThan(256 * 1024);
    expect(notice?.text).toContain('... and 9800 more');
  });
});

describe('advice', () => {
  const codes = (...args: Parameters<typeof adviceFor>) => adviceFor(...args).map(({ code }) => code);
  const { key } = keyWithToken({ expiresAt });
  const old = keyWithToken({ expiresAt: 400 * day }).key;

  it('speaks of an expiry within 30 days, and of none at all', () => {
    expect(codes({ ...key, createdAt: onDay(20) }, usage(onDay(20)), onDay(30))).toEqual(['expires_soon']);
    expect(codes({ ...key, createdAt: onDay(31) }, usage(onDay(31)), onDay(31))).toEqual([]);
    expect(codes({ ...old, expiresAt: undefined }, usage(1), 2)).toEqual(['no_expiry']);
  });

  it('speaks of a key that was never used once it is a week old', () => {
    expect(codes(old, undefined, old.createdAt + 6 * day)).toEqual([]);
    expect(codes(old, undefined, old.createdAt + 7 * day)).toEqual(['never_used']);
  });

  it('speaks of scopes that a key did not use in 90 days, by name', () => {
    const now = old.createdAt + 200 * day;
    const advice = adviceFor(old, usage(now, [['fax:send', now], ['fax:read', now - 91 * day]]), now);
    expect(advice).toEqual([{ code: 'unused_scopes', detail: 'It did not use fax:read in 90 days: take away what it does not need' }]);
  });

  it('speaks of a secret that is older than its policy', () => {
    const policy = { ...old, rotateEveryDays: 30 };
    expect(codes(policy, usage(1), old.createdAt + 29 * day)).toEqual([]);
    expect(codes(policy, usage(1), old.createdAt + 30 * day)).toEqual(['rotation_due']);
  });
});
