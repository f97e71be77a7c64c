/** A moment as the contract writes it: ISO 8601, UTC; null where there is none. */
export function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
