/**
 * The six fields of an AWS cron expression: minutes, hours, day of month, month, day of week (1 is Sunday), year.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
import { instantOf, wallTimeAt } from './zoned-time.js';

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const lastYear = 2199;
const day = 86_400_000;

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names of the values, from `from` on. */
  readonly names?: readonly string[];
}

type DayMatch = (year: number, month: number, day: number) => boolean;

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly matchesDay: DayMatch;
}

/** @throws Error that names the wrong field */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron(${text}) must have six fields: minutes hours day-of-month month day-of-week year.`);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields.map((field) => field.toUpperCase());
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) throw new Error(`cron(${text}): one of day-of-month and day-of-week must be ?, and only one.`);
  return {
    minutes: values(minutes, { name: 'minutes', from: 0, to: 59 }),
    hours: values(hours, { name: 'hours', from: 0, to: 23 }),
    months: new Set(values(month, { name: 'month', from: 1, to: 12, names: months })),
    years: new Set(values(year, { name: 'year', from: 1970, to: lastYear })),
    matchesDay: dayOfMonth === '?' ? weekdayMatch(dayOfWeek) : monthDayMatch(dayOfMonth),
  };
}

/** The first instant after `after` (milliseconds) that matches, or undefined where none ever does. */
export function nextMatch(cron: Cron, timeZone: string, after: number): number | undefined {
  const start = wallTimeAt(after, timeZone);
  // Dates are counted in UTC, where each day has 24 hours; only matching ones are looked up in the zone.
  for (let date = Date.UTC(start.year, start.month - 1, start.day); ; date += day) {
    const calendar = new Date(date);
    const [year, month, dayOfMonth] = [calendar.getUTCFullYear(), calendar.getUTCMonth() + 1, calendar.getUTCDate()];
    if (year > lastYear) return undefined;
    if (!cron.years.has(year) || !cron.months.has(month) || !cron.matchesDay(year, month, dayOfMonth)) continue;
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const instant = instantOf({ year, month, day: dayOfMonth, hour, minute, second: 0 }, timeZone);
        if (instant !== undefined && instant > after) return instant;
      }
  }
}

function values(text: string, field: Field): readonly number[] {
  const all = text.split(',').flatMap((part) => partValues(part, field));
  return [...new Set(all)].sort((one, other) => one - other);
}

function partValues(part: string, field: Field): readonly number[] {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  const [, star, first, last, step] = match ?? [];
  if (match === null || (star === undefined && first === undefined)) throw wrong(part, field);
  const from = first === undefined ? field.from : valueOf(first, field);
  const to = last !== undefined ? valueOf(last, field) : first === undefined || step !== undefined ? field.to : from;
  const width = step === undefined ? 1 : Number(step);
  if (width < 1) throw wrong(part, field);
  // FRI-MON goes over the end of the week.
  const steps = to >= from ? to - from : to - from + (field.to - field.from + 1);
  return Array.from({ length: Math.floor(steps / width) + 1 }, (_, index) => field.from + ((from - field.from + index * width) % (field.to - field.from + 1)));
}

function valueOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named === -1 ? Number(text) : field.from + named;
  if (!Number.isInteger(value) || value < field.from || value > field.to) throw wrong(text, field);
  return value;
}

function wrong(part: string, { name, from, to }: Field): Error {
  return new Error(`cron: ${part} is no value for ${name} (${from} to ${to}).`);
}

function monthDayMatch(text: string): DayMatch {
  if (text === 'L') return (year, month, date) => date === daysIn(year, month);
  const weekday = /^(\d+|L)W$/.exec(text);
  if (weekday !== null)
    return (year, month, date) => date === nearestWeekday(year, month, weekday[1] === 'L' ? daysIn(year, month) : Number(weekday[1]));
  const dates = new Set(values(text, { name: 'day-of-month', from: 1, to: 31 }));
  return (_, __, date) => dates.has(date);
}

function weekdayMatch(text: string): DayMatch {
  const field = { name: 'day-of-week', from: 1, to: 7, names: weekdays };
  const nth = /^(\w+)#([1-5])$/.exec(text);
  if (nth !== null) {
    const wanted = valueOf(nth[1] ?? '', field);
    return (year, month, date) => weekdayOf(year, month, date) === wanted && Math.ceil(date / 7) === Number(nth[2]);
  }
  const last = /^(\w+)L$/.exec(text);
  if (last !== null || text === 'L') {
    const wanted = last === null ? 7 : valueOf(last[1] ?? '', field);
    // `L` alone is Saturday, every week; `6L` is the last Friday of the month.
    return (year, month, date) => weekdayOf(year, month, date) === wanted && (last === null || date + 7 > daysIn(year, month));
  }
  const wanted = new Set(values(text, field));
  return (year, month, date) => wanted.has(weekdayOf(year, month, date));
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 1 is Sunday. */
function weekdayOf(year: number, month: number, date: number): number {
  return new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 1;
}

/** Monday to Friday, nearest to the date and in its month; 0 where the month has no such date. */
function nearestWeekday(year: number, month: number, date: number): number {
  const last = daysIn(year, month);
  if (date > last) return 0;
  const weekday = weekdayOf(year, month, date);
  if (weekday === 7) return date > 1 ? date - 1 : date + 2;
  if (weekday === 1) return date < last ? date + 1 : date - 2;
  return date;
}
