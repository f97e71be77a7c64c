/**
 * How many execution environments fit on this machine. AWS would run a thousand at once; here a request that finds no
 * room waits a little, so that two cores answer more slowly instead of wrongly.
 */
import { SpareProcessor } from './spare-processor.js';

export interface EnvironmentHolder {
  /** When the longest idle environment was last used, or undefined where none is idle. */
  readonly idleSince: number | undefined;
  /** Ends the longest idle environment, which leads to `release`. */
  endIdle(): void;
  /** There may be room again. */
  grow(): void;
}

export class EnvironmentCapacity {
  readonly #limit: number;
  readonly #holders = new Set<EnvironmentHolder>();
  readonly #processor = new SpareProcessor();
  #taken = 0;

  /** @param limit environments alive at one time */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(holder: EnvironmentHolder): void {
    this.#holders.add(holder);
  }

  /**
   * True where an environment more could do something that is not done already. On a busy machine it would take its share
   * from the others, and begin with slow code: V8 optimizes what has run a few hundred times.
   */
  hasSpareProcessor(): boolean {
    return this.#processor.hasSome(Date.now());
  }

  /** Takes a place; where there is none, another function's idle environment is ended and the place is free soon. */
  take(asking: EnvironmentHolder): boolean {
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      return true;
    }
    const [longestIdle] = [...this.#holders]
      .filter((holder) => holder !== asking && holder.idleSince !== undefined)
      .sort((left, right) => (left.idleSince ?? 0) - (right.idleSince ?? 0));
    longestIdle?.endIdle();
    return false;
  }

  release(): void {
    this.#taken -= 1;
    for (const holder of this.#holders) holder.grow();
  }
}
