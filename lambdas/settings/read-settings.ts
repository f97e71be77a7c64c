/** The use cases that read the settings, or say what a change would do; they change nothing. */
import type * as z from 'zod/mini';
import {
  settingNames,
  updateSettingsSchema,
  type settingsExportSchema,
  type settingsSchema,
  type settingsVerdictSchema,
  type settingsVersionListSchema,
  type settingsVersionsQuerySchema,
  type SettingValues,
  type validateSettingsSchema,
} from '../contract/settings-schemas.js';
import type { SettingValue } from '../contract/settings.js';
import { fieldProblems } from '../platform/field-problems.js';
import type { SettingsAdministration } from './administration.js';
import { presentSettings, presentVersion } from './present-settings.js';
import { changesBetween, merged, refusedValues, valuesInForce } from './setting-values.js';
import { pageOfVersions, versionOf } from './settings-version.js';

/** The settings in force, with all that a person needs to change them. */
export async function readSettings({ store, deployment }: SettingsAdministration): Promise<z.output<typeof settingsSchema>> {
  return presentSettings(await store.current(), deployment);
}

/** What PUT would say to the same body, and what it would change. Without a version: to the one in force. */
export async function validateSettings(
  { version, values }: z.output<typeof validateSettingsSchema>,
  { store, deployment }: SettingsAdministration,
): Promise<z.output<typeof settingsVerdictSchema>> {
  const current = await store.current();
  const stale =
    version === undefined || version === versionOf(current) ? [] : [{ field: 'version', message: `must be ${versionOf(current)}, the version in force: read the settings again` }];
  const parsed = updateSettingsSchema.safeParse({ version: versionOf(current), values });
  if (!parsed.success) return { valid: false, errors: [...stale, ...fieldProblems(parsed.error.issues)], changes: [] };
  const before = valuesInForce(current?.chosen ?? {}, deployment);
  const after = merged(before, parsed.data.values);
  const errors = [...stale, ...refusedValues(after, deployment).map(({ name, message }) => ({ field: `values.${name}`, message }))];
  return { valid: errors.length === 0, errors, changes: errors.length === 0 ? changesBetween(before, after) : [] };
}

/** The settings in force as the body that changes them. */
export async function exportSettings({ store, deployment }: SettingsAdministration): Promise<z.output<typeof settingsExportSchema>> {
  const current = await store.current();
  return { version: versionOf(current), values: valuesInForce(current?.chosen ?? {}, deployment) };
}

/** The settings as lines of an environment file; the tiers' limits as `basic:60,high:1000`. */
export function environmentLines(values: SettingValues): string {
  return settingNames.map((name) => `${name}=${environmentValue(values[name])}\n`).join('');
}

function environmentValue(value: SettingValue): string {
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([tier, limit]) => `${tier}:${limit}`)
    .join(',');
}

/** A page of versions, newest first. */
export async function listVersions(
  { limit, before }: z.output<typeof settingsVersionsQuerySchema>,
  { store }: SettingsAdministration,
): Promise<z.output<typeof settingsVersionListSchema>> {
  const current = await store.current();
  const { versions, nextBefore } = pageOfVersions(versionOf(current), { limit, before });
  const archived = await store.archived(versions.filter((version) => version !== current?.version));
  const found = new Map([...archived, ...(current === undefined ? [] : [current])].map((one) => [one.version, one]));
  return {
    versions: versions.map((version) => {
      const one = found.get(version);
      if (one === undefined) throw new Error(`Version ${version} of the settings is not in the archive`);
      return presentVersion(one);
    }),
    next_before: nextBefore ?? null,
  };
}
