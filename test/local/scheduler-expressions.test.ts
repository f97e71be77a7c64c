/** When a schedule is due. */
import { parseScheduleExpression } from '../../local/scheduler/schedule-expression.js';

const start = Date.parse('2026-11-20T10:00:30Z');
/** The first times after the start at which an expression is due. */
function times(expression: string, count = 3, timeZone = 'UTC', dueAtAnchor = true, after = start - 1): (string | undefined)[] {
  const schedule = parseScheduleExpression(expression, { anchor: start, timeZone, dueAtAnchor });
  const found: (string | undefined)[] = [];
  for (let time: number | undefined = after; found.length < count && time !== undefined; ) {
    time = schedule.next(time);
    found.push(time === undefined ? undefined : new Date(time).toISOString().replace('.000Z', 'Z'));
  }
  return found;
}

test('a rate counts from its anchor', () => {
  expect(times('rate(5 minutes)')).toEqual(['2026-11-20T10:00:30Z', '2026-11-20T10:05:30Z', '2026-11-20T10:10:30Z']);
  expect(times('rate(1 hour)', 2, 'UTC', false)).toEqual(['2026-11-20T11:00:30Z', '2026-11-20T12:00:30Z']);
  expect(times('rate(1 day)', 1, 'UTC', true, start)).toEqual(['2026-11-21T10:00:30Z']);
});

test.each<[string, string[]]>([
  ['cron(0 3 * * ? *)', ['2026-11-21T03:00:00Z', '2026-11-22T03:00:00Z', '2026-11-23T03:00:00Z']],
  ['cron(0/20 10-11 ? * MON-FRI *)', ['2026-11-20T10:20:00Z', '2026-11-20T10:40:00Z', '2026-11-20T11:00:00Z']],
  ['cron(30 9 ? * SAT-SUN *)', ['2026-11-21T09:30:00Z', '2026-11-22T09:30:00Z', '2026-11-28T09:30:00Z']],
  ['cron(0 0 L * ? *)', ['2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z', '2027-01-31T00:00:00Z']],
  ['cron(0 0 1W * ? *)', ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z']],
  ['cron(0 0 15W 5,8 ? *)', ['2027-05-14T00:00:00Z', '2027-08-16T00:00:00Z', '2028-05-15T00:00:00Z']],
  ['cron(0 8 ? * 2#1 *)', ['2026-12-07T08:00:00Z', '2027-01-04T08:00:00Z', '2027-02-01T08:00:00Z']],
  ['cron(0 8 ? * FRIL *)', ['2026-11-27T08:00:00Z', '2026-12-25T08:00:00Z', '2027-01-29T08:00:00Z']],
  ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z', '2036-02-29T00:00:00Z']],
  ['cron(15,45 0 1 JAN ? 2028-2029)', ['2028-01-01T00:15:00Z', '2028-01-01T00:45:00Z', '2029-01-01T00:15:00Z']],
])('%s', (expression, expected) => {
  expect(times(expression)).toEqual(expected);
});

test('a cron that never comes again has no next time', () => {
  expect(times('cron(0 0 1 1 ? 2026)', 1)).toEqual([undefined]);
  expect(times('cron(0 0 31 FEB ? *)', 1)).toEqual([undefined]);
});

test('a time zone moves with its daylight saving time', () => {
  const after = Date.parse('2027-03-26T00:00:00Z');
  expect(times('cron(0 9 * * ? *)', 3, 'Europe/Berlin', true, after)).toEqual(['2027-03-26T08:00:00Z', '2027-03-27T08:00:00Z', '2027-03-28T07:00:00Z']);
});

test('a time that the clocks leave out is skipped; one that they show twice comes once', () => {
  expect(times('cron(30 2 * * ? *)', 2, 'Europe/Berlin', true, Date.parse('2027-03-27T12:00:00Z'))).toEqual(['2027-03-29T00:30:00Z', '2027-03-30T00:30:00Z']);
  expect(times('cron(30 2 * * ? *)', 2, 'Europe/Berlin', true, Date.parse('2027-10-30T12:00:00Z'))).toEqual(['2027-10-31T00:30:00Z', '2027-11-01T01:30:00Z']);
});

test('at is due once, in its time zone', () => {
  expect(times('at(2026-11-20T12:00:00)', 2, 'America/New_York')).toEqual(['2026-11-20T17:00:00Z', undefined]);
  expect(times('at(2020-01-01T00:00:00)', 1)).toEqual([undefined]);
});

test.each(['rate(0 minutes)', 'rate(5 seconds)', 'every(1 day)', 'cron(0 0 * * * *)', 'cron(60 0 * * ? *)', 'cron(0 0 ? * MOO *)', 'cron(0 0 * * ?)', 'at(tomorrow)'])(
  '%s is an error', (expression) => {
    expect(() => times(expression)).toThrow();
  },
);

test('an unknown time zone is an error', () => {
  expect(() => times('cron(0 0 * * ? *)', 1, 'Europe/Nowhere')).toThrow('no time zone');
});
