/** Times as people read them: how far away, with the exact one behind it. */
import { useEffect, useState, type ReactElement } from 'react';

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** `3 hours ago`, `in 2 days`. */
export function distance(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000);
  if (Math.abs(seconds) < 5) return 'now';
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** The date and time in the reader's own zone. */
export function exactTime(iso: string): string {
  return exact.format(new Date(iso));
}

export function exactDay(iso: string): string {
  return dayOnly.format(new Date(iso));
}

/** Now, anew each so many milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** A time; `absent` where there is none. */
export function Time({ iso, absent = '–' }: { readonly iso: string | null | undefined; readonly absent?: string }): ReactElement {
  const now = useNow(10_000);
  if (iso === null || iso === undefined) return <>{absent}</>;
  return (
    <time dateTime={iso} title={exactTime(iso)}>
      {distance(Date.parse(iso), now)}
    </time>
  );
}

/** `2 h 05 min`, `4 min 09 s`: what is left until a time. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 0) return `${days} d ${two(hours)} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(seconds % 60)} s`;
}
