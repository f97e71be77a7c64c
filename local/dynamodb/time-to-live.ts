/** Deletes items whose time has come, as DynamoDB does some time after it. */
import database from 'dynalite/db/index.js';
import { expiryOf, expiryWrite, indexKey, itemKey, type Storage } from './storage.js';
import type { Table } from './table.js';

/** DynamoDB leaves alone what lies more than five years back: it may be no time at all. */
const fiveYears = 5 * 365 * 86_400;

/**
 * Deletes the expired items of every table.
 * @param now milliseconds
 * @returns how many were deleted
 */
export async function deleteExpired(storage: Storage, now: number): Promise<number> {
  const seconds = Math.floor(now / 1000);
  let deleted = 0;
  for (const name of storage.tableNames()) {
    const table = storage.table(name);
    if (table?.TimeToLiveAttribute === undefined) continue;
    for await (const key of storage.expiring(name, seconds - fiveYears, seconds))
      if (await deleteIfExpired(storage, table, key, seconds)) deleted += 1;
  }
  return deleted;
}

/** Looks again under the item's lock: someone may have given it more time, or put another in its place. */
function deleteIfExpired(storage: Storage, table: Table, key: string, seconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const body = async (): Promise<boolean> => {
      const item = storage.item(table.TableName, key);
      const expiry = item === undefined ? undefined : expiryOf(table, item);
      if (item === undefined || expiry === undefined || expiry > seconds) return false;
      const entries = database.getIndexActions(table.GlobalSecondaryIndexes, item, null, table).deletes;
      const writes = [
        { type: 'del', key: itemKey(table.TableName, key) } as const,
        expiryWrite(table, item, key, 'del'),
        ...entries.map((entry) => ({ type: 'del', key: indexKey(table.TableName, entry.index, entry.key, key) }) as const),
      ];
      await storage.write(writes.filter((write) => write !== undefined));
      return true;
    };
    storage.locks.lock(
      itemKey(table.TableName, key),
      (release) => {
        const done = release(resolve);
        const failed = release(reject);
        body().then(done, failed);
      },
      reject,
    );
  });
}
