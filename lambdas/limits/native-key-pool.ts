/** What key administration does with native keys: lease one for a key, give it back. */
import type { KeyId } from '../contract/identifiers.js';
import type { Tier } from '../contract/tiers.js';
import { log } from '../platform/log.js';
import type { NativeKeyStore } from './native-key-store.js';

export interface NativeKeyPool {
  /** The value of a native key for a key of this tier; undefined where none is free: the key then shares its tier's. It never fails. */
  lease(tier: Tier, keyId: KeyId): Promise<string | undefined>;
  /** Gives a native key back, to rest until its quota begins anew. One that is not leased stays as it is. */
  release(value: string): Promise<void>;
}

/** So many are looked at for one: who creates a key at the same moment picks another one, most likely. */
const candidates = 25;
const mostTries = 4;

/** A lease whose key was never written is found after this long, in milliseconds: longer than any request takes. */
export const leasePatience = 600_000;

/** The pool; without a size, nobody leases anything. */
export function nativeKeyPool(store: NativeKeyStore, { poolSize }: { readonly poolSize: number }): NativeKeyPool {
  async function pick(tier: Tier, keyId: KeyId): Promise<string | undefined> {
    const now = Date.now();
    const free = [...(await store.list('free', tier, now, candidates))];
    for (let tries = 0; tries < mostTries && free.length > 0; tries += 1) {
      const [one] = free.splice(Math.floor(Math.random() * free.length), 1);
      if (one !== undefined && (await store.lease(one.value, keyId, now + leasePatience))) return one.value;
    }
    return undefined;
  }

  return {
    async lease(tier, keyId) {
      if (poolSize === 0) return undefined;
      try {
        return await pick(tier, keyId);
      } catch (error) {
        log.warn('No native key could be leased: the key shares its tier’s', { key_id: keyId, reason: String(error) });
        return undefined;
      }
    },

    async release(value) {
      await store.rest(value, Date.now());
    },
  };
}
