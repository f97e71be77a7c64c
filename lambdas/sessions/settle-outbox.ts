/** Finishes what a session's write began: its audit events are published and taken off. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { SessionStore } from './session-store.js';
import type { Session } from './session.js';

/**
 * Idempotent: run by the request that wrote the session, and by the sweeper for what a crash left. An event may be published
 * twice (same event_id), never not at all.
 */
export async function settleSession({ id, outbox }: Pick<Session, 'id' | 'outbox'>, store: Pick<SessionStore, 'clearOutbox'>, publish: PublishAudit): Promise<void> {
  if (outbox.length === 0) return;
  await publish(outbox);
  await store.clearOutbox(id, outbox.length);
}
