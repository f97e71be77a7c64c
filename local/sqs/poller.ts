/** An event source mapping at work: takes batches off a queue and invokes its function, so many at once as the mapping allows. */
import type { FunctionInvoker, InvocationOutcome } from '../cloud/function-invoker.js';
import { doneMessages } from './batch-outcome.js';
import type { Clock } from './clock.js';
import { batchEvent } from './event-record.js';
import type { Queue, ReceivedMessage } from './queue.js';

export interface Mapping {
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsItemFailures: boolean;
  /** Invocations at once. */
  readonly maximumConcurrency: number;
  readonly functionTimeoutSeconds: number;
}

/** A batch must fit into Lambda's 6 MB with its records' other fields and the escapes of JSON. */
const maximumBatchBytes = 5 * 1024 * 1024;
const firstBackOff = 100;
const longestBackOff = 60_000;

export class Poller {
  private readonly stopping = new AbortController();
  private running = 0;
  private slotFreed: (() => void) | undefined;
  private readonly warned = new Set<string>();

  constructor(
    private readonly mapping: Mapping,
    private readonly queue: Queue,
    private readonly functions: FunctionInvoker,
    private readonly clock: Clock,
    private readonly region: string,
  ) {}

  start(): void {
    this.poll().catch((error: unknown) => { this.warn(error); });
  }

  /** Takes no further messages. A batch that is being worked on is not deleted any more; it is received again after the next start. */
  stop(): void {
    this.stopping.abort();
    this.slotFreed?.();
  }

  private stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async poll(): Promise<void> {
    while (!this.stopped()) {
      if (this.running >= this.mapping.maximumConcurrency) {
        await new Promise<void>((resolve) => {
          this.slotFreed = resolve;
        });
        continue;
      }
      let batch: readonly ReceivedMessage[];
      try {
        batch = await this.gather();
      } catch (error) {
        if (this.stopped()) return;
        // Too many messages in flight, or a full disk: neither ends the mapping.
        this.warn(error);
        await this.pause(longestBackOff / 60);
        continue;
      }
      if (batch.length === 0 || this.stopped()) continue;
      this.running += 1;
      void this.work(batch).finally(() => {
        this.running -= 1;
        this.slotFreed?.();
      });
    }
  }

  /** A first message as soon as there is one, and what else comes until the batch is full or its window ends. */
  private async gather(): Promise<readonly ReceivedMessage[]> {
    const { batchSize, batchingWindowSeconds } = this.mapping;
    const { signal } = this.stopping;
    const batch = [
      ...(await this.queue.receive({ maximum: batchSize, maximumBytes: maximumBatchBytes, waitMilliseconds: Infinity, signal })),
    ];
    const windowEnd = this.clock.now() + batchingWindowSeconds * 1000;
    let bytes = sizeOf(batch);
    while (batch.length > 0 && batch.length < batchSize && bytes < maximumBatchBytes && !signal.aborted) {
      const waitMilliseconds = windowEnd - this.clock.now();
      if (waitMilliseconds <= 0) break;
      const more = await this.queue.receive({
        maximum: batchSize - batch.length,
        maximumBytes: maximumBatchBytes - bytes,
        waitMilliseconds,
        signal,
      });
      batch.push(...more);
      bytes += sizeOf(more);
    }
    return batch;
  }

  private async work(batch: readonly ReceivedMessage[]): Promise<void> {
    try {
      const outcome = await this.invoke(batch);
      if (this.stopping.signal.aborted) return;
      const ids = batch.map(({ message }) => message.messageId);
      const done = new Set(doneMessages(outcome, ids, this.mapping.reportsItemFailures));
      await Promise.all(
        batch.filter(({ message }) => done.has(message.messageId)).map(({ receiptHandle }) => this.queue.delete(receiptHandle)),
      );
    } catch (error) {
      // The messages come back after their visibility timeout.
      if (!this.stopping.signal.aborted) this.warn(error);
    }
  }

  /** A throttled batch is tried again, less and less often, as long as its messages stay hidden for a whole run of the function. */
  private async invoke(batch: readonly ReceivedMessage[]): Promise<InvocationOutcome> {
    const payload = batchEvent(batch, this.queue.configuration.arn, this.region);
    const lastStart = Math.min(...batch.map(({ visibleAgainAt }) => visibleAgainAt)) - this.mapping.functionTimeoutSeconds * 1000;
    for (let backOff = firstBackOff; ; backOff = Math.min(backOff * 2, longestBackOff)) {
      const outcome = await this.functions.invoke(this.mapping.functionArn, payload, { kind: 'event-source-mapping' });
      if (outcome.kind !== 'throttled' || this.clock.now() + backOff > lastStart || this.stopping.signal.aborted) return outcome;
      await this.pause(backOff);
    }
  }

  private pause(milliseconds: number): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      const end = (): void => {
        callOff();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const callOff = this.clock.after(milliseconds, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  private warn(error: unknown): void {
    const sentence = error instanceof Error ? error.message : String(error);
    if (this.warned.has(sentence)) return;
    this.warned.add(sentence);
    console.warn(`The event source mapping of ${this.queue.configuration.name} and ${this.mapping.functionArn}: ${sentence}`);
  }
}

function sizeOf(batch: readonly ReceivedMessage[]): number {
  return batch.reduce((sum, { message }) => sum + Buffer.byteLength(message.body), 0);
}
