/** The closed set of scopes: what an API key may be allowed to do. */

/** Scope → the words that explain it, wherever a person chooses or reads one. */
export const scopeDescriptions = {
  'fax:send': 'Send faxes',
  'fax:read': 'Read the status and the document of the faxes of its own owner',
  'inbound:list': 'List received faxes',
  'inbound:read': 'Read received faxes and their documents',
  'keys:manage': 'Create, rotate and revoke API keys, within its own scopes',
  admin: 'Everything: all scopes, all owners, all administration',
} as const;

export type Scope = keyof typeof scopeDescriptions;

export const scopes = Object.keys(scopeDescriptions).filter(isScope);

/** True for a word out of the closed set. */
export function isScope(word: string): word is Scope {
  return Object.hasOwn(scopeDescriptions, word);
}

/** Holds every scope. */
export const adminScope: Scope = 'admin';

/** What a key gets whose creator names no scopes: enough to send and to look after its own faxes. */
export const defaultScopes: readonly Scope[] = ['fax:send', 'fax:read'];

/** True where the scopes are an administrator's. */
export function isAdmin(held: readonly Scope[]): boolean {
  return held.includes(adminScope);
}

/** `admin` holds every scope. */
export function holdsScope(held: readonly Scope[], wanted: Scope): boolean {
  return held.includes(wanted) || isAdmin(held);
}

/** The scopes of `wanted` that `held` does not cover: what a key's creator would have to hold to grant them. */
export function missingScopes(held: readonly Scope[], wanted: readonly Scope[]): Scope[] {
  return wanted.filter((scope) => !holdsScope(held, scope));
}
