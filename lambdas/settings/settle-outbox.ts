/** Finishes what a change of the settings began: its audit events are published and taken off. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { SettingsStore } from './settings-store.js';
import type { CurrentSettings } from './settings-version.js';

/**
 * Idempotent: run by the request that made the change, and by the sweeper for what a crash left. An event may be published
 * twice (same event_id), never not at all.
 * @returns how many events it published
 */
export async function settleSettings(current: CurrentSettings | undefined, store: Pick<SettingsStore, 'clearOutbox'>, publish: PublishAudit): Promise<number> {
  if (current === undefined || current.outbox.length === 0) return 0;
  await publish(current.outbox);
  await store.clearOutbox(current.version);
  return current.outbox.length;
}
