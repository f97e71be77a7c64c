/** The objects of all buckets: versions by bucket and key in LevelDB, bodies in files. A change that was acknowledged survives kill -9. */
import type { ClassicLevel, PutOptions } from 'classic-level';
import { currentObject, type StoredObject, type Versions } from './object-record.js';
import type { BodyFiles } from './body-files.js';

export interface KeyRange {
  readonly prefix?: string;
  /** Only keys that sort after this one, in UTF-8 order. */
  readonly after?: string;
}

/** Acknowledged means on disk. */
const durable: PutOptions<string, Versions> = { sync: true };

/** Sorts behind every key that starts with `prefix`: no character sorts after the last one of Unicode. */
export function pastPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

export class ObjectStore {
  /** One chain of changes a key: what a condition saw is still so when the change is written. */
  private readonly turns = new Map<string, Promise<void>>();
  private readonly records;

  constructor(
    database: ClassicLevel,
    readonly bodies: BodyFiles,
  ) {
    this.records = database.sublevel<string, Versions>('objects', { valueEncoding: 'json' });
  }

  async versions(bucket: string, key: string): Promise<Versions> {
    return (await this.records.get(`${bucket}/${key}`)) ?? [];
  }

  async current(bucket: string, key: string): Promise<StoredObject | undefined> {
    return currentObject(await this.versions(bucket, key));
  }

  /**
   * Replaces the versions of a key by what `decide` makes of them; changes of one key take turns.
   * Bodies that no version refers to any more are removed afterwards. What `decide` throws goes to the caller.
   */
  async change(bucket: string, key: string, decide: (versions: Versions) => Versions): Promise<void> {
    const record = `${bucket}/${key}`;
    const before = this.turns.get(record);
    const turn = (async () => {
      await before?.catch(() => undefined);
      const old = await this.versions(bucket, key);
      const changed = decide(old);
      if (changed.length > 0) await this.records.put(record, changed, durable);
      else if (old.length > 0) await this.records.del(record, durable);
      await this.discardUnused(old, changed);
    })();
    this.turns.set(record, turn);
    try {
      await turn;
    } finally {
      if (this.turns.get(record) === turn) this.turns.delete(record);
    }
  }

  /** Keys and versions of a bucket in UTF-8 order of the keys. */
  async *entries(bucket: string, range: KeyRange = {}): AsyncGenerator<readonly [key: string, versions: Versions]> {
    const prefix = `${bucket}/${range.prefix ?? ''}`;
    const after = range.after === undefined ? undefined : `${bucket}/${range.after}`;
    const lower = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0 ? { gt: after } : { gte: prefix };
    for await (const [record, versions] of this.records.iterator({ ...lower, lt: pastPrefix(prefix) }))
      yield [record.slice(bucket.length + 1), versions];
  }

  private async discardUnused(old: Versions, changed: Versions): Promise<void> {
    const used = new Set(changed.flatMap((version) => (version.kind === 'object' ? [version.bodyFile] : [])));
    for (const version of old)
      if (version.kind === 'object' && !used.has(version.bodyFile)) await this.bodies.discard(version.bodyFile);
  }
}
