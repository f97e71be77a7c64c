/** The authorizer's decisions: what a request presents, who that is, and whether the operation is theirs. Pure. */
import type { Authentication } from '../contract/operations.js';
import type { RefusalReason } from '../contract/key-words.js';
import { holdsScope, type Scope } from '../contract/scopes.js';
import type { Caller } from '../platform/caller.js';
import { tokenInCookies } from '../sessions/session-cookie.js';
import { isAllowedAddress } from './ip-ranges.js';
import { isLive, stateOf, type ApiKey } from './key.js';
import { matchesAny, type Peppers } from './secret-hash.js';

/** What a request presents to be let in. */
export type Presented =
  | { readonly kind: 'key'; readonly token: string }
  /** The console's session, in its cookie. */
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'document-token' }
  | { readonly kind: 'nothing' };

/**
 * `X-API-Key`, or the same key as a bearer token; else a document token, where the operation takes one; else a session. What
 * is presented first counts, be it good or not. A session is signed in with a key and never with a session, and looked at and
 * ended by itself alone.
 */
export function presentedBy(
  request: { readonly headers: Readonly<Record<string, string | undefined>> | null; readonly query: Readonly<Record<string, string | undefined>> | null },
  authentication: Authentication,
): Presented {
  const headers = lowerCased(request.headers);
  const session = authentication.kind === 'sign-in' ? undefined : tokenInCookies(headers.get('cookie') ?? '');
  if (authentication.kind === 'session') return session === undefined ? { kind: 'nothing' } : { kind: 'session', token: session };
  const token = (headers.get('x-api-key') ?? '').trim() || (/^Bearer +(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '');
  if (token !== '') return { kind: 'key', token };
  if (authentication.kind === 'token' && (request.query?.['token'] ?? '') !== '') return { kind: 'document-token' };
  return session === undefined ? { kind: 'nothing' } : { kind: 'session', token: session };
}

/** Headers by their names in lower case. */
export function lowerCased(headers: Readonly<Record<string, string | undefined>> | null): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']));
}

/** `secretVersion`: the secret of the key whose token it is. */
export type KeyVerdict =
  | { readonly kind: 'accepted'; readonly key: ApiKey; readonly secretVersion: number }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly secretVersion?: number };

/** Judges a well-formed token against the key that its id names, presented from `address` at `now` (epoch milliseconds). */
export function judgeToken(token: string, key: ApiKey | undefined, peppers: Peppers, { now, address }: { readonly now: number; readonly address: string }): KeyVerdict {
  const secret = matchesAny(token, key?.secrets ?? [], peppers);
  if (key === undefined) return { kind: 'refused', reason: 'unknown_id' };
  if (secret === undefined) return { kind: 'refused', reason: 'wrong_secret' };
  const reason = judgeKey(key, address, now) ?? (isLive(secret, now) ? undefined : 'rotated_out');
  if (reason !== undefined) return { kind: 'refused', reason, secretVersion: secret.version };
  return { kind: 'accepted', key, secretVersion: secret.version };
}

/** Why a key is not let in at `now`, whatever it calls; undefined where it is. Without an address, its ranges are not looked at. */
export function judgeKey(key: ApiKey, address: string | undefined, now: number): RefusalReason | undefined {
  const state = stateOf(key, now);
  if (state !== 'active') return state;
  return address === undefined || isAllowedAddress(key.allowedIps, address) ? undefined : 'ip_refused';
}

/** True when the caller may call an operation with this authentication. */
export function mayCall(caller: { readonly kind: 'key' | 'bootstrap'; readonly scopes: readonly Scope[] } | Caller, authentication: Authentication): boolean {
  switch (authentication.kind) {
    case 'none':
      return true;
    case 'token':
      return caller.kind === 'token-holder' || ('scopes' in caller && holdsScope(caller.scopes, authentication.scope));
    case 'key':
      return 'scopes' in caller && holdsScope(caller.scopes, authentication.scope);
    case 'any-key':
      return 'scopes' in caller;
    case 'sign-in':
      return caller.kind === 'key' || caller.kind === 'bootstrap';
    case 'session':
      return caller.kind === 'session';
    case 'signature':
      // A provider's alone: no key stands for it.
      return false;
  }
}
