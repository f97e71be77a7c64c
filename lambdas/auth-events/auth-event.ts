/** An event of the history of sign-ins: who tried what, from where, and how it ended. It never holds a token. */
import type { Origin } from '../audit/event.js';
import type { AuthOutcome } from '../contract/auth-outcomes.js';
import type { KeyId, Owner, SessionId } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import { heldKeyOf, isKeyCaller, type Caller } from '../platform/caller.js';

/** A key that exists, as far as an event tells of it. */
export interface NamedKey {
  readonly id: KeyId;
  readonly owner: Owner;
  /** Which of its secrets was presented, and the last four characters of that token; undefined where none of its own was. */
  readonly secretVersion: number | undefined;
  readonly lastFour: string | undefined;
}

export interface AuthEvent {
  /** Unique. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly outcome: AuthOutcome;
  /** What the caller was not told; undefined for one that was accepted. */
  readonly reason: RefusalReason | undefined;
  readonly caller: Caller['kind'] | 'unknown';
  readonly key: NamedKey | undefined;
  /** The console session, where it was one. */
  readonly sessionId: SessionId | undefined;
  readonly origin: Origin;
  /** Events that were counted instead of written, by the same execution environment, since the one before. */
  readonly suppressed: number;
}

/** The key of a caller who was found to have one, or to have opened a session with one. */
export function namedKeyOf(caller: Caller): NamedKey | undefined {
  const held = heldKeyOf(caller);
  return held === undefined || !isKeyCaller(caller) ? undefined : { id: held.keyId, owner: caller.owner, secretVersion: held.secretVersion, lastFour: held.lastFour };
}

/** The session of a caller who came by one. */
export function sessionIdOf(caller: Caller): SessionId | undefined {
  return caller.kind === 'session' ? caller.sessionId : undefined;
}
