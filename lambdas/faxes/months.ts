/** The months that listings are partitioned by, in UTC. Pure. */

/** `2026-11` */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** A fax waits no longer than this for its `send_at`. */
export const longestWaitDays = 30;

/** When the oldest job may have been accepted that is still kept: it is kept so long after it was due to be sent. */
export function oldestKept(now: number, retentionDays: number): number {
  return now - (retentionDays + longestWaitDays) * 86_400_000;
}

/** The months from now back to `since`: `2026-11`, `2026-10`, … */
export function monthsBack(now: number, since: number): string[] {
  const months: string[] = [];
  const cursor = new Date(now);
  cursor.setUTCDate(1);
  cursor.setUTCHours(0, 0, 0, 0);
  for (; months.length === 0 || cursor.getTime() + 31 * 86_400_000 > since; cursor.setUTCMonth(cursor.getUTCMonth() - 1)) {
    months.push(monthOf(cursor.getTime()));
  }
  return months;
}
