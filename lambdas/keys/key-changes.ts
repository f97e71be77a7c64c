/** The changes that an administrator makes to a key, rotation apart. Pure; each carries its audit event. */
import type { AuditEvent } from '../audit/event.js';
import type { ApiKey } from './key.js';

/** What may be edited. The owner is not among it: an owner never changes. */
export type Editable = Pick<ApiKey, 'name' | 'scopes' | 'tier' | 'note' | 'allowedIps' | 'requestsPerMinute' | 'rotateEveryDays' | 'expiresAt'>;

/** The key after one administrator's change. */
export function changed(key: ApiKey, change: Partial<ApiKey>, event: AuditEvent): ApiKey {
  return { ...key, ...change, revision: key.revision + 1, version: key.version + 1, outbox: [...key.outbox, event] };
}

/** The members of `wanted` that differ from the key, each with its value before and after; empty where nothing does. */
export function differences(key: ApiKey, wanted: Partial<Editable>): { readonly before: Partial<Editable>; readonly after: Partial<Editable> } {
  const names = editableNames.filter((name) => Object.hasOwn(wanted, name) && !sameValue(key[name], wanted[name]));
  return { before: pick(key, names), after: pick(wanted, names) };
}

const editableNames = ['name', 'scopes', 'tier', 'note', 'allowedIps', 'requestsPerMinute', 'rotateEveryDays', 'expiresAt'] as const satisfies (keyof Editable)[];

function pick(from: Partial<Editable>, names: readonly (keyof Editable)[]): Partial<Editable> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

/** Lists of scopes and ranges are sets: their order says nothing. */
function sameValue(one: Editable[keyof Editable], other: Editable[keyof Editable]): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((member) => other.some((candidate) => candidate === member));
}
