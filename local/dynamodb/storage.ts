/**
 * Tables on disk, in one classic-level database. An item, its index entries and its expiry are written in one batch, so a
 * crash leaves all or none of them (dynalite's own store writes them one after another, and an item can fall out of an index).
 *
 *   t~TABLE                        the table
 *   i~TABLE~KEY                    an item
 *   x~TABLE~INDEX~INDEXKEY/KEY     its entry in an index, with the projected attributes
 *   e~TABLE~SECONDS~KEY            when it expires
 */
import { ClassicLevel } from 'classic-level';
import { z } from 'zod';
import database, { type ValueRange } from 'dynalite/db/index.js';
import type { AttributeValue, Item } from './item.js';
import { KeyLocks } from './key-locks.js';
import { tableSchema, typeOfKey, type SecondaryIndex, type Table } from './table.js';

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

const end = '\uffff';
const writesPerBatch = 1000;

export class Storage {
  readonly locks = new KeyLocks();
  private readonly tables = new Map<string, Table>();

  private constructor(private readonly level: ClassicLevel) {}

  static async open(directory: string): Promise<Storage> {
    const level = new ClassicLevel<string, string>(directory);
    await level.open();
    const storage = new Storage(level);
    for await (const value of level.values({ gt: 't~', lt: `t~${end}` })) {
      const table = tableSchema.parse(JSON.parse(value));
      storage.tables.set(table.TableName, table);
    }
    return storage;
  }

  close(): Promise<void> {
    return this.level.close();
  }

  table(name: string): Table | undefined {
    return this.tables.get(name);
  }

  tableNames(): readonly string[] {
    return [...this.tables.keys()].sort();
  }

  /** Reads are synchronous: LevelDB answers from memory mostly, and a thread's hop costs more than the read. */
  item(table: string, key: string): Item | undefined {
    const text = this.level.getSync(itemKey(table, key));
    return text === undefined ? undefined : parseItem(text);
  }

  /** The write is with the operating system when this settles, so the end of this process can't lose it. */
  write(writes: readonly Write[]): Promise<void> {
    return this.level.batch([...writes]);
  }

  /** Gives stored values to `take`, in key order, until it answers false. */
  async scan(prefix: string, range: ValueRange, take: (value: string) => boolean): Promise<void> {
    const iterator = this.level.values({
      ...(range.gte === undefined ? { gt: prefix + (range.gt ?? '') } : { gte: prefix + range.gte }),
      ...(range.lte === undefined ? { lt: prefix + (range.lt ?? end) } : { lte: prefix + range.lte }),
      reverse: range.reverse ?? false,
      limit: range.limit ?? -1,
    });
    try {
      for (let values = await iterator.nextv(100); values.length > 0; values = await iterator.nextv(100))
        for (const value of values) if (!take(value)) return;
    } finally {
      await iterator.close();
    }
  }

  /** Items whose expiry lies between these times (seconds), by key. */
  async *expiring(table: string, from: number, to: number): AsyncGenerator<string> {
    const prefix = `e~${table}~`;
    for await (const key of this.level.keys({ gt: prefix + expiryText(from), lt: prefix + expiryText(to + 1) }))
      yield key.slice(prefix.length + expiryDigits + 1);
  }

  async countItems(table: string): Promise<number> {
    let count = 0;
    for await (const _ of this.level.keys({ gt: `i~${table}~`, lt: `i~${table}~${end}` })) count += 1;
    return count;
  }

