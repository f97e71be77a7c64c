/** Wall-clock time in a time zone, and the instants (milliseconds) behind it. */

export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws Error for a time zone that does not exist */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const options = { timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  try {
    const format = new Intl.DateTimeFormat('en-US', options);
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new Error(`There is no time zone ${timeZone}.`);
  }
}

/** What the clocks of a zone show at an instant. */
export function wallTimeAt(instant: number, timeZone: string): WallTime {
  const parts = new Map(formatFor(timeZone).formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute'), second: part('second') };
}

/**
 * The instant at which the clocks of a zone show this time: the first one where they show it twice (clocks put back),
 * undefined where they never do (clocks put forward).
 */
export function instantOf(wall: WallTime, timeZone: string): number | undefined {
  const asUtc = utcOf(wall);
  const day = 86_400_000;
  const candidates = [asUtc - day, asUtc + day]
    .map((nearby) => asUtc - (utcOf(wallTimeAt(nearby, timeZone)) - nearby))
    .filter((candidate) => utcOf(wallTimeAt(candidate, timeZone)) === asUtc);
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}

function utcOf({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
