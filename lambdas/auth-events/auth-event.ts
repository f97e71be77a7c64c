/** An event of the history of sign-ins: who tried what, from where, and how it ended. It never holds a token. */
import type { Origin } from '../audit/event.js';
import type { AuthOutcome } from '../contract/auth-outcomes.js';
import type { KeyId, Owner } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import type { Caller } from '../platform/caller.js';

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
  readonly origin: Origin;
  /** Events that were counted instead of written, by the same execution environment, since the one before. */
  readonly suppressed: number;
}

/** The key of a caller who was found to have one. */
export function namedKeyOf(caller: Caller): NamedKey | undefined {
  return caller.kind === 'key' ? { id: caller.keyId, owner: caller.owner, secretVersion: caller.secretVersion, lastFour: caller.lastFour } : undefined;
}
