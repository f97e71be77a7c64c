/**
 * Log groups, streams and events in one classic-level database.
 * Events lie in their group by time, so that a search over a group reads them in order: `e~GROUP~TIME~NUMBER~STREAM`.
 */
import { randomBytes } from 'node:crypto';
import { ClassicLevel } from 'classic-level';
import { z } from 'zod';
import type { LogEvent } from './log-batch.js';
import { OrderedWrites, type Write } from './ordered-writes.js';

const groupSchema = z.object({ id: z.string(), name: z.string(), createdAt: z.number(), retentionInDays: z.number().optional() });
export type LogGroup = z.infer<typeof groupSchema>;

const streamSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  firstEventAt: z.number().optional(),
  lastEventAt: z.number().optional(),
  lastIngestedAt: z.number().optional(),
});
export type LogStream = z.infer<typeof streamSchema>;

const eventSchema = z.object({ message: z.string(), ingestedAt: z.number() });

export interface StoredEvent extends LogEvent {
  /** Where the event lies in its group: comparable as text, and part of page tokens. */
  readonly position: string;
  readonly streamId: string;
  readonly ingestedAt: number;
}

export interface EventRange {
  /** Positions; both ends are excluded. */
  readonly after: string;
  readonly before: string;
  readonly newestFirst?: boolean;
}

const timeDigits = 15;
const numberDigits = 17;

/** The position before everything at or after this time (milliseconds). */
export function positionOf(time: number): string {
  return String(Math.min(Math.max(0, Math.floor(time)), 10 ** timeDigits - 1)).padStart(timeDigits, '0');
}

export class LogStore {
  private readonly groups = new Map<string, LogGroup>();
  private readonly streams = new Map<string, Map<string, LogStream>>();
  private readonly writes: OrderedWrites;
  private lastNumber = Date.now() * 1000;

  private constructor(private readonly database: ClassicLevel) {
    this.writes = new OrderedWrites((batch, sync) => database.batch(batch, { sync }));
  }

  static async open(directory: string): Promise<LogStore> {
    const database = new ClassicLevel<string, string>(directory);
    await database.open();
    const store = new LogStore(database);
    await store.load();
    return store;
  }

  private async load(): Promise<void> {
    for await (const value of this.database.values({ gt: 'g~', lt: 'g~\uffff' })) {
      const group = groupSchema.parse(JSON.parse(value));
      this.groups.set(group.name, group);
    }
    for await (const [key, value] of this.database.iterator({ gt: 's~', lt: 's~\uffff' }))
      this.streamsById(key.split('~')[1] ?? '').set(...named(streamSchema.parse(JSON.parse(value))));
  }

  allGroups(): readonly LogGroup[] {
    return [...this.groups.values()].sort(byName);
  }

  group(name: string): LogGroup | undefined {
    return this.groups.get(name);
  }

  stream(group: LogGroup, name: string): LogStream | undefined {
    return this.streamsById(group.id).get(name);
  }

  streamsOf(group: LogGroup): readonly LogStream[] {
    return [...this.streamsById(group.id).values()].sort(byName);
  }

  async putGroup(group: Omit<LogGroup, 'id'>): Promise<LogGroup> {
    const stored = { ...group, id: this.groups.get(group.name)?.id ?? randomBytes(6).toString('hex') };
    this.groups.set(group.name, stored);
    await this.writes.add([{ type: 'put', key: `g~${group.name}`, value: JSON.stringify(stored) }], true);
    return stored;
  }

  /** @param durable whether the stream must be on the disk, not just with the system, when the promise settles */
  async createStream(group: LogGroup, name: string, createdAt: number, durable: boolean): Promise<LogStream> {
    const stream = { id: randomBytes(6).toString('hex'), name, createdAt };
    this.streamsById(group.id).set(name, stream);
    await this.writes.add([streamWrite(group, stream)], durable);
    return stream;
  }

  /** Appends events in their order; `durable` as for createStream. Either way a killed process loses nothing that was acknowledged. */
  async append(group: LogGroup, streamName: string, events: readonly LogEvent[], ingestedAt: number, durable: boolean): Promise<void> {
    const stream = this.stream(group, streamName);
    if (stream === undefined || events.length === 0) return;
    const times = events.map(({ timestamp }) => timestamp);
    const changed: LogStream = {
      ...stream,
      firstEventAt: Math.min(stream.firstEventAt ?? Infinity, ...times),
      lastEventAt: Math.max(stream.lastEventAt ?? 0, ...times),
      lastIngestedAt: ingestedAt,
    };
    this.streamsById(group.id).set(streamName, changed);
    const writes = events.map(({ timestamp, message }): Write => {
      this.lastNumber += 1;
      const position = `${positionOf(timestamp)}~${String(this.lastNumber).padStart(numberDigits, '0')}`;
      return { type: 'put', key: `e~${group.id}~${position}~${stream.id}`, value: JSON.stringify({ message, ingestedAt }) };
    });
    await this.writes.add([...writes, streamWrite(group, changed)], durable);
  }

  /** The events of a group, by time. */
  async *events(group: LogGroup, { after, before, newestFirst }: EventRange, wanted?: ReadonlySet<string>): AsyncGenerator<StoredEvent> {
    const prefix = `e~${group.id}~`;
    // One read batch of keys is cheap to skip; values are parsed only for the streams that are wanted.
    for await (const [key, value] of this.database.iterator({ gt: prefix + after, lt: prefix + before, reverse: newestFirst ?? false })) {
      const [time = '', number = '', streamId = ''] = key.slice(prefix.length).split('~');
      if (wanted !== undefined && !wanted.has(streamId)) continue;
      yield { position: `${time}~${number}~${streamId}`, timestamp: Number(time), streamId, ...eventSchema.parse(JSON.parse(value)) };
    }
  }

  async deleteStream(group: LogGroup, stream: LogStream): Promise<void> {
    this.streamsById(group.id).delete(stream.name);
    await this.writes.add([{ type: 'del', key: `s~${group.id}~${stream.name}` }], true);
    for await (const key of this.database.keys({ gt: `e~${group.id}~`, lt: `e~${group.id}~\uffff` }))
      if (key.endsWith(`~${stream.id}`)) await this.database.del(key);
  }

  async deleteGroup(group: LogGroup): Promise<void> {
    this.groups.delete(group.name);
    this.streams.delete(group.id);
    await this.writes.add([{ type: 'del', key: `g~${group.name}` }], true);
    await this.database.clear({ gt: `s~${group.id}~`, lt: `s~${group.id}~\uffff` });
    await this.database.clear({ gt: `e~${group.id}~`, lt: `e~${group.id}~\uffff` });
  }

  /** Deletes the events of a group that are older than this time (milliseconds). */
  async deleteBefore(group: LogGroup, time: number): Promise<void> {
    await this.database.clear({ gt: `e~${group.id}~`, lt: `e~${group.id}~${positionOf(time)}` });
  }

  async close(): Promise<void> {
    await this.writes.settled();
    await this.database.close();
  }

  private streamsById(groupId: string): Map<string, LogStream> {
    const existing = this.streams.get(groupId);
    if (existing !== undefined) return existing;
    const created = new Map<string, LogStream>();
    this.streams.set(groupId, created);
    return created;
  }
}

function streamWrite(group: LogGroup, stream: LogStream): Write {
  return { type: 'put', key: `s~${group.id}~${stream.name}`, value: JSON.stringify(stream) };
}

function named(stream: LogStream): [string, LogStream] {
  return [stream.name, stream];
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
