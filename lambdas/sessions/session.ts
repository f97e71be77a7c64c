/** A session of the console, and what follows from it at a moment. Pure. */
import type { AuditEvent } from '../audit/event.js';
import type { SessionId } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import { judgeKey } from '../keys/authorize.js';
import { isLive, type ApiKey } from '../keys/key.js';
import { matchesAny, type Peppers, type SecretHash } from '../keys/secret-hash.js';
import type { HeldKey } from '../platform/caller.js';

/** Times in epoch milliseconds. Who it is and what it may do stands in its key alone. */
export interface Session extends SecretHash {
  readonly id: SessionId;
  /** The key that opened it, with the secret that was presented; undefined: the bootstrap key. */
  readonly key: HeldKey | undefined;
  readonly createdAt: number;
  /** It ends then, however much it is used. */
  readonly endsAt: number;
  /** It ends so long after its last use. */
  readonly idleMilliseconds: number;
  /** Where it was opened from. */
  readonly sourceIp: string;
  readonly userAgent: string;
  /** When somebody signed out or revoked it. */
  readonly endedAt: number | undefined;
  /** Audit events that were committed with it and are not yet published: two at most. */
  readonly outbox: readonly AuditEvent[];
}

/** When it ends if nobody uses it from now on. */
export function idleEndOf(session: Pick<Session, 'idleMilliseconds' | 'endsAt'>, lastSeenAt: number): number {
  return Math.min(lastSeenAt + session.idleMilliseconds, session.endsAt);
}

/** True for a session that was ended, or has come to its idle or absolute end. */
export function hasEnded(session: Session, lastSeenAt: number, now: number): boolean {
  return session.endedAt !== undefined || now >= idleEndOf(session, lastSeenAt);
}

/** Why a token is no session in force; undefined where it is one. Whether its key is in force is another question. */
export function judgeSession(token: string, found: { readonly session: Session; readonly lastSeenAt: number } | undefined, peppers: Peppers, now: number): RefusalReason | undefined {
  const matching = matchesAny(token, found === undefined ? [] : [found.session], peppers);
  if (found === undefined || matching === undefined) return 'unknown_session';
  return hasEnded(found.session, found.lastSeenAt, now) ? 'session_ended' : undefined;
}

/** Why the key of a session is not in force, as for the key itself: a session dies with the key and the secret that opened it. */
export function judgeKeyOf(held: HeldKey, key: ApiKey | undefined, address: string | undefined, now: number): RefusalReason | undefined {
  if (key === undefined) return 'unknown_id';
  const secret = key.secrets.find(({ version }) => version === held.secretVersion);
  return judgeKey(key, address, now) ?? (secret !== undefined && isLive(secret, now) ? undefined : 'rotated_out');
}
