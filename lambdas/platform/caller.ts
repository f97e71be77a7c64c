/** Who calls, as the authorizer found it: passed to the functions as API Gateway's authorizer context (strings only). */
import type { Actor } from '../audit/event.js';
import { anonymousOwner, defaultOwner, isKeyId, isOwner, type KeyId, type Owner } from '../contract/identifiers.js';
import { adminScope, defaultScopes, isAdmin, isScope, type Scope } from '../contract/scopes.js';

/** What every caller has that operations behind a key take. */
interface Holder {
  readonly owner: Owner;
  readonly scopes: readonly Scope[];
  /** Requests that the limits let through in a UTC minute, for the operation that is called; 0: any number. */
  readonly minuteLimit: number;
}

export type Caller =
  | (Holder & {
      readonly kind: 'key';
      readonly keyId: KeyId;
      /** The secret of this request, and the last four characters of its token. */
      readonly secretVersion: number;
      readonly lastFour: string;
    })
  | (Holder & { readonly kind: 'bootstrap' })
  /** No key, where the gateway requires none (REQUIRE_API_KEY=false). */
  | (Holder & { readonly kind: 'anonymous' })
  /** Carries a document token that the operation itself verifies. */
  | { readonly kind: 'token-holder' }
  /** An open operation: the authorizer was not asked. */
  | { readonly kind: 'anyone' };

export type KeyCaller = Extract<Caller, { readonly scopes: readonly Scope[] }>;

/** True for a caller that operations behind a key take. */
export function isKeyCaller(caller: Caller): caller is KeyCaller {
  return caller.kind === 'key' || caller.kind === 'bootstrap' || caller.kind === 'anonymous';
}

/** The context in API Gateway's form. */
export function callerContext(caller: Caller): Record<string, string> {
  switch (caller.kind) {
    case 'key':
      return {
        kind: 'key',
        keyId: caller.keyId,
        secretVersion: String(caller.secretVersion),
        lastFour: caller.lastFour,
        owner: caller.owner,
        scopes: caller.scopes.join(' '),
        minuteLimit: String(caller.minuteLimit),
      };
    case 'bootstrap':
    case 'anonymous':
      return { kind: caller.kind, minuteLimit: String(caller.minuteLimit) };
    case 'token-holder':
    case 'anyone':
      return { kind: caller.kind };
  }
}

/** Whoever signs in with the bootstrap key. */
export function bootstrapCaller(minuteLimit: number): KeyCaller {
  return { kind: 'bootstrap', owner: defaultOwner, scopes: [adminScope], minuteLimit };
}

/** Whoever comes without a key while none is required: sends faxes, and reads those of all that came so. */
export function anonymousCaller(minuteLimit: number): KeyCaller {
  return { kind: 'anonymous', owner: anonymousOwner, scopes: defaultScopes, minuteLimit };
}

/**
 * Reads the context back.
 * @throws Error when it is not one that callerContext writes: a caller must not come out of nothing
 */
export function readCaller(context: Readonly<Record<string, unknown>> | null | undefined): Caller {
  if (context?.['kind'] === undefined) return { kind: 'anyone' };
  const { kind, keyId, secretVersion, lastFour, owner, scopes, minuteLimit } = context;
  if (kind === 'token-holder') return { kind };
  if (isWholeNumber(minuteLimit)) {
    if (kind === 'bootstrap') return bootstrapCaller(Number(minuteLimit));
    if (kind === 'anonymous') return anonymousCaller(Number(minuteLimit));
    if (
      kind === 'key' &&
      typeof keyId === 'string' &&
      isKeyId(keyId) &&
      typeof owner === 'string' &&
      isOwner(owner) &&
      typeof scopes === 'string' &&
      isWholeNumber(secretVersion) &&
      typeof lastFour === 'string'
    ) {
      return { kind, keyId, secretVersion: Number(secretVersion), lastFour, owner, scopes: scopes.split(' ').filter(isScope), minuteLimit: Number(minuteLimit) };
    }
  }
  throw new Error('The authorizer context is not one of ours');
}

function isWholeNumber(text: unknown): text is string {
  return typeof text === 'string' && /^\d+$/.test(text);
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
    case 'anonymous':
    case 'token-holder':
    case 'anyone':
      return { type: 'anonymous' };
  }
}
