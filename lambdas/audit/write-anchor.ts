/** Anchors the chain: verifies what was appended since the last anchor, then keeps its newest link where no writer of the chain can reach. */
import { randomUUID } from 'node:crypto';
import type { Anchor } from './anchor.js';
import type { AnchorStore } from './anchor-store.js';
import { headOf, type ChainStore } from './chain-store.js';
import { auditEvent, type AuditEvent } from './event.js';
import { beginning, type Position } from './link.js';
import { behind, from, type Break } from './verify-chain.js';
import { readAnchors, walkChain } from './walk-chain.js';
import type { Witness } from './witness.js';

export interface Anchoring {
  readonly chain: ChainStore;
  readonly anchors: AnchorStore;
  /** What the log tells of the chain since a time (epoch milliseconds). */
  readonly logWitnesses: (since: number) => Promise<readonly Witness[]>;
  /** Tells of a broken chain wherever it has to be told. */
  readonly tell: (event: AuditEvent) => Promise<void>;
  readonly now: number;
}

export interface AnchorReport {
  /** Undefined while the chain has no link. */
  readonly anchor: Anchor | undefined;
  readonly broken: Break | undefined;
}

/** One run goes over no more links than this, and anchors how far it came: the next run goes on there. */
const mostLinks = 1_000_000;

/** So much of the log before the last anchor is read again: the clocks of functions differ a little. Milliseconds. */
const overlap = 300_000;

/**
 * Makes an anchor. Where the chain is broken it tells of it and anchors the newest link all the same: a break is told once,
 * what comes behind it is held against the anchor again, and whoever verifies from the beginning finds it for ever.
 */
export async function anchorChain({ chain, anchors, logWitnesses, tell, now }: Anchoring): Promise<AnchorReport> {
  const last = (await anchors.list()).at(-1);
  const anchored = last === undefined ? [] : await readAnchors(anchors, [last]);
  // Read before the chain: what the log tells of by now, the chain must have by then.
  const logged = await logWitnesses(last === undefined ? 0 : last.time - overlap);

  const start = last === undefined ? behind(beginning) : from(last.sequence);
  // What is anchored needs no second witness.
  const witnesses = [...anchored, ...logged.filter(({ sequence }) => sequence > (last?.sequence ?? 0))];
  const { step } = await walkChain(chain, start, { witnesses, mustHave: witnesses.map(({ sequence }) => sequence), mostLinks });
  const head = headOf((await chain.backward(undefined, 1)).links[0]);
  const broken = step.kind === 'broken' ? withFirstMissing(step.at, head) : undefined;
  if (broken !== undefined) {
    const fact = { event: 'audit_chain_broken', broken_sequence: broken.sequence, reason: broken.fault } as const;
    await tell(auditEvent(fact, { actor: { type: 'system' } }, { id: randomUUID(), now }, 'failed'));
  }
  const place = broken === undefined ? step.progress.previous : head;
  if (place === undefined || place.sequence === 0) return { anchor: undefined, broken };
  const anchor: Anchor = {
    v: 1,
    sequence: place.sequence,
    hash: place.hash,
    ts: new Date(now).toISOString(),
    links: step.progress.links,
    ...(broken === undefined ? {} : { broken }),
  };
  await anchors.put(anchor);
  return { anchor, broken };
}

/** Where the anchored link itself is gone, so are those before it, back to the newest that is left. */
function withFirstMissing(at: Break, head: Position | undefined): Break {
  return at.fault === 'missing' ? { ...at, sequence: Math.min(at.sequence, (head?.sequence ?? 0) + 1) } : at;
}
