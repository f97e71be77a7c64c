/** Who calls, as the authorizer found it: passed to the functions as API Gateway's authorizer context (strings only). */
import type { Actor } from '../audit/event.js';
import { anonymousOwner, defaultOwner, isKeyId, isOwner, isSessionId, type KeyId, type Owner, type SessionId } from '../contract/identifiers.js';
import { adminScope, defaultScopes, isAdmin, isScope, type Scope } from '../contract/scopes.js';

/** What every caller has that operations behind a key take. */
interface Holder {
  readonly owner: Owner;
  readonly scopes: readonly Scope[];
  /** Requests that the limits let through in a UTC minute, for the operation that is called; 0: any number. */
  readonly minuteLimit: number;
}

/** A key that was presented, by this request or by the one that opened its session. */
export interface HeldKey {
  readonly keyId: KeyId;
  /** The secret that was presented, and the last four characters of its token. */
  readonly secretVersion: number;
  readonly lastFour: string;
}

export type Caller =
  | (Holder & HeldKey & { readonly kind: 'key' })
  /** A session of the console: it has what its key has. */
  | (Holder & {
      readonly kind: 'session';
      readonly sessionId: SessionId;
      /** The key that opened it; undefined: the bootstrap key. */
      readonly key: HeldKey | undefined;
      /** The last use that was noted, in epoch milliseconds. */
      readonly lastSeenAt: number;
    })
  | (Holder & { readonly kind: 'bootstrap' })
  /** No key, where the gateway requires none (REQUIRE_API_KEY=false). */
  | (Holder & { readonly kind: 'anonymous' })
  /** Carries a document token that the operation itself verifies. */
  | { readonly kind: 'token-holder' }
  /** An open operation: the authorizer was not asked. */
  | { readonly kind: 'anyone' };

export type KeyCaller = Extract<Caller, { readonly scopes: readonly Scope[] }>;

export type SessionCaller = Extract<Caller, { readonly kind: 'session' }>;

/** Who may open a session. */
export type SignInCaller = Extract<Caller, { readonly kind: 'key' } | { readonly kind: 'bootstrap' }>;

/** True for a caller that operations behind a key take. */
export function isKeyCaller(caller: Caller): caller is KeyCaller {
  return 'scopes' in caller;
}

/** The key that a caller presented, or opened its session with. */
export function heldKeyOf(caller: Caller): HeldKey | undefined {
  switch (caller.kind) {
    case 'key':
      return { keyId: caller.keyId, secretVersion: caller.secretVersion, lastFour: caller.lastFour };
    case 'session':
      return caller.key;
    default:
      return undefined;
  }
}

/** Who made a thing, as the thing says it: the key's id, or bootstrap, or anonymous. A session makes things for its key. */
export function creatorOf(caller: KeyCaller): string {
  return heldKeyOf(caller)?.keyId ?? (caller.kind === 'session' ? 'bootstrap' : caller.kind);
}

/** The context in API Gateway's form. */
export function callerContext(caller: Caller): Record<string, string> {
  switch (caller.kind) {
    case 'key':
      return {
        kind: 'key',
        ...heldKeyContext(caller),
        owner: caller.owner,
        scopes: caller.scopes.join(' '),
        minuteLimit: String(caller.minuteLimit),
      };
    case 'session':
      return {
        kind: 'session',
        sessionId: caller.sessionId,
        lastSeenAt: String(caller.lastSeenAt),
        ...(caller.key === undefined ? {} : heldKeyContext(caller.key)),
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

function heldKeyContext({ keyId, secretVersion, lastFour }: HeldKey): Record<string, string> {
  return { keyId, secretVersion: String(secretVersion), lastFour };
}

/** Whoever signs in with the bootstrap key. */
export function bootstrapCaller(minuteLimit: number): Extract<Caller, { readonly kind: 'bootstrap' }> {
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
  const { kind, sessionId, lastSeenAt, owner, scopes, minuteLimit } = context;
  if (kind === 'token-holder') return { kind };
  if (isWholeNumber(minuteLimit)) {
    if (kind === 'bootstrap') return bootstrapCaller(Number(minuteLimit));
    if (kind === 'anonymous') return anonymousCaller(Number(minuteLimit));
    if (typeof owner === 'string' && isOwner(owner) && typeof scopes === 'string') {
      const holder = { owner, scopes: scopes.split(' ').filter(isScope), minuteLimit: Number(minuteLimit) };
      const key = readHeldKey(context);
      if (kind === 'key' && key !== undefined) return { kind, ...key, ...holder };
      if (kind === 'session' && typeof sessionId === 'string' && isSessionId(sessionId) && isWholeNumber(lastSeenAt)) {
        return { kind, sessionId, lastSeenAt: Number(lastSeenAt), key, ...holder };
      }
    }
  }
  throw new Error('The authorizer context is not one of ours');
}

/** Undefined where the context names no key, which is right for a session of the bootstrap key alone. */
function readHeldKey({ keyId, secretVersion, lastFour }: Readonly<Record<string, unknown>>): HeldKey | undefined {
  if (keyId === undefined) return undefined;
  if (typeof keyId === 'string' && isKeyId(keyId) && isWholeNumber(secretVersion) && typeof lastFour === 'string') {
    return { keyId, secretVersion: Number(secretVersion), lastFour };
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
    case 'session':
      return { type: 'session', session_id: caller.sessionId, ...(caller.key === undefined ? {} : { key_id: caller.key.keyId }) };
    case 'bootstrap':
      return { type: 'bootstrap' };
    case 'anonymous':
    case 'token-holder':
    case 'anyone':
      return { type: 'anonymous' };
  }
}
