/** What the authorizer reads, by signed calls without an SDK client (docs/adr/0003-authorizer-without-sdk.md). */
import type { KeyId } from '../contract/identifiers.js';
import { readItem } from '../platform/read-item.js';
import { fromItem, keyPk, rosterPk } from './key-item.js';
import type { ApiKey } from './key.js';

/** Reads a key, consistently: a revocation counts with the next request. */
export async function readKey(tableName: string, id: KeyId): Promise<ApiKey | undefined> {
  const item = await readItem(tableName, { pk: keyPk(id) });
  return item === undefined ? undefined : fromItem(item);
}

/** True once a standing admin key exists: the bootstrap key has ended. */
export async function hasStandingAdmin(tableName: string): Promise<boolean> {
  const roster = await readItem(tableName, { pk: rosterPk });
  return roster?.['admins'] instanceof Set && roster['admins'].size > 0;
}
