/**
 * The last use of a session: an item of the limits table, which every gate may write anyway. So no function but the sessions'
 * own may write a session. Pure.
 */
import type { SessionId } from '../contract/identifiers.js';

/** A use is noted when the last one that was noted is so long ago. */
const notedEveryMilliseconds = 60_000;

/** Longer than any session. */
const keptSeconds = 2 * 86_400;

export function sessionUsePk(id: SessionId): string {
  return `SESSION#${id}`;
}

/** True for a use that is to be noted. */
export function isWorthNoting(lastSeenAt: number, now: number): boolean {
  return now - lastSeenAt >= notedEveryMilliseconds;
}

/** When the table forgets a use: epoch seconds. */
export function forgottenAt(now: number): number {
  return Math.floor(now / 1000) + keptSeconds;
}

/** The time in an item; undefined where none was noted. */
export function lastUseIn(item: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const at = item?.['last_used_at'];
  return typeof at === 'number' ? at : undefined;
}
