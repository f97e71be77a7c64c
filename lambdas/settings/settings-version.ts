/** A version of the settings: what held, who made it so, and what was different before. Pure. */
import type * as z from 'zod/mini';
import type { AuditEvent } from '../audit/event.js';
import type { changedBySchema, settingChangeSchema } from '../contract/settings-schemas.js';
import type { SettingValue } from '../contract/settings.js';
import type { ChosenSettings } from './setting-values.js';

export interface SettingsVersion {
  /** Counts up from 1. */
  readonly version: number;
  readonly chosen: ChosenSettings;
  /** All settings as they stood when this version was saved, by the names that they had then. */
  readonly values: Readonly<Record<string, SettingValue>>;
  readonly changes: readonly z.output<typeof settingChangeSchema>[];
  /** Epoch milliseconds. */
  readonly changedAt: number;
  readonly changedBy: z.output<typeof changedBySchema>;
  /** The version that this one brought back. */
  readonly restoredVersion: number | undefined;
  /** The id of its audit event: tells it from another change that won its number. */
  readonly changeId: string;
}

export interface CurrentSettings extends SettingsVersion {
  /** Audit events that were committed with the settings and are not yet published. */
  readonly outbox: readonly AuditEvent[];
}

/** The number of the version in force: 0 where nothing was ever saved. */
export function versionOf(current: CurrentSettings | undefined): number {
  return current?.version ?? 0;
}

/** The numbers of a page of earlier and current versions, newest first, and where the next page begins. They have no gaps. */
export function pageOfVersions(newest: number, { limit, before }: { readonly limit: number; readonly before: number | undefined }): {
  readonly versions: readonly number[];
  readonly nextBefore: number | undefined;
} {
  const first = before === undefined ? newest : Math.min(newest, before - 1);
  const last = Math.max(first - limit, 0);
  return { versions: Array.from({ length: first - last }, (_, index) => first - index), nextBefore: last === 0 ? undefined : last + 1 };
}
