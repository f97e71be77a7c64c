/**
 * A link of the audit chain: events, and the hash of the link before. Whoever changes, removes or adds one has to change every
 * later one, and the newest of each day stands where no function can change it (docs/adr/0012-audit-chain.md).
 */
import { createHash } from 'node:crypto';

export interface Link {
  /** Version of this form. */
  readonly v: 1;
  /** Counts up from 1 without a gap. */
  readonly sequence: number;
  /** When it was appended: ISO 8601, UTC. */
  readonly ts: string;
  /** The events' JSON, as hashed: to the byte. */
  readonly events: readonly string[];
  readonly prev_hash: string;
  readonly hash: string;
}

/** A place in the chain, and what its link must be. */
export type Position = Pick<Link, 'sequence' | 'hash'>;

/** Before the first link. */
export const beginning: Position = { sequence: 0, hash: '0'.repeat(64) };

/** The link that carries events behind another one. `now` in epoch milliseconds. */
export function linkAfter(previous: Position, events: readonly string[], now: number): Link {
  const link = { v: 1, sequence: previous.sequence + 1, ts: new Date(now).toISOString(), events, prev_hash: previous.hash } as const;
  return { ...link, hash: hashOf(link) };
}

/** SHA-256, as 64 lower-case hex digits, over the JSON array of the members in this order, without blanks, in UTF-8. */
export function hashOf({ v, sequence, ts, events, prev_hash: previousHash }: Omit<Link, 'hash'>): string {
  return createHash('sha256').update(JSON.stringify([v, sequence, ts, events, previousHash])).digest('hex');
}

/** What stands at a place of the chain: a link, or something that is none. */
export interface StoredLink {
  readonly sequence: number;
  /** As stored, be it right or wrong. */
  readonly hash: string;
  readonly link: Link | undefined;
}

/** Reads an item of the audit table. */
export function toStoredLink({ pk: _, ...item }: Readonly<Record<string, unknown>>): StoredLink {
  const { sequence, hash } = item;
  return { sequence: Number(sequence), hash: typeof hash === 'string' ? hash : '', link: parseLink(item) };
}

const members = ['v', 'sequence', 'ts', 'events', 'prev_hash', 'hash'];

/** The link that an item stores; undefined where it is not exactly one: what the hash does not cover has no place in it. */
function parseLink(item: Readonly<Record<string, unknown>>): Link | undefined {
  const { v, sequence, ts, events, prev_hash: previousHash, hash } = item;
  if (Object.keys(item).length !== members.length || v !== 1 || typeof sequence !== 'number' || !Number.isSafeInteger(sequence)) return undefined;
  if (typeof ts !== 'string' || typeof previousHash !== 'string' || typeof hash !== 'string' || !isTextList(events) || events.length === 0) return undefined;
  return { v, sequence, ts, events, prev_hash: previousHash, hash };
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
