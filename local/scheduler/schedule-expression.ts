/** `rate(...)`, `cron(...)` and `at(...)`: when a schedule is due. Pure; times are milliseconds. */
import { nextMatch, parseCron } from './cron.js';
import { instantOf, wallTimeAt } from './zoned-time.js';

export interface Schedule {
  readonly kind: 'rate' | 'cron' | 'at';
  /** The first time after `after` that the schedule is due; undefined when it never is again. */
  next(after: number): number | undefined;
}

export interface ExpressionContext {
  /** When a rate begins to count. */
  readonly anchor: number;
  readonly timeZone: string;
  /** Whether a rate is due at its anchor, or one period later for the first time. */
  readonly dueAtAnchor: boolean;
}

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads a schedule expression.
 * @throws Error that says what is wrong with it
 */
export function parseScheduleExpression(expression: string, context: ExpressionContext): Schedule {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(argument, context);
  if (kind === 'at') return once(argument, context);
  if (kind !== 'cron') throw new Error(`${expression} is neither rate(...), cron(...) nor at(...).`);
  const cron = parseCron(argument);
  // An unknown time zone is said now, not when the schedule is due.
  wallTimeAt(context.anchor, context.timeZone);
  return { kind: 'cron', next: (after) => nextMatch(cron, context.timeZone, after) };
}

function rate(argument: string, { anchor, dueAtAnchor }: ExpressionContext): Schedule {
  const [, count, unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument.trim()) ?? [];
  const period = Number(count) * (units[unit] ?? NaN);
  if (Number.isNaN(period)) throw new Error(`rate(${argument}) must be a number and minute(s), hour(s) or day(s).`);
  const first = dueAtAnchor ? anchor : anchor + period;
  return {
    kind: 'rate',
    next: (after) => (after < first ? first : first + (Math.floor((after - first) / period) + 1) * period),
  };
}

function once(argument: string, { timeZone }: ExpressionContext): Schedule {
  const numbers = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(argument.trim())?.slice(1).map(Number);
  if (numbers === undefined) throw new Error(`at(${argument}) must be yyyy-mm-ddThh:mm:ss.`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const due = instantOf({ year, month, day, hour, minute, second }, timeZone);
  if (due === undefined) throw new Error(`at(${argument}) does not exist in ${timeZone}.`);
  return { kind: 'at', next: (after) => (due > after ? due : undefined) };
}
