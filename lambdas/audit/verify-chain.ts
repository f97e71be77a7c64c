/** Verification of the audit chain: whether each link stands behind the one before and is what its hash and the witnesses say. Pure. */
import type { ChainFault } from './event.js';
import { hashOf, type Position, type StoredLink } from './link.js';
import type { Witness } from './witness.js';

/** The first link that is not what it must be. */
export interface Break {
  readonly sequence: number;
  readonly fault: ChainFault;
}

/** How far a verification has come. */
export interface Progress {
  /** The last link that was found right; undefined where the first one is to be taken as it is. */
  readonly previous: Position | undefined;
  /** The next link's number. */
  readonly next: number;
  readonly links: number;
  readonly witnesses: number;
}

export type Step = { readonly kind: 'right'; readonly progress: Progress } | { readonly kind: 'broken'; readonly at: Break; readonly progress: Progress };

/** Begins behind a link that was verified before. */
export function behind(position: Position): Progress {
  return { previous: position, next: position.sequence + 1, links: 0, witnesses: 0 };
}

/** Begins with a link whose own place behind the one before is not looked at. */
export function from(sequence: number): Progress {
  return { previous: undefined, next: sequence, links: 0, witnesses: 0 };
}

/** Goes on over links, in their order, as far as they are right. Witnesses of other links don't matter. */
export function goOver(links: readonly StoredLink[], start: Progress, witnesses: ReadonlyMap<number, readonly Witness[]>): Step {
  let progress = start;
  for (const stored of links) {
    const mine = witnesses.get(stored.sequence) ?? [];
    const at = breakOf(stored, progress, mine);
    if (at !== undefined) return { kind: 'broken', at, progress };
    progress = {
      previous: { sequence: stored.sequence, hash: stored.hash },
      next: stored.sequence + 1,
      links: progress.links + 1,
      witnesses: progress.witnesses + mine.length,
    };
  }
  return { kind: 'right', progress };
}

/** At the chain's end: a witness of a link behind it tells of links that are gone. */
export function endAt(progress: Progress, witnesses: Iterable<number>): Step {
  for (const sequence of witnesses) {
    if (sequence >= progress.next) return { kind: 'broken', at: { sequence: progress.next, fault: 'missing' }, progress };
  }
  return { kind: 'right', progress };
}

function breakOf({ sequence, hash, link }: StoredLink, { previous, next }: Progress, witnesses: readonly Witness[]): Break | undefined {
  if (sequence > next) return { sequence: next, fault: 'missing' };
  if (sequence !== next) return { sequence, fault: 'inserted' };
  if (link === undefined) return { sequence, fault: 'malformed' };
  if (previous !== undefined && link.prev_hash !== previous.hash) return { sequence, fault: 'prev_hash_differs' };
  if (hashOf(link) !== hash) return { sequence, fault: 'hash_differs' };
  const other = witnesses.find((witness) => witness.hash !== hash);
  return other === undefined ? undefined : { sequence, fault: other.kind === 'anchor' ? 'anchor_differs' : 'log_differs' };
}

/** What a fault means, for a sentence that begins with "Link 42". */
export const faultWords: Readonly<Record<ChainFault, string>> = {
  malformed: 'is not a link: it has other members than a link has, or of other types',
  missing: 'is missing',
  inserted: 'stands where no link belongs: it was put in afterwards',
  prev_hash_differs: 'does not carry the hash of the link before it: one of the two was changed, or links between them were removed',
  hash_differs: 'was changed: its content does not have its hash',
  anchor_differs: 'is not the one that was anchored: the chain was written anew up to it',
  log_differs: 'is not the one that the audit log tells of: the chain was written anew up to it',
};
