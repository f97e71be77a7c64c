/** The settings as requests and answers carry them: what each means, what it may be, and the shapes of their administration. */
import * as z from 'zod/mini';
import { described, named, timestamp, wholeNumberFrom } from './describe-schema.js';
import {
  numberSettings,
  stackNumberSettings,
  tierSettings,
  type NumberSetting,
  type SettingName,
  type StackNumberSetting,
  type SwitchSetting,
} from './settings.js';
import { tiers } from './tiers.js';

const notYet = 'Received faxes do not exist yet: until they do, it is kept and has no effect.';

/** Setting → the words that explain it, wherever a person chooses its value. */
export const settingDescriptions = {
  REQUIRE_API_KEY:
    'Refuse requests without an API key. False lets anybody who reaches the gateway send faxes, and read those that were sent without a key; administration needs a key all the same. Stage production refuses false.',
  MAX_REQUESTS_PER_MINUTE: 'How many requests a minute each key may make, beside the usage plan of its tier. 0 is no limit.',
  TIER_REQUESTS_PER_MINUTE:
    'The same for the keys of a tier, in place of MAX_REQUESTS_PER_MINUTE, such as {"basic": 60}. 0 is no limit for that tier. It replaces the earlier object whole.',
  INBOUND_LIST_RPM: `How often a minute a key may list received faxes. 0 is no limit. ${notYet}`,
  INBOUND_GET_RPM: `How often a minute a key may read a received fax. 0 is no limit. ${notYet}`,
  MAX_FILE_SIZE_MB: 'The largest file that is taken, in megabytes of 1,048,576 bytes. At most what the stack was deployed with.',
  AUDIT_LOG_ENABLED: 'Write fax and sign-in events to the audit log. Administrative events are written whatever it says.',
  DEFAULT_KEY_EXPIRY_DAYS: 'After how many days a new key expires whose creator names no expiry. 0 is never.',
  REDIAL_BUSY_SECONDS: 'After how many seconds a busy number is dialled again, and one to which the network had no free line.',
  REDIAL_NO_ANSWER_SECONDS: 'After how many seconds a number is dialled again where nobody answered, or no fax machine.',
  REDIAL_MAX_TRIES: 'How often at most a number is dialled for one fax where somebody, but no fax machine answers.',
  REDIAL_MAX_DIALS: 'How often at most a number is dialled for one fax, the first call included. 0 and 1: no number is dialled again.',
  REQUIRE_IP_RANGES: 'Refuse to create or edit a key that names no allowed IP ranges. Keys that exist go on.',
  PDF_TOKEN_TTL_MINUTES: 'How long a new pdf_url opens its document. Those that were given out keep their time.',
  INBOUND_TOKEN_TTL_MINUTES: `How long the address of a received fax opens its document. ${notYet}`,
} as const satisfies Record<SettingName, string>;

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function switchValue(name: SwitchSetting): z.ZodMiniBoolean {
  return described(z.boolean({ error: 'must be true or false' }), settingDescriptions[name]);
}

function wholeNumber({ least, most }: Bounds): z.ZodMiniNumber {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.number({ error: message }).check(z.int(message), z.minimum(least, message), z.maximum(most, message), z.overwrite(withoutMinusZero));
}

/** JSON has a -0, which is no other limit than 0. */
function withoutMinusZero(value: number): number {
  return value + 0;
}

function numberValue(name: NumberSetting | StackNumberSetting): z.ZodMiniNumber {
  return described(wholeNumber({ ...numberSettings, ...stackNumberSettings }[name]), settingDescriptions[name]);
}

const tierLimits = described(
  z.partialRecord(z.enum(tiers), wholeNumber(tierSettings.TIER_REQUESTS_PER_MINUTE), {
    error: `must be an object of tiers (${tiers.join(', ')}) such as {"basic": 60}`,
  }),
  settingDescriptions.TIER_REQUESTS_PER_MINUTE,
);

const valueShape = {
  REQUIRE_API_KEY: switchValue('REQUIRE_API_KEY'),
  MAX_REQUESTS_PER_MINUTE: numberValue('MAX_REQUESTS_PER_MINUTE'),
  TIER_REQUESTS_PER_MINUTE: tierLimits,
  INBOUND_LIST_RPM: numberValue('INBOUND_LIST_RPM'),
  INBOUND_GET_RPM: numberValue('INBOUND_GET_RPM'),
  MAX_FILE_SIZE_MB: numberValue('MAX_FILE_SIZE_MB'),
  AUDIT_LOG_ENABLED: switchValue('AUDIT_LOG_ENABLED'),
  DEFAULT_KEY_EXPIRY_DAYS: numberValue('DEFAULT_KEY_EXPIRY_DAYS'),
  REQUIRE_IP_RANGES: switchValue('REQUIRE_IP_RANGES'),
  REDIAL_BUSY_SECONDS: numberValue('REDIAL_BUSY_SECONDS'),
  REDIAL_NO_ANSWER_SECONDS: numberValue('REDIAL_NO_ANSWER_SECONDS'),
  REDIAL_MAX_TRIES: numberValue('REDIAL_MAX_TRIES'),
  REDIAL_MAX_DIALS: numberValue('REDIAL_MAX_DIALS'),
  PDF_TOKEN_TTL_MINUTES: numberValue('PDF_TOKEN_TTL_MINUTES'),
  INBOUND_TOKEN_TTL_MINUTES: numberValue('INBOUND_TOKEN_TTL_MINUTES'),
} as const satisfies Record<SettingName, z.ZodMiniType>;

