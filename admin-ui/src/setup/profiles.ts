/** Security profiles: settings that go together. Pure. */
import type { Settings } from '../gateway/operation-types.js';

export interface SetupDraft {
  readonly profile: 'hipaa' | 'relaxed';
  readonly requireApiKey: boolean;
  readonly auditLog: boolean;
  readonly requestsPerMinute: string;
  readonly keyExpiryDays: string;
  readonly linkMinutes: string;
}

type Profile = SetupDraft['profile'];

export const profiles: Readonly<Record<Profile, { readonly title: string; readonly description: string; readonly draft: Omit<SetupDraft, 'profile'> }>> = {
  hipaa: {
    title: 'HIPAA',
    description: 'For health records and other confidential documents: keys are required and expire, everything is recorded, document links are short.',
    draft: { requireApiKey: true, auditLog: true, requestsPerMinute: '60', keyExpiryDays: '90', linkMinutes: '15' },
  },
  relaxed: {
    title: 'Relaxed',
    description: 'For trying out and for development: keys are not required, nothing expires by itself. Never for confidential documents.',
    draft: { requireApiKey: false, auditLog: true, requestsPerMinute: '0', keyExpiryDays: '0', linkMinutes: '60' },
  },
};

/** A profile as this gateway can take it: a stage may lock a setting to its default. */
export function draftOf(profile: Profile, settings: Settings): SetupDraft {
  const lock = settings.fields.find(({ name }) => name === 'REQUIRE_API_KEY')?.locked ?? null;
  const { draft } = profiles[profile];
  return { profile, ...draft, requireApiKey: lock === null ? draft.requireApiKey : settings.defaults.REQUIRE_API_KEY };
}

/** The settings of a draft, as the gateway takes them: text that is no number goes as it is, for the gateway to say so. */
export function valuesOf(draft: SetupDraft): Record<string, unknown> {
  return {
    REQUIRE_API_KEY: draft.requireApiKey,
    AUDIT_LOG_ENABLED: draft.auditLog,
    MAX_REQUESTS_PER_MINUTE: numberOr(draft.requestsPerMinute),
    DEFAULT_KEY_EXPIRY_DAYS: numberOr(draft.keyExpiryDays),
    PDF_TOKEN_TTL_MINUTES: numberOr(draft.linkMinutes),
  };
}

function numberOr(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}
