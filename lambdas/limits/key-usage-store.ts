/** When keys were used: read from the items that the limit counter writes. */
import { isKeyId, type KeyId } from '../contract/identifiers.js';
import { isScope, type Scope } from '../contract/scopes.js';
import { getItems, type Attributes } from '../platform/dynamodb.js';
import { usagePk } from './usage-store.js';

/** Times in epoch milliseconds. What was never used is absent. */
export interface KeyUsage {
  readonly lastUsedAt: number;
  readonly secrets: ReadonlyMap<number, number>;
  readonly scopes: ReadonlyMap<Scope, number>;
}

/** The usage of each key; keys that never were used are absent. */
export async function usageOf(tableName: string, ids: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyUsage>> {
  const usages = new Map<KeyId, KeyUsage>();
  for (const item of await getItems(tableName, ids.map((id) => ({ pk: usagePk(id) })))) {
    const { key_id: id, last_used_at: lastUsedAt } = item;
    if (typeof id === 'string' && isKeyId(id) && typeof lastUsedAt === 'number') usages.set(id, { lastUsedAt, ...partsOf(item) });
  }
  return usages;
}

function partsOf(item: Attributes): Pick<KeyUsage, 'secrets' | 'scopes'> {
  const secrets = new Map<number, number>();
  const scopes = new Map<Scope, number>();
  for (const [name, at] of Object.entries(item)) {
    const [, kind, what = ''] = /^(secret|scope)_(.+)_last_used_at$/.exec(name) ?? [];
    if (typeof at !== 'number') continue;
    if (kind === 'secret') secrets.set(Number(what), at);
    if (kind === 'scope' && isScope(what)) scopes.set(what, at);
  }
  return { secrets, scopes };
}
