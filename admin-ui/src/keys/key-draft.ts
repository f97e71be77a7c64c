/** A key as a person fills it in, and what of it is sent. Pure. */
import type { Scope } from '../../../lambdas/contract/scopes.js';
import { defaultScopes } from '../../../lambdas/contract/scopes.js';
import { defaultTier, tiers, type Tier } from '../../../lambdas/contract/tiers.js';
import type { ApiKey, BodyOf } from '../gateway/operation-types.js';

export const expiryChoices = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'date', label: 'On a date' },
  { value: 'never', label: 'Never' },
] as const;

export interface KeyDraft {
  readonly name: string;
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  /** One of the choices, or `keep`: as it is. */
  readonly expiry: string;
  /** YYYY-MM-DD, for the choice `date`. */
  readonly date: string;
  /** A range a line. */
  readonly ranges: string;
  readonly perMinute: string;
  readonly rotateEveryDays: string;
  readonly note: string;
}

/** What a new key starts from: enough to send and to look after its own faxes, for three months. */
export const newKey: KeyDraft = {
  name: '',
  owner: '',
  scopes: defaultScopes,
  tier: defaultTier,
  expiry: '90',
  date: '',
  ranges: '',
  perMinute: '',
  rotateEveryDays: '',
  note: '',
};

export function draftOf(key: ApiKey): KeyDraft {
  return {
    name: key.name ?? '',
    owner: key.owner,
    scopes: key.scopes,
    tier: tiers.find((tier) => tier === key.tier) ?? defaultTier,
    expiry: 'keep',
    date: '',
    ranges: key.allowed_ips.join('\n'),
    perMinute: key.requests_per_minute === null ? '' : String(key.requests_per_minute),
    rotateEveryDays: key.rotate_every_days === null ? '' : String(key.rotate_every_days),
    note: key.note ?? '',
  };
}

/** The body of a creation. */
export function creationOf(draft: KeyDraft, now: number): BodyOf<'createApiKey'> {
  return { ...everythingOf(draft, now), ...(draft.owner.trim() === '' ? {} : { owner: draft.owner.trim() }) };
}

/** The body of an edit: what differs from the key as it was read. */
export function editOf(draft: KeyDraft, read: ApiKey, now: number): BodyOf<'editApiKey'> {
  const before = everythingOf(draftOf(read), now);
  const after = everythingOf(draft, now);
  const changed = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(Object.entries(before).find(([one]) => one === name)?.[1]));
  return { version: read.version, ...Object.fromEntries(changed) };
}

/** Whether an edit would change anything. */
export function changesAnything(draft: KeyDraft, read: ApiKey): boolean {
  return Object.keys(editOf(draft, read, 0)).length > 1;
}

type Chosen = Omit<BodyOf<'createApiKey'>, 'owner'>;

function everythingOf(draft: KeyDraft, now: number): Chosen {
  const expiry = expiryOf(draft, now);
  return {
    name: draft.name.trim() === '' ? null : draft.name.trim(),
    scopes: [...draft.scopes],
    tier: draft.tier,
    ...(expiry === undefined ? {} : { expires_at: expiry }),
    allowed_ips: rangesOf(draft.ranges),
    requests_per_minute: numberOf(draft.perMinute),
    rotate_every_days: numberOf(draft.rotateEveryDays),
    note: draft.note.trim() === '' ? null : draft.note.trim(),
  };
}

function expiryOf({ expiry, date }: KeyDraft, now: number): string | null | undefined {
  if (expiry === 'keep') return undefined;
  if (expiry === 'never') return null;
  // The end of the chosen day, where the person is.
  if (expiry === 'date') return date === '' ? '' : new Date(`${date}T23:59:59`).toISOString();
  return new Date(now + Number(expiry) * 86_400_000).toISOString();
}

/** One address is a range of one. */
function rangesOf(text: string): string[] | null {
  const ranges = text.split(/[\s,;]+/).filter((word) => word !== '');
  if (ranges.length === 0) return null;
  return ranges.map((range) => (range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`));
}

function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
