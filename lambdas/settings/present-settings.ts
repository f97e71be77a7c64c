/** The settings in the words of the contract. Pure. */
import type * as z from 'zod/mini';
import { settingDescriptions, settingNames, type settingsSchema, type settingsVersionSchema } from '../contract/settings-schemas.js';
import { numberSettings, settingsEffectiveSeconds, stackNumberSettings, tierSettings, type SettingName } from '../contract/settings.js';
import { defaultValues, lockedSettings, valuesInForce, type Deployment } from './setting-values.js';
import { settingsOf, settingsWarnings } from './settings.js';
import { versionOf, type CurrentSettings, type SettingsVersion } from './settings-version.js';

/** The body of GET /admin/settings. */
export function presentSettings(current: CurrentSettings | undefined, deployment: Deployment): z.output<typeof settingsSchema> {
  const chosen = current?.chosen ?? {};
  return {
    version: versionOf(current),
    values: valuesInForce(chosen, deployment),
    defaults: defaultValues(deployment),
    fields: settingNames.map((name) => presentField(name, deployment)),
    changed_at: current === undefined ? null : new Date(current.changedAt).toISOString(),
    changed_by: current?.changedBy ?? null,
    warnings: settingsWarnings(settingsOf(chosen)),
    effective_within_seconds: settingsEffectiveSeconds,
    deployment: {
      stage: deployment.stage,
      provider: deployment.provider,
      sending: deployment.sending,
      max_file_size_mb: deployment.maxFileSizeMb,
      document_token_minutes: deployment.documentTokenMinutes,
    },
  };
}

/** What a person needs to choose a value: the words, the kind, the bounds. */
function presentField(name: SettingName, deployment: Deployment): Field {
  return {
    name,
    description: settingDescriptions[name],
    ...kindOf(name, deployment),
    default: defaultValues(deployment)[name],
    locked: lockedSettings(deployment).get(name) ?? null,
  };
}

type Field = z.output<typeof settingsSchema>['fields'][number];
interface Bounds { readonly least: number; readonly most: number }

const numbers: ReadonlyMap<string, Bounds> = new Map(Object.entries({ ...numberSettings, ...stackNumberSettings }));
const tierNumbers: ReadonlyMap<string, Bounds> = new Map(Object.entries(tierSettings));

function kindOf(name: SettingName, { maxFileSizeMb }: Deployment): Pick<Field, 'type' | 'least' | 'most'> {
  const number = numbers.get(name);
  if (number !== undefined) return { type: 'number', least: number.least, most: name === 'MAX_FILE_SIZE_MB' ? maxFileSizeMb : number.most };
  const tierNumber = tierNumbers.get(name);
  if (tierNumber !== undefined) return { type: 'tier_numbers', least: tierNumber.least, most: tierNumber.most };
  return { type: 'switch', least: null, most: null };
}

/** A version as it was saved. */
export function presentVersion({ version, values, changes, changedAt, changedBy, restoredVersion }: SettingsVersion): z.output<typeof settingsVersionSchema> {
  return {
    version,
    values: { ...values },
    changes: [...changes],
    changed_at: new Date(changedAt).toISOString(),
    changed_by: changedBy,
    restored_version: restoredVersion ?? null,
  };
}
