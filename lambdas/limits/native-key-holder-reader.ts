/** Which native key each key of ours holds, as the keys table has it. */
import { isKeyId, type KeyId } from '../contract/identifiers.js';
import { keyPk } from '../keys/key-item.js';
import { getItems } from '../platform/dynamodb.js';

export type ReadHolders = (ids: readonly KeyId[]) => Promise<ReadonlyMap<KeyId, string>>;

/** The native key's value by key; a key that holds none, is revoked or does not exist is absent. */
export function holderReader(keysTable: string): ReadHolders {
  return async (ids) => {
    const holders = new Map<KeyId, string>();
    // A key can have two leases, when the answer to the first one got lost; DynamoDB takes no key twice.
    for (const { id, nativeKey, revokedAt } of await getItems(keysTable, [...new Set(ids)].map((one) => ({ pk: keyPk(one) })))) {
      if (typeof id === 'string' && isKeyId(id) && typeof nativeKey === 'string' && revokedAt === undefined) holders.set(id, nativeKey);
    }
    return holders;
  };
}
