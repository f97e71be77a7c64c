/** Native keys in the limits table: `pk = NATIVE#<value>`, found by the index `pool`. */
import { isKeyId, type KeyId } from '../contract/identifiers.js';
import type { Tier } from '../contract/tiers.js';
import { conditionHeld, queryPage, updateItem, type Attributes } from '../platform/dynamodb.js';
import { poolOf, tierOf, type PoolState } from './native-key.js';

export interface PooledKey {
  /** What the authorizer names. */
  readonly value: string;
  /** API Gateway's own id; undefined until it is made. */
  readonly nativeId: string | undefined;
  /** The key that leases it. */
  readonly keyId: KeyId | undefined;
}

export interface NativeKeyStore {
  /** Those of a pool up to a time, oldest first, so many at most. An index, so a moment behind. */
  list(state: PoolState, tier: Tier, until: number, limit: number): Promise<readonly PooledKey[]>;
  count(state: PoolState, tier: Tier): Promise<number>;
  /** False where somebody else leased it first. */
  lease(value: string, keyId: KeyId, lookAgain: number): Promise<boolean>;
  /** Looks at a lease again at another time. False where it is not that key's any more. */
  keep(value: string, keyId: KeyId, lookAgain: number): Promise<boolean>;
  /** Gives a leased one back, to rest. False where it was not leased. */
  rest(value: string, now: number): Promise<boolean>;
  /** Ends the rest of one. False where it does not rest. */
  free(value: string, now: number): Promise<boolean>;
  /** Begins to make one, before API Gateway knows of it. */
  begin(value: string, now: number): Promise<void>;
  /** Notes API Gateway's id of one that is being made. */
  noteId(value: string, nativeId: string): Promise<void>;
  /** Ends the making: it may be leased from a time on. */
  finish(value: string, usableFrom: number): Promise<void>;
  /** Gives up making one. */
  abandon(value: string): Promise<void>;
}

export function dynamoNativeKeyStore(tableName: string): NativeKeyStore {
  const page = (state: PoolState, tier: Tier, more: { readonly until?: number; readonly limit?: number; readonly start?: Attributes | undefined }) =>
    queryPage({
      TableName: tableName,
      IndexName: 'pool',
      KeyConditionExpression: `#pool = :pool${more.until === undefined ? '' : ' AND pooled_at <= :until'}`,
      ExpressionAttributeNames: { '#pool': 'pool' },
      ExpressionAttributeValues: { ':pool': poolOf(state, tier), ...(more.until === undefined ? {} : { ':until': more.until }) },
      ...(more.limit === undefined ? {} : { Limit: more.limit }),
      ExclusiveStartKey: more.start,
    });

  /** Moves one from a pool of its tier to another, under a condition. */
  const move = (value: string, from: PoolState, to: PoolState, time: number, more: { readonly keyId?: KeyId; readonly heldBy?: KeyId } = {}) =>
    conditionHeld(
      updateItem({
        TableName: tableName,
        Key: { pk: pkOf(value) },
        UpdateExpression: `SET #pool = :to, pooled_at = :time${more.keyId === undefined ? '' : ', key_id = :key'}${to === 'leased' ? '' : ' REMOVE key_id'}`,
        ConditionExpression: `#pool = :from${more.heldBy === undefined ? '' : ' AND key_id = :holder'}`,
        ExpressionAttributeNames: { '#pool': 'pool' },
        ExpressionAttributeValues: {
          ':from': poolOf(from, tierOf(value)),
          ':to': poolOf(to, tierOf(value)),
          ':time': time,
          ...(more.keyId === undefined ? {} : { ':key': more.keyId }),
          ...(more.heldBy === undefined ? {} : { ':holder': more.heldBy }),
        },
      }),
    );

  return {
    list: async (state, tier, until, limit) => (await page(state, tier, { until, limit })).items.map(readItem),

    async count(state, tier) {
      let count = 0;
      let start: Attributes | undefined;
      do {
        const { items, lastKey } = await page(state, tier, { start });
        count += items.length;
        start = lastKey;
      } while (start !== undefined);
      return count;
    },

    lease: (value, keyId, lookAgain) => move(value, 'free', 'leased', lookAgain, { keyId }),
    keep: (value, keyId, lookAgain) => move(value, 'leased', 'leased', lookAgain, { heldBy: keyId }),
    rest: (value, now) => move(value, 'leased', 'resting', now),
    free: (value, now) => move(value, 'resting', 'free', now),

    async begin(value, now) {
      await updateItem({
        TableName: tableName,
        Key: { pk: pkOf(value) },
        UpdateExpression: 'SET #pool = :making, pooled_at = :now',
        ExpressionAttributeNames: { '#pool': 'pool' },
        ExpressionAttributeValues: { ':making': poolOf('making', tierOf(value)), ':now': now },
      });
    },

    async noteId(value, nativeId) {
      await updateItem({ TableName: tableName, Key: { pk: pkOf(value) }, UpdateExpression: 'SET native_id = :id', ExpressionAttributeValues: { ':id': nativeId } });
    },

    async finish(value, usableFrom) {
      await move(value, 'making', 'free', usableFrom);
    },

    async abandon(value) {
      await updateItem({ TableName: tableName, Key: { pk: pkOf(value) }, UpdateExpression: 'REMOVE #pool, pooled_at', ExpressionAttributeNames: { '#pool': 'pool' } });
    },
  };
}

function pkOf(value: string): string {
  return `NATIVE#${value}`;
}

function readItem({ pk, native_id: nativeId, key_id: keyId }: Attributes): PooledKey {
  if (typeof pk !== 'string') throw new Error('An item of the index pool has no key');
  return {
    value: pk.slice(pkOf('').length),
    nativeId: typeof nativeId === 'string' ? nativeId : undefined,
    keyId: typeof keyId === 'string' && isKeyId(keyId) ? keyId : undefined,
  };
}
