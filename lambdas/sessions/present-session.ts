/** A session in the words of the contract: never its token or its hash. Pure. */
import { idleEndOf, type Session } from './session.js';

/** When it began, was last seen, and will end. */
export function presentEnds(
  session: Session,
  lastSeenAt: number,
): { readonly created_at: string; readonly last_seen_at: string; readonly idle_ends_at: string; readonly ends_at: string } {
  return {
    created_at: isoTime(session.createdAt),
    last_seen_at: isoTime(lastSeenAt),
    idle_ends_at: isoTime(idleEndOf(session, lastSeenAt)),
    ends_at: isoTime(session.endsAt),
  };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
