/** The clock and timers that schedules run on; tests bring their own. */

export interface Timers {
  /** Milliseconds. */
  now(): number;
  /** Calls `run` after so many milliseconds; the answer cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** setTimeout takes at most 2^31 - 1 milliseconds, 24 days; what lies further away is reached in steps. */
const longest = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: Date.now,
  after(milliseconds, run) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(() => {
        if (left > longest) wait(left - longest);
        else run();
      }, Math.min(left, longest));
      timer.unref();
    };
    wait(milliseconds);
    return () => { clearTimeout(timer); };
  },
};
