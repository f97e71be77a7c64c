/** A value that is read once and kept for a while. */

/** Reads with `read`, keeps what it gives for `seconds`; parallel callers share one read, a failed one is not kept. */
export function kept<T>(read: () => Promise<T>, seconds: number): () => Promise<T> {
  let current: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (current === undefined || current.until <= Date.now()) {
      const value = read();
      const mine = { value, until: Date.now() + seconds * 1000 };
      value.catch(() => {
        if (current === mine) current = undefined;
      });
      current = mine;
    }
    return current.value;
  };
}
