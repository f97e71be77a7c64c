/** An API key: what it holds, and the pure decisions about its life. */
import type { AuditEvent } from '../audit/event.js';
import type { KeyId, Owner } from '../contract/identifiers.js';
import { isAdmin, type Scope } from '../contract/scopes.js';
import type { Tier } from '../contract/tiers.js';
import type { SecretHash } from './secret-hash.js';

export interface KeySecret extends SecretHash {
  /** Counts up from 1 with each rotation. */
  readonly version: number;
  readonly prefix: string;
  readonly lastFour: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface ApiKey {
  readonly id: KeyId;
  /** Counts up with each write: a write on an older revision is refused. */
  readonly revision: number;
  readonly name: string | undefined;
  readonly owner: Owner;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  readonly note: string | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** The live secrets: one, or two while a rotation overlaps. None once revoked. */
  readonly secrets: readonly KeySecret[];
  /** Audit events that were committed with the key and are not yet published. */
  readonly outbox: readonly AuditEvent[];
}

export type KeyState = 'active' | 'expired' | 'revoked';

/** The state of a key at a moment (epoch milliseconds). */
export function stateOf(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: number): KeyState {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return 'active';
}

/** True for a key that ends the bootstrap key: an admin key that will not expire by itself and leave nobody in charge. */
export function isStandingAdmin(key: Pick<ApiKey, 'revokedAt' | 'expiresAt' | 'scopes'>): boolean {
  return key.revokedAt === undefined && key.expiresAt === undefined && isAdmin(key.scopes);
}

/** The key with a new secret that replaces all older ones. */
export function withNewSecret(key: ApiKey, secret: Omit<KeySecret, 'version'>, event: AuditEvent): ApiKey {
  const version = Math.max(0, ...key.secrets.map((one) => one.version)) + 1;
  return { ...key, revision: key.revision + 1, secrets: [{ ...secret, version }], outbox: [...key.outbox, event] };
}

/** The key, dead for good. Its hash stays, so that the history can tell a revoked token from a wrong one. */
export function revoked(key: ApiKey, now: number, event: AuditEvent): ApiKey {
  return { ...key, revision: key.revision + 1, revokedAt: now, outbox: [...key.outbox, event] };
}
