/** Goes along the audit chain, page by page, and holds each link against the one before and against the witnesses. */
import type { KnownAnchor } from './anchor.js';
import type { AnchorStore } from './anchor-store.js';
import type { ChainStore } from './chain-store.js';
import { endAt, goOver, type Progress, type Step } from './verify-chain.js';
import { bySequence, type Witness } from './witness.js';

export interface Walk {
  readonly step: Step;
  /** False where it was given up before the chain's end. */
  readonly atEnd: boolean;
}

export interface WalkOptions {
  readonly witnesses: readonly Witness[];
  /** Links that the chain must have at its end: those of all witnesses that are known of. */
  readonly mustHave: readonly number[];
  readonly mostLinks: number;
}

const linksOfOneRead = 1_000;

/** Ends with the first link that is not what it must be, with the chain's end, or after so many links. */
export async function walkChain(chain: Pick<ChainStore, 'forward'>, start: Progress, { witnesses, mustHave, mostLinks }: WalkOptions): Promise<Walk> {
  const byPlace = bySequence(witnesses);
  for (let progress = start; ; ) {
    const { links, more } = await chain.forward(progress.next - 1, Math.min(linksOfOneRead, mostLinks - progress.links));
    const step = goOver(links, progress, byPlace);
    if (step.kind === 'broken') return { step, atEnd: false };
    ({ progress } = step);
    if (!more) return { step: endAt(progress, mustHave), atEnd: true };
    if (progress.links >= mostLinks) return { step, atEnd: false };
  }
}

const readsAtOnce = 10;

/** What anchors say. */
export async function readAnchors(anchors: Pick<AnchorStore, 'read'>, known: readonly KnownAnchor[]): Promise<readonly Witness[]> {
  const witnesses: Witness[] = [];
  for (let start = 0; start < known.length; start += readsAtOnce) {
    const places = await Promise.all(known.slice(start, start + readsAtOnce).map((one) => anchors.read(one)));
    witnesses.push(...places.map((place) => ({ kind: 'anchor' as const, ...place })));
  }
  return witnesses;
}
