/** What the administration of the settings works with. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { Origin } from '../audit/event.js';
import type { KeyCaller } from '../platform/caller.js';
import type { Deployment } from './setting-values.js';
import type { SettingsStore } from './settings-store.js';

export interface SettingsAdministration {
  readonly store: SettingsStore;
  readonly publish: PublishAudit;
  readonly deployment: Deployment;
}

export interface SettingsRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
}
