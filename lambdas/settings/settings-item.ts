/** Versions of the settings as items of their table, and back. */
import * as z from 'zod/mini';
import { parseAuditEvent } from '../audit/event.js';
import { changedBySchema, settingChangeSchema, settingValueSchema } from '../contract/settings-schemas.js';
import { currentKey } from './current-key.js';
import type { CurrentSettings, SettingsVersion } from './settings-version.js';

type Item = Readonly<Record<string, unknown>>;

/** Where a version stands since a later one is in force. */
export function versionKey(version: number): { readonly pk: string } {
  return { pk: `VERSION#${version}` };
}

/** `v` is the version of the shape. */
const storedVersion = z.object({
  v: z.literal(1),
  version: z.int(),
  chosen: z.record(z.string(), settingValueSchema),
  values: z.record(z.string(), settingValueSchema),
  changes: z.array(settingChangeSchema),
  changedAt: z.number(),
  changedBy: changedBySchema,
  restoredVersion: z.optional(z.int()),
  changeId: z.string(),
});
const storedOutbox = z.object({ outbox: z.array(z.string()) });

/** The item that keeps a version for good. */
export function toVersionItem({ version, chosen, values, changes, changedAt, changedBy, restoredVersion, changeId }: SettingsVersion): Item {
  return { ...versionKey(version), v: 1, version, chosen, values, changes, changedAt, changedBy, restoredVersion, changeId };
}

/** The item that puts a version into force. */
export function toCurrentItem(settings: CurrentSettings): Item {
  return { ...toVersionItem(settings), ...currentKey, outbox: settings.outbox.map((event) => JSON.stringify(event)) };
}

/** @throws Error where the item is not one that toVersionItem or toCurrentItem writes */
export function versionFrom(item: Item): SettingsVersion {
  const { v: _, ...version } = storedVersion.parse(item);
  return { ...version, restoredVersion: version.restoredVersion };
}

/** @throws Error where the item is not one that toCurrentItem writes */
export function currentFrom(item: Item): CurrentSettings {
  return { ...versionFrom(item), outbox: storedOutbox.parse(item).outbox.map(parseAuditEvent) };
}
