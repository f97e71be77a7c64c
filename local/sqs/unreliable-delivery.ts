/** What SQS says may happen to a message of a standard queue, to order, for tests: it comes twice, late, or before others. */
import { seededRandom } from '../endpoint/seeded-random.js';

/** Chances from 0 to 1, for each message whenever it could be received. */
export interface DeliveryFaults {
  readonly duplicate: number;
  readonly reorder: number;
  readonly delay: number;
  readonly delayMilliseconds: number;
  readonly seed: number;
}

export class UnreliableDelivery {
  #faults: DeliveryFaults | undefined;
  #random = seededRandom(0);
  #counts = { duplicated: 0, reordered: 0, delayed: 0 };

  /** From now on; undefined: messages come as they should again. */
  set(faults: DeliveryFaults | undefined): void {
    this.#faults = faults;
    this.#random = seededRandom(faults?.seed ?? 0);
  }

  /** What has been done to messages so far. */
  get counts(): { readonly duplicated: number; readonly reordered: number; readonly delayed: number } {
    return this.#counts;
  }

  /** Messages in the order in which they come: some are passed over by those behind them. */
  *order<T>(inLine: Iterable<T>): Iterable<T> {
    const faults = this.#faults;
    const passedOver: T[] = [];
    for (const one of inLine) {
      if (faults !== undefined && this.#random() < faults.reorder) {
        passedOver.push(one);
        continue;
      }
      this.#counts.reordered += passedOver.length;
      yield* [one, ...passedOver.splice(0)];
    }
    yield* passedOver;
  }

  /** How long a message that could be received stays away, in milliseconds. */
  delay(): number {
    const faults = this.#faults;
    if (faults === undefined || this.#random() >= faults.delay) return 0;
    this.#counts.delayed += 1;
    return Math.ceil(this.#random() * faults.delayMilliseconds);
  }

  /** True where a message that is received can be received again at once. */
  duplicates(): boolean {
    const faults = this.#faults;
    if (faults === undefined || this.#random() >= faults.duplicate) return false;
    this.#counts.duplicated += 1;
    return true;
  }
}
