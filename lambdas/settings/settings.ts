/** The settings as the functions use them, out of what the settings table holds. Pure, and light: the authorizer reads them. */
import {
  numberSettings,
  stackNumberSettings,
  switchSettings,
  tierSettings,
  type NumberSetting,
  type StackNumberSetting,
  type SwitchSetting,
  type TierLimits,
  type TierSetting,
} from '../contract/settings.js';
import { tiers } from '../contract/tiers.js';

export interface Settings {
  readonly requireApiKey: boolean;
  /** For each key; 0 is no limit. */
  readonly maxRequestsPerMinute: number;
  /** In place of maxRequestsPerMinute for keys of a tier that is named; 0 is no limit. */
  readonly tierRequestsPerMinute: TierLimits;
  readonly inboundListRpm: number;
  readonly inboundGetRpm: number;
  /** Undefined: what the stack was deployed with, which is also the ceiling. */
  readonly maxFileSizeMb: number | undefined;
  readonly auditLogEnabled: boolean;
  /** For a key that is created without an expiry; 0 is none. */
  readonly defaultKeyExpiryDays: number;
  readonly requireIpRanges: boolean;
  /** lambdas/faxes/redial.ts */
  readonly redial: { readonly busySeconds: number; readonly noAnswerSeconds: number; readonly maxTries: number; readonly maxDials: number };
  /** Undefined: what the stack was deployed with. */
  readonly pdfTokenTtlMinutes: number | undefined;
  /** Undefined: what the stack was deployed with. */
  readonly inboundTokenTtlMinutes: number | undefined;
}

/**
 * The settings in force.
 * @param chosen what administrators chose, by name; undefined where nothing was ever saved
 * @throws Error for a value of another type than its setting's: a damaged item must not switch anything on or off
 */
export function settingsOf(chosen: unknown = {}): Settings {
  if (!isRecord(chosen)) throw new Error('The stored settings are no map');
  return {
    requireApiKey: chosenSwitch(chosen, 'REQUIRE_API_KEY'),
    maxRequestsPerMinute: chosenNumber(chosen, 'MAX_REQUESTS_PER_MINUTE'),
    tierRequestsPerMinute: chosenTierLimits(chosen, 'TIER_REQUESTS_PER_MINUTE'),
    inboundListRpm: chosenNumber(chosen, 'INBOUND_LIST_RPM'),
    inboundGetRpm: chosenNumber(chosen, 'INBOUND_GET_RPM'),
    maxFileSizeMb: chosenStackNumber(chosen, 'MAX_FILE_SIZE_MB'),
    auditLogEnabled: chosenSwitch(chosen, 'AUDIT_LOG_ENABLED'),
    defaultKeyExpiryDays: chosenNumber(chosen, 'DEFAULT_KEY_EXPIRY_DAYS'),
    requireIpRanges: chosenSwitch(chosen, 'REQUIRE_IP_RANGES'),
    redial: {
      busySeconds: chosenNumber(chosen, 'REDIAL_BUSY_SECONDS'),
      noAnswerSeconds: chosenNumber(chosen, 'REDIAL_NO_ANSWER_SECONDS'),
      maxTries: chosenNumber(chosen, 'REDIAL_MAX_TRIES'),
      maxDials: chosenNumber(chosen, 'REDIAL_MAX_DIALS'),
    },
    pdfTokenTtlMinutes: chosenStackNumber(chosen, 'PDF_TOKEN_TTL_MINUTES'),
    inboundTokenTtlMinutes: chosenStackNumber(chosen, 'INBOUND_TOKEN_TTL_MINUTES'),
  };
}

/** The largest file in megabytes: what was chosen, but never more than the stack was deployed with. */
export function fileSizeLimit({ maxFileSizeMb }: Pick<Settings, 'maxFileSizeMb'>, deployedMb: number): number {
  return Math.min(maxFileSizeMb ?? deployedMb, deployedMb);
}

/** What to know about settings that open the gateway or silence it. */
export function settingsWarnings({ requireApiKey, auditLogEnabled }: Settings): string[] {
  return [
    ...(requireApiKey ? [] : ['REQUIRE_API_KEY is false: anybody who reaches the gateway can send faxes']),
    ...(auditLogEnabled ? [] : ['AUDIT_LOG_ENABLED is false: faxes and sign-ins leave no trace in the audit log']),
  ];
}

function chosenSwitch(chosen: Chosen, name: SwitchSetting): boolean {
  const { [name]: value = switchSettings[name].default } = chosen;
  if (typeof value !== 'boolean') throw notOurs(name);
  return value;
}

function chosenNumber(chosen: Chosen, name: NumberSetting): number {
  const { [name]: value = numberSettings[name].default } = chosen;
  return within(value, numberSettings[name], name);
}

function chosenStackNumber(chosen: Chosen, name: StackNumberSetting): number | undefined {
  return chosen[name] === undefined ? undefined : within(chosen[name], stackNumberSettings[name], name);
}

function chosenTierLimits(chosen: Chosen, name: TierSetting): TierLimits {
  const { [name]: limits = tierSettings[name].default } = chosen;
  if (!isRecord(limits)) throw notOurs(name);
  return Object.fromEntries(tiers.flatMap((tier) => (limits[tier] === undefined ? [] : [[tier, within(limits[tier], tierSettings[name], name)]])));
}

/** A number that a later release does not take any more becomes the nearest that it takes. */
function within(value: unknown, { least, most }: { readonly least: number; readonly most: number }, name: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw notOurs(name);
  return Math.min(Math.max(value, least), most);
}

function notOurs(name: string): Error {
  return new Error(`The stored settings hold no valid ${name}`);
}

type Chosen = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Chosen {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
