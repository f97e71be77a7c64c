/** Writes in the order in which they were asked for; those that wait for a running one go together, with one sync. */

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

interface Waiting {
  readonly writes: readonly Write[];
  readonly sync: boolean;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

export class OrderedWrites {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  /** @param writeBatch writes all or nothing; synced to the disk where `sync` is true */
  constructor(private readonly writeBatch: (writes: Write[], sync: boolean) => Promise<void>) {}

  /** Settles when the writes are with the operating system, and on the disk where `sync` is true. */
  add(writes: readonly Write[], sync: boolean): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ writes, sync, done, failed });
      this.running ??= this.run();
    });
  }

  /** Settles when nothing is waiting. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const together = this.waiting;
      this.waiting = [];
      try {
        await this.writeBatch(
          together.flatMap(({ writes }) => writes),
          together.some(({ sync }) => sync),
        );
        for (const { done } of together) done();
      } catch (error) {
        for (const { failed } of together) failed(error);
      }
    }
    this.running = undefined;
  }
}
