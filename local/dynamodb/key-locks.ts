/** One write at a time for each item: whoever comes later waits in line. */

export type Release = <Args extends unknown[]>(callback: (...args: Args) => void) => (...args: Args) => void;

export class KeyLocks {
  private readonly lines = new Map<string, (() => void)[]>();

  /**
   * Runs `body` when the key is free. The callback that it wraps with `release` frees the key when it is called.
   * @param failed hears what `body` throws; the key is free by then
   */
  lock(key: string, body: (release: Release) => void, failed: (error: unknown) => void): void {
    const line = this.lines.get(key);
    const run = (): void => {
      let held = true;
      const free = (): void => {
        if (!held) return;
        held = false;
        this.next(key);
      };
      try {
        body((callback) => (...args) => {
          free();
          callback(...args);
        });
      } catch (error) {
        free();
        failed(error);
      }
    };
    if (line !== undefined) {
      line.push(run);
      return;
    }
    this.lines.set(key, []);
    run();
  }

  private next(key: string): void {
    const run = this.lines.get(key)?.shift();
    if (run === undefined) this.lines.delete(key);
    // Not on this stack: a long line would be a deep one.
    else setImmediate(run);
  }
}
