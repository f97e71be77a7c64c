/** The messages of all queues on disk. A message that was acknowledged survives kill -9; so does how often it was received. */
import { ClassicLevel, type BatchOptions } from 'classic-level';
import { neverReceived, type Message, type Receptions } from './message.js';

export interface StoredMessage {
  readonly message: Message;
  readonly receptions: Receptions;
}

type Stored = Message | Receptions;
/** Acknowledged means on disk. */
const durable: BatchOptions<string, Stored> = { sync: true };

export class MessageStore {
  private readonly database: ClassicLevel<string, Stored>;

  /** Opens by itself with the first operation. */
  constructor(directory: string) {
    this.database = new ClassicLevel<string, Stored>(directory, { valueEncoding: 'json' });
  }

  /** The messages of a queue in the order in which they were sent. */
  async load(queue: string): Promise<readonly StoredMessage[]> {
    const receptions = new Map<string, Receptions>();
    for await (const [key, value] of this.database.iterator(rangeOf('receptions', queue)))
      if ('total' in value) receptions.set(lastPart(key), value);
    const messages: StoredMessage[] = [];
    for await (const value of this.database.values(rangeOf('messages', queue)))
      if ('messageId' in value)
        messages.push({ message: value, receptions: receptions.get(value.messageId) ?? neverReceived });
    return messages;
  }

  async add(queue: string, messages: readonly Message[]): Promise<void> {
    await this.database.batch(
      messages.map((message) => ({ type: 'put', key: messageKey(queue, message), value: message })),
      durable,
    );
  }

  async recordReceptions(queue: string, received: readonly StoredMessage[]): Promise<void> {
    await this.database.batch(
      received.map(({ message, receptions }) => ({ type: 'put', key: receptionsKey(queue, message), value: receptions })),
    );
  }

  async remove(queue: string, messages: readonly Message[]): Promise<void> {
    await this.database.batch(
      messages.flatMap((message) => [
        { type: 'del', key: messageKey(queue, message) },
        { type: 'del', key: receptionsKey(queue, message) },
      ]),
    );
  }

  /** At no moment in neither queue, or in both. */
  async move(from: string, moved: readonly Message[], to: string, added: readonly StoredMessage[]): Promise<void> {
    await this.database.batch(
      [
        ...moved.flatMap((message) => [
          { type: 'del' as const, key: messageKey(from, message) },
          { type: 'del' as const, key: receptionsKey(from, message) },
        ]),
        ...added.flatMap(({ message, receptions }) => [
          { type: 'put' as const, key: messageKey(to, message), value: message },
          { type: 'put' as const, key: receptionsKey(to, message), value: receptions },
        ]),
      ],
      durable,
    );
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

function messageKey(queue: string, message: Message): string {
  return `messages/${queue}/${String(message.sentAt).padStart(15, '0')}/${message.messageId}`;
}

function receptionsKey(queue: string, message: Message): string {
  return `receptions/${queue}/${message.messageId}`;
}

/** Keys under a queue's name: '0' is the character behind '/'. */
function rangeOf(kind: 'messages' | 'receptions', queue: string): { gt: string; lt: string } {
  return { gt: `${kind}/${queue}/`, lt: `${kind}/${queue}0` };
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