export const settingNames = Object.keys(valueShape).filter(isSettingName);

function isSettingName(word: string): word is SettingName {
  return Object.hasOwn(settingDescriptions, word);
}

export const settingValuesSchema = named('SettingValues', z.object(valueShape), 'Every setting with its value. None of them is a secret.');

/** Any of the settings: those that are left out stay as they are. */
export const settingsChangeSchema = named(
  'SettingsChange',
  z.partial(
    z.strictObject(valueShape, {
      error: ({ code }) => (code === 'unrecognized_keys' ? `is no setting: write one of ${settingNames.join(', ')}` : 'must be an object of settings such as {"MAX_REQUESTS_PER_MINUTE": 60}'),
    }),
  ),
  'Any of the settings. Those that are left out stay as they are.',
);

const versionNumber = () => {
  const message = 'must be a version of the settings: a whole number from 0';
  return z.number({ error: message }).check(z.int(message), z.minimum(0, message));
};
const readVersion = () => described(versionNumber(), 'The version that was read: where another one is in force by now, the answer is a 409');

export const updateSettingsSchema = named('UpdateSettings', z.strictObject({ version: readVersion(), values: settingsChangeSchema }));

export const validateSettingsSchema = named(
  'ValidateSettings',
  z.strictObject({
    version: z.optional(readVersion()),
    values: described(z.record(z.string(), z.unknown(), { error: 'must be an object of settings' }), 'As in UpdateSettings. What is wrong with it stands in the answer.'),
  }),
);

export const restoreSettingsSchema = named(
  'RestoreSettings',
  z.strictObject({ version: readVersion(), restore_version: described(versionNumber(), 'The version whose values come back; 0 brings back the defaults') }),
);

export const settingsVersionsQuerySchema = z.strictObject({
  limit: z._default(wholeNumberFrom(1, 100), 20),
  before: described(z.optional(wholeNumberFrom(1, 1_000_000_000)), 'Only versions that are older than this one'),
});

export const exportSettingsQuerySchema = z.strictObject({
  format: z._default(z.enum(['json', 'env'], { error: 'must be json or env' }), 'json'),
});

export const settingValueSchema = z.union([z.boolean(), z.number(), z.record(z.string(), z.number())]);

export const settingChangeSchema = named('SettingChange', z.object({ name: z.string(), from: settingValueSchema, to: settingValueSchema }));

export const changedBySchema = named(
  'ChangedBy',
  z.object({ type: described(z.string(), '`key`, `session` for a session of the console, or `bootstrap` for the bootstrap key'), key_id: z.optional(z.string()), session_id: z.optional(z.string()) }),
);

export const settingsVersionSchema = named(
  'SettingsVersion',
  z.object({
    version: z.int(),
    values: described(z.record(z.string(), settingValueSchema), 'All settings as they stood when the version was saved'),
    changes: z.array(settingChangeSchema),
    changed_at: timestamp(),
    changed_by: changedBySchema,
    restored_version: described(z.nullable(z.int()), 'The version that it brought back'),
  }),
);

export const settingsVersionListSchema = named(
  'SettingsVersionList',
  z.object({ versions: z.array(settingsVersionSchema), next_before: described(z.nullable(z.int()), 'The `before` of the next page; null on the last') }),
);

const settingFieldSchema = named(
  'SettingField',
  z.object({
    name: z.string(),
    description: z.string(),
    type: described(z.enum(['switch', 'number', 'tier_numbers']), '`tier_numbers` is an object of numbers, one for each tier that is named'),
    least: z.nullable(z.number()),
    most: z.nullable(z.number()),
    default: settingValueSchema,
    locked: described(z.nullable(z.string()), 'Why this gateway takes no other value than the default'),
  }),
);

const settingsShape = {
  version: described(z.int(), 'Counts up with each change; 0 where nothing was ever saved'),
  values: settingValuesSchema,
  defaults: settingValuesSchema,
  fields: z.array(settingFieldSchema),
  changed_at: z.nullable(timestamp()),
  changed_by: z.nullable(changedBySchema),
  warnings: described(z.array(z.string()), 'What to know about the settings in force'),
  effective_within_seconds: described(z.int(), 'A change counts everywhere when these are over'),
  deployment: described(
    z.object({ stage: z.string(), provider: z.string(), sending: z.enum(['on', 'off']), max_file_size_mb: z.int(), document_token_minutes: z.int() }),
    'What the stack was deployed with; a deployment changes it',
  ),
};

const inForce = '`values` are in force; `defaults` hold for what nobody changed.';

export const settingsSchema = named('Settings', z.object(settingsShape), inForce);

export const changedSettingsSchema = named(
  'ChangedSettings',
  z.object({ ...settingsShape, changes: described(z.array(settingChangeSchema), 'What this request changed; where it is nothing, the version stays') }),
  inForce,
);

export const settingsVerdictSchema = named(
  'SettingsVerdict',
  z.object({
    valid: z.boolean(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })),
    changes: described(z.array(settingChangeSchema), 'What would change; empty where there are errors'),
  }),
);

export const settingsExportSchema = named(
  'SettingsExport',
  z.object({ version: z.int(), values: settingValuesSchema }),
  'The body of `PUT /admin/settings`. For another gateway, write the version that it has.',
);

export type SettingValues = z.output<typeof settingValuesSchema>;
export type SettingsChange = z.output<typeof settingsChangeSchema>;
