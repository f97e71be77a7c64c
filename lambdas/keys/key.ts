/** An API key and what follows from it at a moment. How it changes: key-changes.ts and rotation.ts. */
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
  /** When a rotation ends it, in epoch milliseconds; undefined while nothing does. */
  readonly endsAt: number | undefined;
}

export interface ApiKey {
  readonly id: KeyId;
  /** Counts up with each write: a write on an older revision is refused. */
  readonly revision: number;
  /** Counts up with each change by an administrator: an edit names the version that it was made on. */
  readonly version: number;
  readonly name: string | undefined;
  readonly owner: Owner;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  readonly note: string | undefined;
  /** Ranges of addresses (CIDR) that may present the key; empty: any. */
  readonly allowedIps: readonly string[];
  /** Its own exact limit; undefined: the tier's or the gateway's. */
  readonly requestsPerMinute: number | undefined;
  /** How often its secret should be new; undefined: no policy. */
  readonly rotateEveryDays: number | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | undefined;
  readonly disabledAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** The value of the native API Gateway key that it leases; undefined: it shares its tier's. */
  readonly nativeKey: string | undefined;
  /** One or two: the one to use last, and before it the one that the last rotation ended or will end. */
  readonly secrets: readonly KeySecret[];
  /** Audit events that were committed with the key and are not yet published. */
  readonly outbox: readonly AuditEvent[];
}

export type KeyState = 'active' | 'disabled' | 'expired' | 'revoked';

/** The state of a key at a moment (epoch milliseconds). */
export function stateOf(key: Pick<ApiKey, 'revokedAt' | 'disabledAt' | 'expiresAt'>, now: number): KeyState {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.disabledAt === undefined ? 'active' : 'disabled';
}

/** True for a key that ends the bootstrap key: an admin key in force that will not expire by itself and leave nobody in charge. */
export function isStandingAdmin(key: Pick<ApiKey, 'revokedAt' | 'disabledAt' | 'expiresAt' | 'scopes'>): boolean {
  return key.revokedAt === undefined && key.disabledAt === undefined && key.expiresAt === undefined && isAdmin(key.scopes);
}

/** True until a rotation has ended the secret. Whether its key is in force is another question. */
export function isLive(secret: Pick<KeySecret, 'endsAt'>, now: number): boolean {
  return secret.endsAt === undefined || now < secret.endsAt;
}
