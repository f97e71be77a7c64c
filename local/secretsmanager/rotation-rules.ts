/**
 * When a secret is due for rotation, by its rules. Pure; times are milliseconds, days are UTC's.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';
import { nextMatch, parseCron } from '../scheduler/cron.js';

export const rotationRules = z
  .strictObject({
    AutomaticallyAfterDays: z.number().int().min(1).max(1000).optional(),
    Duration: z.string().regex(/^\d{1,2}h$/, 'a duration is a number of hours, such as 3h').optional(),
    ScheduleExpression: z.string().max(256).optional(),
  })
  .refine(
    ({ AutomaticallyAfterDays: days, ScheduleExpression: expression }) => (days === undefined) !== (expression === undefined),
    'rotation rules have either AutomaticallyAfterDays or ScheduleExpression',
  );
export type RotationRules = z.infer<typeof rotationRules>;

/** AWS rotates at any time in the window; here a rotation begins with it. */
export interface RotationWindow {
  readonly opensAt: number;
  readonly closesAt: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const leastHours = 4;

/**
 * The first window that opens after a time; undefined where none ever does.
 * @throws AwsError InvalidParameterException for an expression that can't be read
 */
export function windowAfter(rules: RotationRules, time: number): RotationWindow | undefined {
  const { opensAt, lasts } = openingAfter(rules, time);
  if (opensAt === undefined) return undefined;
  const ownEnd = rules.Duration === undefined ? undefined : opensAt + Number.parseInt(rules.Duration, 10) * hour;
  return { opensAt, closesAt: ownEnd ?? (lasts === 'an-hour' ? opensAt + hour : startOfDay(opensAt) + day) };
}

/**
 * Checks rules as AWS does when they are set.
 * @param now the next windows after it are looked at
 * @throws AwsError InvalidParameterException
 */
export function checkRules(rules: RotationRules, now: number): void {
  const window = windowAfter(rules, now);
  if (window === undefined) throw invalid('The rotation schedule never comes.');
  const next = windowAfter(rules, window.opensAt);
  if (next !== undefined && next.opensAt - window.opensAt < leastHours * hour)
    throw invalid(`A secret can be rotated every ${leastHours} hours at most.`);
  if (window.closesAt <= window.opensAt || window.closesAt > startOfDay(window.opensAt) + day || window.closesAt > (next?.opensAt ?? Infinity))
    throw invalid('The rotation window must not extend into the next UTC day or the next rotation window.');
}

interface Opening {
  readonly opensAt: number | undefined;
  readonly lasts: 'an-hour' | 'the-day';
}

function openingAfter({ AutomaticallyAfterDays: days, ScheduleExpression: expression = '' }: RotationRules, time: number): Opening {
  if (days !== undefined) return { opensAt: startOfDay(time) + days * day, lasts: 'the-day' };
  const [, count, unit] = /^rate\(([1-9]\d{0,3}) (hour|day)s?\)$/.exec(expression) ?? [];
  if (unit === 'day') return { opensAt: startOfDay(time) + Number(count) * day, lasts: 'the-day' };
  if (unit === 'hour') {
    // Rates in hours count from midnight.
    const period = Number(count) * hour;
    return { opensAt: startOfDay(time) + (Math.floor((time - startOfDay(time)) / period) + 1) * period, lasts: 'an-hour' };
  }
  const [, fields = ''] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const [minutes, hours = '', , , , year] = fields.trim().split(/\s+/);
  if (minutes !== '0' || year !== '*')
    throw invalid(`${expression} is neither rate(n hours), rate(n days) nor cron(0 hours day-of-month month day-of-week *).`);
  try {
    // Secrets Manager takes hours as /8, too; the scheduler's cron wants 0/8.
    return { opensAt: nextMatch(parseCron(fields.replace(/^(\s*0\s+)\//, '$10/')), 'UTC', time), lasts: /^\d+$/.test(hours) ? 'the-day' : 'an-hour' };
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function startOfDay(time: number): number {
  return time - (time % day);
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameterException', reason, 400);
}
