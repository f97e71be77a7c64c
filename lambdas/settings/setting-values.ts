/** The settings by the names that administrators use: what is in force, what a change makes of it, what may not be set here. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { settingNames, settingValuesSchema, type SettingsChange, type SettingValues } from '../contract/settings-schemas.js';
import type { SettingChange, SettingName, SettingValue } from '../contract/settings.js';
import { fileSizeLimit, settingsOf } from './settings.js';

/** What the stack was deployed with: it sets defaults, a ceiling, and what a stage refuses. */
export interface Deployment {
  readonly stage: string;
  readonly provider: string;
  readonly sending: 'on' | 'off';
  readonly maxFileSizeMb: number;
  readonly documentTokenMinutes: number;
}

/** What administrators chose, by name: only what differs from its default, so that the rest goes on following it. */
export type ChosenSettings = Readonly<Record<string, SettingValue>>;

/** All settings in force. The stack's own limit on files stands above what was chosen under an earlier one. */
export function valuesInForce(chosen: ChosenSettings, deployment: Deployment): SettingValues {
  const settings = settingsOf(chosen);
  return {
    REQUIRE_API_KEY: settings.requireApiKey,
    MAX_REQUESTS_PER_MINUTE: settings.maxRequestsPerMinute,
    TIER_REQUESTS_PER_MINUTE: { ...settings.tierRequestsPerMinute },
    INBOUND_LIST_RPM: settings.inboundListRpm,
    INBOUND_GET_RPM: settings.inboundGetRpm,
    MAX_FILE_SIZE_MB: fileSizeLimit(settings, deployment.maxFileSizeMb),
    AUDIT_LOG_ENABLED: settings.auditLogEnabled,
    DEFAULT_KEY_EXPIRY_DAYS: settings.defaultKeyExpiryDays,
    REQUIRE_IP_RANGES: settings.requireIpRanges,
    REDIAL_BUSY_SECONDS: settings.redial.busySeconds,
    REDIAL_NO_ANSWER_SECONDS: settings.redial.noAnswerSeconds,
    REDIAL_MAX_TRIES: settings.redial.maxTries,
    REDIAL_MAX_DIALS: settings.redial.maxDials,
    PDF_TOKEN_TTL_MINUTES: settings.pdfTokenTtlMinutes ?? deployment.documentTokenMinutes,
    INBOUND_TOKEN_TTL_MINUTES: settings.inboundTokenTtlMinutes ?? deployment.documentTokenMinutes,
  };
}

export function defaultValues(deployment: Deployment): SettingValues {
  return valuesInForce({}, deployment);
}

/** The values with those of a change in their place. An object (the tiers' limits) is replaced whole. */
export function merged(values: SettingValues, change: SettingsChange): SettingValues {
  return settingValuesSchema.parse({ ...values, ...change });
}

/** What is to be stored for these values: a value that equals its default is none. */
export function chosenOf(values: SettingValues, deployment: Deployment): ChosenSettings {
  return Object.fromEntries(changesBetween(defaultValues(deployment), values).map(({ name, to }) => [name, to]));
}

/** What differs, in the order of the settings. */
export function changesBetween(before: SettingValues, after: SettingValues): SettingChange[] {
  return settingNames.flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    return isDeepStrictEqual(from, to) ? [] : [{ name, from, to }];
  });
}

/** What can't be changed here, and why. */
export function lockedSettings({ stage }: Deployment): ReadonlyMap<SettingName, string> {
  return new Map(
    stage === 'production' ? [['REQUIRE_API_KEY', 'must stay true on stage production: without a key, anybody who reaches the gateway could send faxes']] : [],
  );
}

/** What this deployment does not take, by setting; what no deployment takes, the schema has refused. */
export function refusedValues(values: SettingValues, deployment: Deployment): { readonly name: SettingName; readonly message: string }[] {
  const defaults = defaultValues(deployment);
  const { maxFileSizeMb } = deployment;
  return [
    ...[...lockedSettings(deployment)].flatMap(([name, message]) => (isDeepStrictEqual(values[name], defaults[name]) ? [] : [{ name, message }])),
    ...(values.MAX_FILE_SIZE_MB > maxFileSizeMb
      ? [{ name: 'MAX_FILE_SIZE_MB' as const, message: `must be at most ${maxFileSizeMb}: the stack was deployed with maxFileSizeMb ${maxFileSizeMb}` }]
      : []),
  ];
}
