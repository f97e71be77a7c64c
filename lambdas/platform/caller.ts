/** Who calls, as the authorizer found it: passed to the functions as API Gateway's authorizer context (strings only). */
import type { Actor } from '../audit/event.js';
import { defaultOwner, isKeyId, isOwner, type KeyId, type Owner } from '../contract/identifiers.js';
import { adminScope, isAdmin, isScope, type Scope } from '../contract/scopes.js';

export type Caller =
  | { readonly kind: 'key'; readonly keyId: KeyId; readonly secretVersion: number; readonly owner: Owner; readonly scopes: readonly Scope[] }
  | { readonly kind: 'bootstrap'; readonly owner: Owner; readonly scopes: readonly Scope[] }
  /** Carries a document token that the operation itself verifies. */
  | { readonly kind: 'token-holder' }
  /** An open operation: the authorizer was not asked. */
  | { readonly kind: 'anyone' };

export type KeyCaller = Extract<Caller, { readonly scopes: readonly Scope[] }>;

/** The context in API Gateway's form. */
export function callerContext(caller: Caller): Record<string, string> {
  switch (caller.kind) {
    case 'key':
      return { kind: 'key', keyId: caller.keyId, secretVersion: String(caller.secretVersion), owner: caller.owner, scopes: caller.scopes.join(' ') };
    case 'bootstrap':
    case 'token-holder':
    case 'anyone':
      return { kind: caller.kind };
  }
}

export const bootstrapCaller: Caller = { kind: 'bootstrap', owner: defaultOwner, scopes: [adminScope] };

/**
 * Reads the context back.
 * @throws Error when it is not one that callerContext writes: a caller must not come out of nothing
 */
export function readCaller(context: Readonly<Record<string, unknown>> | null | undefined): Caller {
  if (context?.['kind'] === undefined) return { kind: 'anyone' };
  const { kind, keyId, secretVersion, owner, scopes } = context;
  if (kind === 'bootstrap') return bootstrapCaller;
  if (kind === 'token-holder') return { kind };
  if (
    kind === 'key' &&
    typeof keyId === 'string' &&
    isKeyId(keyId) &&
    typeof owner === 'string' &&
    isOwner(owner) &&
    typeof scopes === 'string' &&
    typeof secretVersion === 'string'
  ) {
    return { kind, keyId, secretVersion: Number(secretVersion), owner, scopes: scopes.split(' ').filter(isScope) };
  }
  throw new Error('The authorizer context is not one of ours');
}

/** True where the caller may see what belongs to an owner: its own, or everything for `admin`. */
export function seesOwner(caller: KeyCaller, owner: Owner): boolean {
  return caller.owner === owner || isAdmin(caller.scopes);
}

/** The caller as the audit trail names it. */
export function actorOf(caller: Caller): Actor {
  switch (caller.kind) {
    case 'key':
      return { type: 'key', key_id: caller.keyId };
    case 'bootstrap':
      return { type: 'bootstrap' };
    case 'token-holder':
    case 'anyone':
      return { type: 'anonymous' };
  }
}
