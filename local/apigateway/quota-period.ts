/** The period of a usage plan's quota, in UTC: a day, a week from Sunday, or a month from its first. */

export type QuotaPeriod = 'DAY' | 'WEEK' | 'MONTH';

const dayLength = 86_400_000;

/** `YYYY-MM-DD` of a moment (milliseconds since 1970), UTC. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The first day of the period that a moment is in, as milliseconds since 1970. */
export function periodStart(period: QuotaPeriod, milliseconds: number): number {
  const date = new Date(milliseconds);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  if (period === 'WEEK') return day - date.getUTCDay() * dayLength;
  if (period === 'MONTH') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return day;
}

/** Asked for each request, and the same for a whole day. */
const daysByPeriod = new Map<QuotaPeriod, { readonly today: string; readonly days: readonly string[] }>();

/** The days (`YYYY-MM-DD`) from the start of the period to the moment, both included. */
export function daysOfPeriod(period: QuotaPeriod, milliseconds: number): readonly string[] {
  const today = dayOf(milliseconds);
  const known = daysByPeriod.get(period);
  if (known?.today === today) return known.days;
  const days: string[] = [];
  for (let day = periodStart(period, milliseconds); day <= milliseconds; day += dayLength) days.push(dayOf(day));
  daysByPeriod.set(period, { today, days });
  return days;
}
