/** How many events an environment writes, and that it forgets none that it did not write. */
import { WriteBudget } from '../../lambdas/auth-events/write-budget.js';

const rate = { perSecond: 2, perMinute: 5 };
const write = (suppressed: number) => ({ kind: 'write', suppressed });
const exhausted = { kind: 'exhausted' };

test('so many a second, and the first of the next second carries the number of those that were left out', () => {
  const budget = new WriteBudget(rate);
  expect([0, 1, 2, 999, 1_000].map((now) => budget.take(now))).toEqual([write(0), write(0), exhausted, exhausted, write(2)]);
});

test('so many a minute', () => {
  const budget = new WriteBudget(rate);
  const taken = Array.from({ length: 20 }, (_, second) => budget.take(second * 1_000));
  expect(taken.filter(({ kind }) => kind === 'write')).toHaveLength(5);
  expect(budget.take(60_000)).toEqual(write(15));
});

test('what is skipped is counted, too', () => {
  const budget = new WriteBudget(rate);
  budget.skip();
  budget.skip();
  expect(budget.take(0)).toEqual(write(2));
});
