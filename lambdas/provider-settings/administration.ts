/** What the administration of the providers works with. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { Origin } from '../audit/event.js';
import type { KeyCaller } from '../platform/caller.js';
import type { CredentialStore } from './credential-store.js';
import type { ProviderCatalogue } from './provider-kind.js';
import type { ProviderSettingsStore } from './provider-settings-store.js';

export interface ProviderAdministration {
  readonly store: ProviderSettingsStore;
  readonly credentials: CredentialStore;
  readonly catalogue: ProviderCatalogue;
  readonly publish: PublishAudit;
  /** What the stack was deployed with. */
  readonly deployment: { readonly stage: string; readonly provider: string };
}

export interface ProviderRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
  /** The gateway's address as the caller reached it. */
  readonly baseUrl: string;
}
