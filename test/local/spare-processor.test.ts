/** When a machine counts as busy. */
import { SpareProcessor } from '../../local/lambda/spare-processor.js';

/** Looks at times that go on by so much with each look. */
function looks(steps: readonly { readonly idle: number; readonly all: number }[]): boolean[] {
  let idle = 0;
  let all = 0;
  let now = 0;
  const rest = [{ idle: 0, all: 0 }, ...steps];
  const processor = new SpareProcessor(() => {
    const step = rest.shift() ?? { idle: 0, all: 0 };
    idle += step.idle;
    all += step.all;
    return { idle, all };
  }, now);
  return steps.map(() => {
    now += 1_000;
    return processor.hasSome(now);
  });
}

test('a machine that idles has time to spare, a busy one has none, and one that is free again has some again', () => {
  expect(looks([{ idle: 900, all: 1000 }, { idle: 20, all: 1000 }, { idle: 500, all: 1000 }])).toEqual([true, false, true]);
});

test('a machine that tells no times is taken for one with time to spare', () => {
  expect(looks([{ idle: 0, all: 0 }])).toEqual([true]);
});

test('a look that comes soon after another one gives the same answer', () => {
  const times = [{ idle: 0, all: 0 }, { idle: 10, all: 1000 }, { idle: 1000, all: 2000 }];
  const processor = new SpareProcessor(() => times.shift() ?? { idle: 0, all: 0 }, 0);
  expect([processor.hasSome(1000), processor.hasSome(1001)]).toEqual([false, false]);
});
