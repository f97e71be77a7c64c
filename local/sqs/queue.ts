/**
 * One standard queue: which messages can be received now, which are delayed or in flight, who waits for one.
 * It holds its messages in memory and tells `store` of every change.
 */
import { AwsError } from '../cloud/service.js';
import type { Clock } from './clock.js';
import { messageSize, neverReceived, type Message, type Receptions } from './message.js';
import type { MessageStore, StoredMessage } from './message-store.js';
import type { QueueConfiguration } from './queue-configuration.js';
import { newReceipt, parseReceiptHandle, receiptHandle, type Receipt } from './receipt-handle.js';
import { invalidParameter } from './sqs-errors.js';
import type { UnreliableDelivery } from './unreliable-delivery.js';

export interface ReceivedMessage extends StoredMessage {
  readonly receiptHandle: string;
  /** Milliseconds since the epoch. */
  readonly visibleAgainAt: number;
}

export interface ReceiveOptions {
  /** Messages. */
  readonly maximum: number;
  readonly maximumBytes?: number;
  /** The queue's own where it is not given. */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** How long to wait for a first message. */
  readonly waitMilliseconds: number;
  /** Ends the waiting, with no message: the consumer went away. */
  readonly signal?: AbortSignal;
}

interface Entry {
  readonly message: Message;
  receptions: Receptions;
  state: 'visible' | 'delayed' | 'in flight';
  receipt?: Receipt;
  receivedAt?: number;
  callOff?: () => void;
}

interface Waiter {
  readonly options: ReceiveOptions;
  readonly resolve: (received: readonly ReceivedMessage[]) => void;
  readonly reject: (error: Error) => void;
}

const maximumInFlight = 120_000;
const maximumVisibilityMilliseconds = 43_200_000;

export class Queue {
  private readonly entries = new Map<string, Entry>();
  /** In the order in which they became visible. */
  private readonly visible = new Set<Entry>();
  private readonly waiters = new Set<Waiter>();
  private inFlight = 0;
  private lastPurge = -Infinity;

  constructor(
    readonly configuration: QueueConfiguration,
    private readonly store: MessageStore,
    private readonly clock: Clock,
    /** Where messages go that were received too often. */
    private readonly deadLetterQueue?: Queue,
    private readonly delivery?: UnreliableDelivery,
  ) {}

  /** Takes up what an earlier run left; what was in flight then can be received again. */
  async restore(): Promise<void> {
    for (const { message, receptions } of await this.store.load(this.configuration.name)) this.take(message, receptions);
    this.removeExpired();
  }

  /** Resolves when the messages are on disk; they can be received from then on, or when their delay ends. */
  async send(messages: readonly Message[]): Promise<void> {
    await this.store.add(this.configuration.name, messages);
    for (const message of messages) this.take(message, neverReceived);
    this.serveWaiters();
  }

