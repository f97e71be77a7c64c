/** Verifies a part of the audit chain for an administrator, so much of it in one call. */
import type * as z from 'zod/mini';
import type { chainVerificationSchema, verifyChainSchema } from '../contract/audit-schemas.js';
import type { AnchorStore } from './anchor-store.js';
import { headOf, type ChainStore } from './chain-store.js';
import { beginning, type Position } from './link.js';
import { behind, faultWords, from, type Progress } from './verify-chain.js';
import { readAnchors, walkChain } from './walk-chain.js';

export type ChainVerification = z.output<typeof chainVerificationSchema>;

/** So many links a call: some seconds at most. */
const mostLinks = 10_000;

export async function verifyAudit(
  wanted: z.output<typeof verifyChainSchema>,
  { chain, anchors }: { readonly chain: ChainStore; readonly anchors: AnchorStore },
): Promise<ChainVerification> {
  const start = startOf(wanted);
  const known = await anchors.list();
  const inReach = known.filter(({ sequence }) => sequence >= start.next && sequence < start.next + mostLinks);
  const witnesses = await readAnchors(anchors, inReach);
  const { step, atEnd } = await walkChain(chain, start, { witnesses, mustHave: known.map(({ sequence }) => sequence), mostLinks });
  const { progress } = step;
  const head = headOf((await chain.backward(undefined, 1)).links[0]);
  return {
    status: step.kind === 'broken' ? 'broken' : 'whole',
    from_sequence: start.next,
    links: progress.links,
    anchors: progress.witnesses,
    broken: step.kind === 'broken' ? { sequence: step.at.sequence, reason: step.at.fault, detail: `Link ${step.at.sequence} ${faultWords[step.at.fault]}` } : null,
    head: head ?? null,
    continue_from: step.kind === 'broken' || atEnd || progress.previous === undefined ? null : placeText(progress.previous),
  };
}

function startOf({ from_sequence: sequence, continue_from: place }: z.output<typeof verifyChainSchema>): Progress {
  if (place !== undefined) return behind(parsePlace(place));
  return sequence === undefined || sequence === 1 ? behind(beginning) : from(sequence);
}

/** `<sequence>.<hash>`: the form that verifyChainSchema lets through. It carries the hash, so that nothing changes unseen between two calls. */
function placeText({ sequence, hash }: Position): string {
  return `${sequence}.${hash}`;
}

function parsePlace(text: string): Position {
  const [sequence = '', hash = ''] = text.split('.');
  return { sequence: Number(sequence), hash };
}
