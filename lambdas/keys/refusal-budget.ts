/** How many refusals one execution environment writes to the audit log: so many a second, the rest is counted. */

export type Allowance = { readonly kind: 'write'; readonly suppressed: number } | { readonly kind: 'exhausted' };

export class RefusalBudget {
  private second = 0;
  private written = 0;
  private suppressed = 0;

  constructor(private readonly perSecond: number) {}

  /** Asks for one write at `now` (epoch milliseconds). A write carries the number of those that went unwritten before it. */
  take(now: number): Allowance {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      this.written = 0;
    }
    if (this.written >= this.perSecond) {
      this.suppressed += 1;
      return { kind: 'exhausted' };
    }
    this.written += 1;
    const { suppressed } = this;
    this.suppressed = 0;
    return { kind: 'write', suppressed };
  }
}
