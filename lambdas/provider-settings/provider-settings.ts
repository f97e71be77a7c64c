/** The providers that administrators set up: in which order faxes try them, and what each was given. Pure. */
import type * as z from 'zod/mini';
import type { AuditEvent } from '../audit/event.js';
import type { FieldValue } from '../contract/provider-schemas.js';
import type { changedBySchema } from '../contract/settings-schemas.js';

export interface SavedProvider {
  /** What is no secret, by name. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** The names of the secrets that are set; what they are stands in Secrets Manager. */
  readonly secrets: readonly string[];
  /** Of a provider of one's own. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined;
  /** Epoch milliseconds. */
  readonly savedAt: number;
  readonly savedBy: z.output<typeof changedBySchema>;
  /** When the provider last took these credentials, in epoch milliseconds. */
  readonly validatedAt: number | undefined;
}

export interface ProviderSettings {
  /** Counts up from 1. */
  readonly version: number;
  /** Undefined until an administrator chooses one: what the stack was deployed with. */
  readonly order: readonly string[] | undefined;
  readonly configured: Readonly<Record<string, SavedProvider>>;
  /** The version of the secret that holds these providers' secrets: a later one may be of a change that never came to be. */
  readonly secretVersion: string | undefined;
  /** The id of the audit event of the last change: tells it from another change that won its number. */
  readonly changeId: string;
  /** Audit events that were committed with the providers and are not yet published. */
  readonly outbox: readonly AuditEvent[];
}

/** The number of the version in force: 0 where nothing was ever saved. */
export function versionOf(current: Pick<ProviderSettings, 'version'> | undefined): number {
  return current?.version ?? 0;
}

/** The providers that a fax tries, the default first. */
export function orderOf(current: Pick<ProviderSettings, 'order'> | undefined, deployedProvider: string): readonly string[] {
  return current?.order ?? [deployedProvider];
}

/** The one provider of that id, if it was set up. */
export function savedProvider(current: Pick<ProviderSettings, 'configured'> | undefined, id: string): SavedProvider | undefined {
  return current !== undefined && Object.hasOwn(current.configured, id) ? current.configured[id] : undefined;
}
