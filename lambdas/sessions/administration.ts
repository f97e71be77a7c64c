/** What the use cases of sessions work with, and what they have in common. */
import { randomUUID } from 'node:crypto';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type AuditedFact, type AuditEvent, type Origin } from '../audit/event.js';
import type { KeyId, SessionId } from '../contract/identifiers.js';
import type { ApiKey } from '../keys/key.js';
import type { Peppers } from '../keys/secret-hash.js';
import { actorOf, type KeyCaller } from '../platform/caller.js';
import { log } from '../platform/log.js';
import type { SessionStore } from './session-store.js';
import type { Session } from './session.js';
import { settleSession } from './settle-outbox.js';

export interface SessionAdministration {
  readonly store: SessionStore;
  readonly publish: PublishAudit;
  readonly peppers: () => Promise<Peppers>;
  readonly findKey: (id: KeyId) => Promise<ApiKey | undefined>;
  /** The last use of each session that one was noted of. */
  readonly lastUsesOf: (ids: readonly SessionId[]) => Promise<ReadonlyMap<string, number>>;
  readonly limits: { readonly absoluteMilliseconds: number; readonly idleMilliseconds: number };
}

export interface SessionRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
}

/** The audit event of what a caller does to a session. */
export function eventOf(
  event: Extract<AuditedFact, { readonly target_session_id: SessionId }>['event'],
  { id, key }: Pick<Session, 'id' | 'key'>,
  { caller, origin, now }: SessionRequest,
): AuditEvent {
  const fact = { event, target_session_id: id, ...(key === undefined ? {} : { target_key_id: key.keyId }) };
  return auditEvent(fact, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
}

/** Ends a session, now and for good; one that has ended already is fine. */
export async function endSession(session: Session, event: AuditEvent, now: number, administration: Pick<SessionAdministration, 'store' | 'publish'>): Promise<void> {
  await administration.store.end(session.id, now, event);
  const ended = await administration.store.find(session.id);
  if (ended !== undefined) await settleNow(ended, administration);
}

/** Finishes a write that stands. What this leaves undone, the sweeper does: it never fails the request. */
export async function settleNow(session: Session, { store, publish }: Pick<SessionAdministration, 'store' | 'publish'>): Promise<void> {
  try {
    await settleSession(session, store, publish);
  } catch (error) {
    log.warn('The outbox of a session is left to the sweeper', { session_id: session.id, reason: String(error) });
  }
}
