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
  await takeOff(key, new Set(key.outbox.map(({ event_id: id }) => id)), store);
}

/** So often a write that lost to another one is made again. */
const mostAttempts = 3;

/** Whoever wrote meanwhile carries the events along, and would publish them again: so they are taken off what stands then. */
async function takeOff(key: ApiKey, published: ReadonlySet<string>, store: KeyStore): Promise<void> {
  let current: ApiKey | undefined = key;
  for (let attempt = 1; attempt <= mostAttempts && current !== undefined; attempt += 1) {
    const outbox: ApiKey['outbox'] = current.outbox.filter(({ event_id: id }) => !published.has(id));
    if (outbox.length === current.outbox.length || (await store.replace({ ...current, revision: current.revision + 1, outbox }))) return;
    current = await store.find(key.id);
  }
  // Left where it is: the next change, or the sweeper, publishes it once more, under the same event_id.
}

/** A revocation may overtake us between reading the key and writing the roster: whoever writes last looks again. */
async function settleRoster(key: ApiKey, store: KeyStore): Promise<void> {
  if (!isAdmin(key.scopes)) return;
  if (isStandingAdmin(key)) await store.addToRoster(key.id);
  const current = await store.find(key.id);
  if (current === undefined || !isStandingAdmin(current)) await store.dropFromRoster(key.id);
}
