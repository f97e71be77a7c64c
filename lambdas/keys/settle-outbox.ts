/** Finishes what a key's write began: the roster follows the key, its audit events are published and taken off. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import { isAdmin } from '../contract/scopes.js';
import { isStandingAdmin, type ApiKey } from './key.js';
import type { KeyStore } from './key-store.js';

/**
 * Idempotent: run by the request that wrote the key, and by the sweeper for what a crash left. An event may be published
 * twice (same event_id), never not at all.
 */
export async function settleOutbox(key: ApiKey, store: KeyStore, publish: PublishAudit): Promise<void> {
  await settleRoster(key, store);
  if (key.outbox.length === 0) return;
  await publish(key.outbox);
  // A later write carries these events along and settles them itself: losing this race is fine.
  await store.replace({ ...key, revision: key.revision + 1, outbox: [] });
}

/** A revocation may overtake us between reading the key and writing the roster: whoever writes last looks again. */
async function settleRoster(key: ApiKey, store: KeyStore): Promise<void> {
  if (!isAdmin(key.scopes)) return;
  if (isStandingAdmin(key)) await store.addToRoster(key.id);
  const current = await store.find(key.id);
  if (current === undefined || !isStandingAdmin(current)) await store.dropFromRoster(key.id);
}
