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

  /** Messages in the order in which they come: some wait behind all others. */
  order<T>(inLine: Iterable<T>): Iterable<T> {
    const faults = this.#faults;
    if (faults === undefined || faults.reorder === 0) return inLine;
    const late: T[] = [];
    const others: T[] = [];
    for (const one of inLine) (this.#random() < faults.reorder ? late : others).push(one);
    if (others.length > 0) this.#counts.reordered += late.length;
    return [...others, ...late];
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
