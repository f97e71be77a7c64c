/** A full disk, which is nobody's defect: whoever meets it says one sentence instead of a stack trace. */

export const diskFullSentence = 'The disk is full. Free some space, then start again: what was answered before is kept.';

const saidEveryMilliseconds = 10_000;
let saidAt = -Infinity;

/** True where a write failed for want of space, whether Node or LevelDB found out; it may be the cause of what was thrown. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && error.code === 'ENOSPC') return true;
  // LevelDB has no code for it, nor has what another process says.
  if ('message' in error && typeof error.message === 'string' && isDiskFullText(error.message)) return true;
  return 'cause' in error && isDiskFull(error.cause);
}

/** True for words that say so. */
export function isDiskFullText(text: string): boolean {
  return /No space left on device|ENOSPC/i.test(text);
}

/** The sentence for a running cloud, which refuses what it can't keep and goes on; undefined where it was just said. */
export function diskFullWarning(now: number): string | undefined {
  if (now - saidAt < saidEveryMilliseconds) return undefined;
  saidAt = now;
  return 'The disk is full: what needs space is refused until there is some. What was answered before is kept.';
}
