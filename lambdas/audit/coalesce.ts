/** Gathers what arrives while a call is under way into the next call: many small writes become a few. */

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Makes a function that hands items to `run`, one call at a time.
 * @param run takes at least one item; what it throws, everybody hears whose item was in that call
 * @param fits whether one more item may go into a call that already has some
 */
export function coalesced<T>(run: (items: readonly T[]) => Promise<void>, fits: (items: readonly T[], next: T) => boolean): (items: readonly T[]) => Promise<void> {
  const waiting: Waiting<T>[] = [];
  let running = false;

  function takeCall(): Waiting<T>[] {
    const call: Waiting<T>[] = [];
    for (;;) {
      const next = waiting[0];
      if (next === undefined || (call.length > 0 && !fits(call.map(({ item }) => item), next.item))) return call;
      call.push(next);
      waiting.shift();
    }
  }

  async function runAll(): Promise<void> {
    if (running) return;
    running = true;
    for (let call = takeCall(); call.length > 0; call = takeCall()) {
      try {
        await run(call.map(({ item }) => item));
        for (const { resolve } of call) resolve();
      } catch (error) {
        for (const { reject } of call) reject(error);
      }
    }
    running = false;
  }

  return async (items) => {
    const outcomes = await Promise.allSettled([
      ...items.map((item) => new Promise<void>((resolve, reject) => waiting.push({ item, resolve, reject }))),
      runAll(),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
}
