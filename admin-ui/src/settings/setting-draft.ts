/** Settings as a person changes them: every value as the text or switch of its field. Pure. */
import type { Settings } from '../gateway/operation-types.js';

export type SettingField = Settings['fields'][number];
export type SettingValue = SettingField['default'];

/** Setting → what stands in its field. A number of a tier is under `<setting>.<tier>`. */
export type SettingDraft = Readonly<Record<string, string | boolean>>;

export function valueOf(settings: Settings, name: string): SettingValue | undefined {
  return Object.entries<SettingValue>(settings.values).find(([one]) => one === name)?.[1];
}

/** The changes of a draft, as the gateway takes them: text that is no number goes as it is, for the gateway to say so. */
export function changesOf(draft: SettingDraft, settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    settings.fields.flatMap((field) => {
      const before = valueOf(settings, field.name);
      const after = writtenValue(field, draft, before);
      return JSON.stringify(after) === JSON.stringify(before) ? [] : [[field.name, after]];
    }),
  );
}

function writtenValue(field: SettingField, draft: SettingDraft, before: SettingValue | undefined): unknown {
  if (field.type === 'tier_numbers') return writtenTiers(field.name, draft, before);
  const written = draft[field.name];
  if (written === undefined) return before;
  return typeof written === 'boolean' ? written : numberOr(written);
}

function writtenTiers(name: string, draft: SettingDraft, before: SettingValue | undefined): unknown {
  const now = new Map<string, unknown>(typeof before === 'object' ? Object.entries(before) : []);
  for (const [place, written] of Object.entries(draft)) {
    if (!place.startsWith(`${name}.`)) continue;
    const tier = place.slice(name.length + 1);
    if (written === '') now.delete(tier);
    else now.set(tier, numberOr(String(written)));
  }
  return Object.fromEntries(now);
}

function numberOr(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

/** A value in words. */
export function inWords(value: SettingValue | undefined): string {
  if (value === undefined) return '–';
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value);
  return entries.length === 0 ? 'none' : entries.map(([tier, limit]) => `${tier}: ${limit}`).join(', ');
}
