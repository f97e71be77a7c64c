/**
 * The store that dynalite's actions see, made for one call: index entries are held back and written together with the item,
 * the condition is judged here, and the old item is remembered for the answer.
 */
import { Stream } from 'node:stream';
import database, { type Callback, type Expression, type Store, type SubDatabase, type ValueRange } from 'dynalite/db/index.js';
import { satisfies } from './condition.js';
import type { Item } from './item.js';
import { itemProblem } from './item-limits.js';
import { expiryWrite, indexKey, itemKey, parseItem, type Storage, type Write } from './storage.js';
import type { Table } from './table.js';

/** A condition that was not met; `existing` is the item as it is. */
export class ConditionFailed extends Error {
  constructor(readonly existing: Item | undefined) {
    super('The conditional request failed');
  }
}

export interface Call {
  readonly table: Table;
  readonly condition: Expression | undefined;
  /** Where a page of an index goes on: dynalite's position, and ours, which names the item. */
  readonly resume: { readonly from: string; readonly to: string } | undefined;
  /** Hears what is thrown where dynalite expects no error. */
  readonly failed: (error: unknown) => void;
}

export const engineOptions = { maxItemSize: 409_600 };

/** A store for one action. */
export function storeForCall(storage: Storage, { table, condition, resume, failed }: Call): Store {
  const indexWrites: Write[] = [];
  const name = table.TableName;
  let existing: Item | undefined;
  let currentKey = '';

  function write(writes: readonly (Write | undefined)[], callback: Callback): void {
    const old = existing === undefined ? undefined : expiryWrite(table, existing, currentKey, 'del');
    const all = [old, ...indexWrites, ...writes].filter((entry) => entry !== undefined);
    storage.write(all).then(
      () => { callback(); },
      (error: unknown) => { callback(error instanceof Error ? error : new Error(String(error))); },
    );
  }

  const items: SubDatabase = {
    lock: (key, body) => { storage.locks.lock(itemKey(name, key), body, failed); },
    get(key, callback) {
      currentKey = key;
      existing = storage.item(name, key);
      if (condition !== undefined && !satisfies(condition, existing ?? {})) callback(new ConditionFailed(existing));
      else callback(null, existing);
    },
    put(key, item, callback) {
      const json = JSON.stringify(item);
      const problem = itemProblem(table, item, json);
      if (problem !== undefined) callback(database.validationError(problem));
      else write([expiryWrite(table, item, key, 'put'), { type: 'put', key: itemKey(name, key), value: json }], callback);
    },
    del: (key, callback) => { write([{ type: 'del', key: itemKey(name, key) }], callback); },
    createValueStream: (range) => new StoredValues(storage, itemKey(name, ''), range),
  };

  return {
    options: engineOptions,
    getTable(_, checkStatus, callback) {
      (typeof checkStatus === 'function' ? checkStatus : callback)?.(null, table);
    },
    getItemDb: () => items,
    getIndexDb: (_, __, index) => ({
      ...items,
      put(key, item, callback) {
        indexWrites.push({ type: 'put', key: indexKey(name, index, key, currentKey), value: JSON.stringify(item) });
        callback();
      },
      del(key, callback) {
        indexWrites.push({ type: 'del', key: indexKey(name, index, key, currentKey) });
        callback();
      },
      createValueStream: (range) => new StoredValues(storage, `x~${name}~${index}~`, resumed(range, resume)),
    }),
  };
}

function resumed(range: ValueRange, resume: Call['resume']): ValueRange {
  if (resume === undefined) return range;
  return {
    ...range,
    ...(range.gt === resume.from ? { gt: resume.to } : {}),
    ...(range.lt === resume.from ? { lt: resume.to } : {}),
  };
}

/** Stored items as the old kind of stream that dynalite reads. It begins when the listeners are there. */
class StoredValues extends Stream {
  private wanted = true;

  constructor(storage: Storage, prefix: string, range: ValueRange) {
    super();
    const take = (value: string): boolean => {
      if (this.wanted) this.emit('data', parseItem(value));
      return this.wanted;
    };
    queueMicrotask(() => {
      storage.scan(prefix, range, take).then(
        () => this.emit('end'),
        (error: unknown) => this.emit('error', error),
      );
    });
  }

  destroy(): void {
    this.wanted = false;
  }
}
