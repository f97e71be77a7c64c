/** When an address that did not take a notice is tried again. Pure. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The pauses before the second try and those after it: a receiver that is down over a night still hears. */
const pauses = [5 * second, 30 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour] as const;

/** How many times a notice is tried in all. */
export const mostTries = pauses.length + 1;

/**
 * The pause after a try that failed, in milliseconds. Undefined: it was the last one.
 * @param tries how many there have been, this one included
 * @param random from 0 to 1: up to a fifth is added, so that what failed together does not come back together
 * @param retryAfterSeconds what the receiver asked for, which counts where it is longer
 */
export function pauseAfter(tries: number, random: number, retryAfterSeconds = 0): number | undefined {
  const pause = pauses[tries - 1];
  return pause === undefined ? undefined : Math.max(pause * (1 + random / 5), Math.min(retryAfterSeconds * second, hour));
}