  /** Messages that can be received, waiting for a first one where there is none. @throws AwsError OverLimit */
  async receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const taken = this.pick(options);
    const received =
      taken.length > 0 || options.waitMilliseconds <= 0 || options.signal?.aborted === true ? taken : await this.waitFor(options);
    if (received.length > 0) await this.store.recordReceptions(this.configuration.name, received);
    return received;
  }

  /** Deletes by receipt handle. A handle of an earlier reception succeeds and deletes nothing, as SQS says it may. */
  async delete(handle: string): Promise<void> {
    const entry = this.entryOf(parseReceiptHandle(handle));
    if (entry !== undefined) await this.remove([entry]);
  }

  /** @throws AwsError ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue */
  changeVisibility(handle: string, seconds: number): void {
    const entry = this.entryOf(parseReceiptHandle(handle));
    if (entry === undefined)
      throw invalidParameter(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`);
    if (entry.state !== 'in flight')
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.', 400);
    const now = this.clock.now();
    if (now + seconds * 1000 - (entry.receivedAt ?? now) > maximumVisibilityMilliseconds)
      throw invalidParameter(`Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`);
    this.hide(entry, 'in flight', seconds * 1000);
    this.serveWaiters();
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.removeExpired();
    const visible = this.visible.size;
    return { visible, inFlight: this.inFlight, delayed: this.entries.size - visible - this.inFlight };
  }

  /** @throws AwsError PurgeQueueInProgress */
  async purge(): Promise<void> {
    const now = this.clock.now();
    if (now - this.lastPurge < 60_000)
      throw new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${this.configuration.name} is allowed every 60 seconds.`, 403);
    this.lastPurge = now;
    await this.remove([...this.entries.values()]);
  }

  /** Visible messages leave for other queues, as new ones; `destinationOf` gives undefined to let a message stay. */
  async moveVisible(destinationOf: (message: Message) => Queue | undefined, renew: (message: Message) => Message): Promise<number> {
    let moved = 0;
    for (const entry of [...this.visible]) {
      const destination = destinationOf(entry.message);
      if (destination === undefined || !this.visible.has(entry)) continue;
      this.forget(entry);
      await this.deliver(entry, destination, { message: renew(entry.message), receptions: neverReceived });
      moved += 1;
    }
    return moved;
  }

  /** Drops messages that are older than the retention period. */
  removeExpired(): void {
    const expired = [...this.entries.values()].filter((entry) => this.isExpired(entry));
    if (expired.length > 0) this.inBackground(this.remove(expired));
  }

  close(): void {
    for (const entry of this.entries.values()) entry.callOff?.();
    for (const waiter of this.waiters) waiter.resolve([]);
  }

  private take(message: Message, receptions: Receptions): void {
    const entry: Entry = { message, receptions, state: 'visible' };
    this.entries.set(message.messageId, entry);
    const delay = message.deliverableAt - this.clock.now();
    if (delay > 0) this.hide(entry, 'delayed', delay);
    else this.visible.add(entry);
  }

  private pick({ maximum, maximumBytes = Infinity, visibilityTimeoutSeconds }: ReceiveOptions): readonly ReceivedMessage[] {
    const milliseconds = (visibilityTimeoutSeconds ?? this.configuration.visibilityTimeoutSeconds) * 1000;
    const now = this.clock.now();
    const picked: ReceivedMessage[] = [];
    const hidden: Entry[] = [];
    const expired: Entry[] = [];
    let bytes = 0;
    for (const entry of this.delivery?.order(this.visible) ?? this.visible) {
      if (picked.length === maximum) break;
      if (this.isExpired(entry)) {
        expired.push(entry);
        continue;
      }
      if (this.isDead(entry)) {
        this.bury(entry);
        continue;
      }
      const late = this.delivery?.delay() ?? 0;
      if (late > 0) {
        this.hide(entry, 'delayed', late);
        continue;
      }
      bytes += messageSize(entry.message.body, entry.message.attributes);
      if (picked.length > 0 && bytes > maximumBytes) break;
      if (this.inFlight + picked.length >= maximumInFlight) {
        if (picked.length > 0) break;
        throw new AwsError('OverLimit', `The queue has ${maximumInFlight} messages in flight.`, 403);
      }
      const { total, here, firstAt } = entry.receptions;
      entry.receptions = { total: total + 1, here: here + 1, firstAt: firstAt ?? now };
      entry.receipt = newReceipt(entry.message.messageId);
      entry.receivedAt = now;
      picked.push({
        message: entry.message,
        receptions: entry.receptions,
        receiptHandle: receiptHandle(entry.receipt),
        visibleAgainAt: now + milliseconds,
      });
      hidden.push(entry);
    }
    // Afterwards, since a timeout of 0 puts a message at the end of the line that the loop walks.
    for (const entry of hidden) this.hide(entry, 'in flight', this.delivery?.duplicates() === true ? 0 : milliseconds);
    if (expired.length > 0) this.inBackground(this.remove(expired));
    return picked;
  }

  private waitFor(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        callOff();
        options.signal?.removeEventListener('abort', giveUp);
        this.waiters.delete(waiter);
      };
      const waiter: Waiter = {
        options,
        resolve: (received) => {
          leave();
          resolve(received);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const giveUp = (): void => { waiter.resolve([]); };
      const callOff = Number.isFinite(options.waitMilliseconds) ? this.clock.after(options.waitMilliseconds, giveUp) : () => undefined;
      options.signal?.addEventListener('abort', giveUp, { once: true });
      this.waiters.add(waiter);
    });
  }

  private serveWaiters(): void {
    for (const waiter of this.waiters) {
      if (this.visible.size === 0) return;
      try {
        const received = this.pick(waiter.options);
        if (received.length > 0) waiter.resolve(received);
      } catch (error) {
        waiter.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** Makes a message invisible for a time; 0 makes it visible. */
  private hide(entry: Entry, state: 'delayed' | 'in flight', milliseconds: number): void {
    entry.callOff?.();
    delete entry.callOff;
    if (milliseconds <= 0) { this.show(entry); return; }
    this.visible.delete(entry);
    this.setState(entry, state);
    entry.callOff = this.clock.after(milliseconds, () => {
      this.show(entry);
      this.serveWaiters();
    });
  }

  private show(entry: Entry): void {
    delete entry.callOff;
    this.setState(entry, 'visible');
    // It goes to the end of the line.
    this.visible.delete(entry);
    this.visible.add(entry);
  }

  private setState(entry: Entry, state: Entry['state']): void {
    if (entry.state === 'in flight') this.inFlight -= 1;
    if (state === 'in flight') this.inFlight += 1;
    entry.state = state;
  }

  /** The entry of the latest reception; undefined for a message that is gone or was received again since. */
  private entryOf({ messageId, reception }: Receipt): Entry | undefined {
    const entry = this.entries.get(messageId);
    return entry?.receipt?.reception === reception ? entry : undefined;
  }

  private isExpired(entry: Entry): boolean {
    return entry.message.sentAt + this.configuration.retentionSeconds * 1000 <= this.clock.now();
  }

  private isDead(entry: Entry): boolean {
    const { redrive } = this.configuration;
    return redrive !== undefined && this.deadLetterQueue !== undefined && entry.receptions.here >= redrive.maxReceiveCount;
  }

  private bury(entry: Entry): void {
    const { deadLetterQueue } = this;
    if (deadLetterQueue === undefined) return;
    this.forget(entry);
    const message: Message = { ...entry.message, deadLetterSourceArn: this.configuration.arn };
    this.inBackground(this.deliver(entry, deadLetterQueue, { message, receptions: { ...entry.receptions, here: 0 } }));
  }

  private async deliver(entry: Entry, destination: Queue, stored: StoredMessage): Promise<void> {
    await this.store.move(this.configuration.name, [entry.message], destination.configuration.name, [stored]);
    destination.take(stored.message, stored.receptions);
    destination.serveWaiters();
  }

  private async remove(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) this.forget(entry);
    await this.store.remove(this.configuration.name, entries.map(({ message }) => message));
  }

  private forget(entry: Entry): void {
    entry.callOff?.();
    this.setState(entry, 'visible');
    this.visible.delete(entry);
    this.entries.delete(entry.message.messageId);
  }

  /** Work that nobody waits for: what of it is lost in a crash is done again after the next start. */
  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      console.warn(`SQS ${this.configuration.name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
