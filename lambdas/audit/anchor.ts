/** An anchor: what the newest link of the chain was at a moment, kept where the functions that write the chain can't reach. */
import * as z from 'zod/mini';
import type { Position } from './link.js';
import type { Break } from './verify-chain.js';

export interface Anchor extends Position {
  readonly v: 1;
  /** When it was made: ISO 8601, UTC. */
  readonly ts: string;
  /** How many links were verified for it, since the anchor before. */
  readonly links: number;
  /** Where that verification found the chain broken. */
  readonly broken?: Break;
}

/** An anchor that stands in the bucket, not yet read. */
export interface KnownAnchor {
  readonly key: string;
  readonly versionId: string;
  readonly sequence: number;
  /** When it was made: epoch milliseconds. */
  readonly time: number;
}

export const anchorsPrefix = 'anchors/';

/** In the order of time; the sequence says which part of the chain an anchor is about. */
export function anchorKey({ ts, sequence }: Pick<Anchor, 'ts' | 'sequence'>): string {
  return `${anchorsPrefix}${ts.replaceAll(/[:.]/g, '-')}-${sequence}.json`;
}

/** What an anchor's key says: its time in epoch milliseconds, and its link. Undefined for a key that is none of ours. */
export function readAnchorKey(key: string): { readonly time: number; readonly sequence: number } | undefined {
  const [, date, hours, minutes, seconds, milliseconds, digits] = /^anchors\/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-(\d{1,15})\.json$/.exec(key) ?? [];
  const time = Date.parse(`${date ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}.${milliseconds ?? ''}Z`);
  return Number.isNaN(time) ? undefined : { time, sequence: Number(digits) };
}

const anchorText = z.object({ sequence: z.int(), hash: z.string() });

/**
 * The place that an anchor's text names. What can't be read, or is not about the link that its key says, is a place that no
 * link fits: somebody put it there.
 */
export function placeOfAnchor(key: string, text: string): Position {
  const sequence = readAnchorKey(key)?.sequence ?? 0;
  const parsed = anchorText.safeParse(parseJson(text));
  return parsed.success && parsed.data.sequence === sequence ? parsed.data : { sequence, hash: '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
