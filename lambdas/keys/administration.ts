/** What the administration of keys works with, and what every use case of it has in common. */
import { randomUUID } from 'node:crypto';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type AuditedFact, type AuditEvent, type Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { isKeyId, type KeyId } from '../contract/identifiers.js';
import type { Tier } from '../contract/tiers.js';
import type { KeyUsage } from '../limits/key-usage-store.js';
import { actorOf, seesOwner, type KeyCaller } from '../platform/caller.js';
import { log } from '../platform/log.js';
import type { ApiKey } from './key.js';
import type { KeyStore } from './key-store.js';
import type { Peppers } from './secret-hash.js';
import { settleOutbox } from './settle-outbox.js';

/** The rules that administrators set at run time for all keys. */
export interface KeyRules {
  /** What a key gets whose creator names no expiry; 0: none. */
  readonly defaultKeyExpiryDays: number;
  /** Every new or edited key must say from where it may be presented. */
  readonly requireIpRanges: boolean;
}

/** Native API Gateway keys, each with a rate and a quota of its own, that keys lease. */
export interface NativeKeys {
  /** The value of a native key of the tier; undefined where none is free: the key then shares its tier's. */
  lease(tier: Tier, id: KeyId): Promise<string | undefined>;
  release(value: string): Promise<void>;
}

export interface KeyAdministration {
  readonly store: KeyStore;
  readonly publish: PublishAudit;
  readonly peppers: () => Promise<Peppers>;
  readonly usageOf: (ids: readonly KeyId[]) => Promise<ReadonlyMap<KeyId, KeyUsage>>;
  readonly rules: () => Promise<KeyRules>;
  readonly nativeKeys: NativeKeys;
}

export interface KeyRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
}

/**
 * The key of an id that a caller names.
 * @throws ContractError key_not_found, also for a key of another owner
 */
export async function findKey(id: string, caller: KeyCaller, store: KeyStore): Promise<ApiKey> {
  const key = isKeyId(id) ? await store.find(id) : undefined;
  if (key === undefined || !seesOwner(caller, key.owner)) throw new ContractError('key_not_found');
  return key;
}

/** The audit event of what a caller does to a key. */
export function eventOf(fact: AuditedFact, { caller, origin, now }: KeyRequest): AuditEvent {
  return auditEvent(fact, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
}

/** Finishes a write that stands. What this leaves undone, the sweeper does: it never fails the request. */
export async function settleNow(key: ApiKey, { store, publish }: Pick<KeyAdministration, 'store' | 'publish'>): Promise<void> {
  try {
    await settleOutbox(key, store, publish);
  } catch (error) {
    log.warn('The outbox of a key is left to the sweeper', { key_id: key.id, reason: String(error) });
  }
}

/** Gives a native key back. One that is not given back now is found by the pool's own reconciliation. */
export async function releaseNow(value: string | undefined, { nativeKeys }: Pick<KeyAdministration, 'nativeKeys'>): Promise<void> {
  if (value === undefined) return;
  try {
    await nativeKeys.release(value);
  } catch (error) {
    log.warn('A native key is left to the pool to reconcile', { reason: String(error) });
  }
}