  /** Creates the table, or brings a stored one to its new shape: indexes are dropped and built, expiries are noted anew. */
  async putTable(table: Table, indexesToBuild: readonly SecondaryIndex[], indexesToDrop: readonly string[]): Promise<void> {
    const before = this.tables.get(table.TableName);
    if (before !== undefined && indexesToBuild.length + indexesToDrop.length > 0) {
      // What is about to be built is not in the table that a crash would leave.
      const touched = new Set([...indexesToDrop, ...indexesToBuild.map(({ IndexName }) => IndexName)]);
      const untouched = before.GlobalSecondaryIndexes.filter(({ IndexName }) => !touched.has(IndexName));
      await this.saveTable({ ...before, GlobalSecondaryIndexes: untouched });
      for (const name of touched) await this.clear(`x~${table.TableName}~${name}~`);
      for (const index of indexesToBuild) await this.rewrite(table, (item, key) => indexEntry(table, index, item, key));
    }
    if (before !== undefined && before.TimeToLiveAttribute !== table.TimeToLiveAttribute) {
      await this.clear(`e~${table.TableName}~`);
      await this.rewrite(table, (item, key) => expiryWrite(table, item, key, 'put'));
    }
    await this.saveTable(table);
  }

  private async saveTable(table: Table): Promise<void> {
    await this.level.put(`t~${table.TableName}`, JSON.stringify(table), { sync: true });
    this.tables.set(table.TableName, table);
  }

  private clear(prefix: string): Promise<void> {
    return this.level.clear({ gt: prefix, lt: prefix + end });
  }

  private async rewrite(table: Table, entryOf: (item: Item, key: string) => Write | undefined): Promise<void> {
    const prefix = itemKey(table.TableName, '');
    let writes: Write[] = [];
    for await (const [key, value] of this.level.iterator({ gt: prefix, lt: prefix + end })) {
      const entry = entryOf(parseItem(value), key.slice(prefix.length));
      if (entry !== undefined) writes.push(entry);
      if (writes.length < writesPerBatch) continue;
      await this.write(writes);
      writes = [];
    }
    await this.write(writes);
  }
}

const storedItem = z.custom<Item>((value) => typeof value === 'object' && value !== null);

/** A stored item. Only the engine writes them, so no more is checked than that it is one. */
export function parseItem(text: string): Item {
  return storedItem.parse(JSON.parse(text));
}

export function itemKey(table: string, key: string): string {
  return `i~${table}~${key}`;
}

/** dynalite's index key ends in 24 bits of a hash, which two items can share; the item's own key behind it makes it unique. */
export function indexKey(table: string, index: string, key: string, keyOfItem: string): string {
  return `x~${table}~${index}~${key}/${keyOfItem}`;
}

/** An item that lacks a key attribute of an index, or has it in another type, is not in that index. */
function indexEntry(table: Table, index: SecondaryIndex, item: Item, key: string): Write | undefined {
  const fits = index.KeySchema.every(({ AttributeName }) => {
    const type = typeOfKey(table, AttributeName);
    const value = type === undefined ? undefined : item[AttributeName]?.[type];
    return value !== undefined && value !== '';
  });
  const [put] = fits ? database.getIndexActions([index], null, item, table).puts : [];
  if (put === undefined) return undefined;
  return { type: 'put', key: indexKey(table.TableName, put.index, put.key, key), value: JSON.stringify(put.item) };
}

const expiryDigits = 12;

function expiryText(seconds: number): string {
  return String(Math.max(0, Math.floor(seconds))).padStart(expiryDigits, '0');
}

/** Seconds since 1970 where the table's expiry attribute holds a number that can be a time. */
export function expiryOf(table: Table, item: Item): number | undefined {
  const value: AttributeValue | undefined = table.TimeToLiveAttribute === undefined ? undefined : item[table.TimeToLiveAttribute];
  const seconds = value?.N === undefined ? NaN : Math.floor(Number(value.N));
  return seconds >= 0 && seconds < 10 ** expiryDigits ? seconds : undefined;
}

export function expiryWrite(table: Table, item: Item, key: string, type: 'put' | 'del'): Write | undefined {
  const seconds = expiryOf(table, item);
  if (seconds === undefined) return undefined;
  const entry = `e~${table.TableName}~${expiryText(seconds)}~${key}`;
  return type === 'put' ? { type, key: entry, value: '' } : { type, key: entry };
}
