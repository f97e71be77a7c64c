/**
 * The settings that an administrator changes at run time: their names, which Faxbot's users know as environment variables,
 * their defaults and bounds. No schema library, since the authorizer reads them; what a person reads and what a request
 * may send stands in settings-schemas.ts.
 */
import type { Tier } from './tiers.js';

/** On or off. */
export const switchSettings = {
  REQUIRE_API_KEY: { default: true },
  AUDIT_LOG_ENABLED: { default: true },
  REQUIRE_IP_RANGES: { default: false },
} as const;

/** Whole numbers. */
export const numberSettings = {
  MAX_REQUESTS_PER_MINUTE: { least: 0, most: 600_000, default: 0 },
  INBOUND_LIST_RPM: { least: 0, most: 600_000, default: 30 },
  INBOUND_GET_RPM: { least: 0, most: 600_000, default: 60 },
  REDIAL_BUSY_SECONDS: { least: 1, most: 3_600, default: 180 },
  REDIAL_NO_ANSWER_SECONDS: { least: 1, most: 3_600, default: 300 },
  REDIAL_MAX_TRIES: { least: 1, most: 20, default: 3 },
  REDIAL_MAX_DIALS: { least: 0, most: 50, default: 12 },
  DEFAULT_KEY_EXPIRY_DAYS: { least: 0, most: 3_650, default: 0 },
} as const;

/** Whole numbers whose default is what the stack was deployed with (lib/config.ts). */
export const stackNumberSettings = {
  MAX_FILE_SIZE_MB: { least: 1, most: 4 },
  PDF_TOKEN_TTL_MINUTES: { least: 1, most: 1_440 },
  INBOUND_TOKEN_TTL_MINUTES: { least: 1, most: 1_440 },
} as const;

/** A whole number for each tier that is named; the others follow MAX_REQUESTS_PER_MINUTE. */
export const tierSettings = {
  TIER_REQUESTS_PER_MINUTE: { least: 0, most: 600_000, default: {} },
} as const;

export type SwitchSetting = keyof typeof switchSettings;
export type NumberSetting = keyof typeof numberSettings;
export type StackNumberSetting = keyof typeof stackNumberSettings;
export type TierSetting = keyof typeof tierSettings;
export type SettingName = SwitchSetting | NumberSetting | StackNumberSetting | TierSetting;

export type TierLimits = Readonly<Partial<Record<Tier, number>>>;

export type SettingValue = boolean | number | TierLimits;

/** What a change makes of one setting. */
export interface SettingChange {
  readonly name: SettingName;
  readonly from: SettingValue;
  readonly to: SettingValue;
}

/** A change counts in every function when so many seconds are over (lambdas/settings/settings-reader.ts). */
export const settingsEffectiveSeconds = 30;
