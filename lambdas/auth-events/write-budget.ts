/** How many events one execution environment writes: so many a second and so many a minute; the rest is counted. */

export type Allowance = { readonly kind: 'write'; readonly suppressed: number } | { readonly kind: 'exhausted' };

export interface WriteRate {
  readonly perSecond: number;
  readonly perMinute: number;
}

/** Of each execution environment, for each kind of event that has a budget of its own. */
export const writeRate: WriteRate = { perSecond: 5, perMinute: 60 };

export class WriteBudget {
  private readonly second = new Period(1_000);
  private readonly minute = new Period(60_000);
  private suppressed = 0;

  constructor(private readonly rate: WriteRate) {}

  /** Asks for one write at `now` (epoch milliseconds). A write carries the number of those that went unwritten before it. */
  take(now: number): Allowance {
    if (this.second.taken(now) >= this.rate.perSecond || this.minute.taken(now) >= this.rate.perMinute) {
      this.skip();
      return { kind: 'exhausted' };
    }
    this.second.take();
    this.minute.take();
    const { suppressed } = this;
    this.suppressed = 0;
    return { kind: 'write', suppressed };
  }

  /** Counts an event that is not to be written. */
  skip(): void {
    this.suppressed += 1;
  }
}

class Period {
  private current = -1;
  private count = 0;

  constructor(private readonly milliseconds: number) {}

  taken(now: number): number {
    const period = Math.floor(now / this.milliseconds);
    if (period !== this.current) {
      this.current = period;
      this.count = 0;
    }
    return this.count;
  }

  take(): void {
    this.count += 1;
  }
}
