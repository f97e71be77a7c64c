/** Appends to the audit chain: a conditional put behind the newest link, tried again where somebody else was faster. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { headOf, type ChainStore } from './chain-store.js';
import { beginning, linkAfter, type Link, type Position } from './link.js';

export interface Contention {
  readonly clock: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

const real: Contention = { clock: Date.now, pause: pauseFor, random: Math.random };

/** Milliseconds. Somebody always wins, so with patience everybody does. */
const patience = 5_000;
const longestPause = 200;

/** A conflict looks at so many links for its own: a put whose answer got lost was tried again, and lost against itself. */
const linksToLookAt = 10;

/**
 * Makes the function that appends events as one link; one for an execution environment, called once at a time.
 * It throws where the table refuses or stays too busy: the events stay with whoever holds them.
 */
export function linkAppender(store: ChainStore, { clock, pause, random }: Contention = real): (events: readonly string[]) => Promise<Link> {
  /** The newest link that this environment knows of: most often it still is. */
  let head: Position | undefined;

  return async (events) => {
    const deadline = clock() + patience;
    for (let attempt = 0; ; attempt += 1) {
      head ??= headOf((await store.backward(undefined, 1)).links[0]) ?? beginning;
      const link = linkAfter(head, events, clock());
      if (await store.append(link)) {
        head = link;
        return link;
      }
      if (clock() > deadline) {
        head = undefined;
        throw new Error('The audit chain was too busy for another link');
      }
      await pause(random() * Math.min(longestPause, 5 * 2 ** attempt));
      const { links } = await store.backward(undefined, linksToLookAt);
      head = headOf(links[0]) ?? beginning;
      if (links.some(({ sequence, hash }) => sequence === link.sequence && hash === link.hash)) return link;
    }
  };
}
