/** The changes that an administrator makes to a key, rotation apart. Pure; each carries its audit event. */
import type { AuditEvent } from '../audit/event.js';
import { isoTime } from '../platform/iso-time.js';
import type { ApiKey } from './key.js';

/** What may be edited. The owner is not among it: an owner never changes. */
export type Editable = Pick<ApiKey, 'name' | 'scopes' | 'tier' | 'note' | 'allowedIps' | 'requestsPerMinute' | 'rotateEveryDays' | 'expiresAt'>;

/** The key after one administrator's change. */
export function changed(key: ApiKey, change: Partial<ApiKey>, event: AuditEvent): ApiKey {
  return { ...key, ...change, revision: key.revision + 1, version: key.version + 1, outbox: [...key.outbox, event] };
}

/** What an edit changes, in the contract's words: each member before and after, null for none. */
export interface KeyDifferences {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** The members of `wanted` that differ from the key; undefined where nothing does. */
export function differences(key: ApiKey, wanted: Partial<Editable>): KeyDifferences | undefined {
  const names = editableNames.filter((name) => Object.hasOwn(wanted, name) && !sameValue(key[name], wanted[name]));
  return names.length === 0 ? undefined : { before: inWords(key, names), after: inWords(wanted, names) };
}

/** Each member's word in the contract. */
const words = {
  name: 'name',
  scopes: 'scopes',
  tier: 'tier',
  note: 'note',
  allowedIps: 'allowed_ips',
  requestsPerMinute: 'requests_per_minute',
  rotateEveryDays: 'rotate_every_days',
  expiresAt: 'expires_at',
} as const satisfies Record<keyof Editable, string>;

const editableNames = Object.keys(words).filter(isEditable);

function isEditable(name: string): name is keyof Editable {
  return Object.hasOwn(words, name);
}

function inWords(from: Partial<Editable>, names: readonly (keyof Editable)[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [words[name], name === 'expiresAt' ? isoTime(from.expiresAt) : (from[name] ?? null)]));
}

/** Lists of scopes and ranges are sets: their order says nothing. */
function sameValue(one: Editable[keyof Editable], other: Editable[keyof Editable]): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((member) => other.some((candidate) => candidate === member));
}
