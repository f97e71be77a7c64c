/** Reads the audit trail for administrators: the chain backwards, filtered, so much of it in one call. */
import type * as z from 'zod/mini';
import type { auditLogQuerySchema, auditLogSchema } from '../contract/audit-schemas.js';
import type { ChainStore } from './chain-store.js';
import { parseAuditEvent, type AuditEvent } from './event.js';
import type { StoredLink } from './link.js';
import { cursorText, parseCursor, type LogPlace } from './log-cursor.js';

export type AuditLogQuery = z.output<typeof auditLogQuerySchema>;
export type AuditLog = z.output<typeof auditLogSchema>;

/** One call looks at no more links than this: some pages of DynamoDB, well within the function's time. */
const mostLinks = 5_000;
const linksOfOneRead = 1_000;

/** The clocks of functions may differ: only a link this much older than `since` ends the search. Milliseconds. */
const clockTolerance = 300_000;

/** An event that a crash made to be published twice stands twice, within a minute or two: so many newer links are looked at for it. */
const linksToRemember = 100;

/** Events newest first, each once. What was appended before the call is in it. */
export async function readLog(query: AuditLogQuery, chain: ChainStore): Promise<AuditLog> {
  const since = timeOf(query.since);
  const start = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const seen = start === undefined ? new Set<string>() : await eventsAbove(start, chain);
  const items: AuditLog['items'] = [];
  let searched = 0;
  let oldest: string | undefined;
  const answer = (next?: LogPlace): AuditLog => ({
    items,
    count: items.length,
    next_cursor: next === undefined || next.sequence < 1 ? null : cursorText(next),
    searched_links: searched,
    searched_back_to: oldest ?? null,
  });

  for await (const { sequence, link } of linksBackwards(chain, start, isFiltered(query) ? linksOfOneRead : query.limit)) {
    if (searched === mostLinks) return answer({ sequence });
    if (link !== undefined && Date.parse(link.ts) < since - clockTolerance) return answer();
    searched += 1;
    oldest = link?.ts ?? oldest;
    const texts = link?.events ?? [];
    const count = start?.sequence === sequence && start.count !== undefined ? Math.min(start.count, texts.length) : texts.length;
    for (let index = count - 1; index >= 0; index -= 1) {
      const text = texts[index] ?? '';
      const event = readEvent(text);
      if (event === undefined || seen.has(event.event_id)) continue;
      seen.add(event.event_id);
      if (Date.parse(event.ts) < since || !isWanted(query, event, text)) continue;
      items.push({ ...event, sequence });
      if (items.length === query.limit) return answer(index > 0 ? { sequence, count: index } : { sequence: sequence - 1 });
    }
  }
  return answer();
}

function isFiltered({ q, event, since }: AuditLogQuery): boolean {
  return [q, event, since].some((one) => one !== undefined && one !== '');
}

function isWanted({ q = '', event: name = '' }: AuditLogQuery, event: AuditEvent, text: string): boolean {
  return (name === '' || event.event === name) && text.toLowerCase().includes(q.toLowerCase());
}

/** Without a zone it is UTC, as the original's times are. */
function timeOf(since = ''): number {
  if (since === '') return -Infinity;
  return Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$|^[^T]*$/.test(since) ? since : `${since}Z`);
}

async function* linksBackwards(chain: ChainStore, start: LogPlace | undefined, linksOfRead: number): AsyncGenerator<StoredLink> {
  let before = start === undefined ? undefined : start.sequence + 1;
  for (;;) {
    const { links, more } = await chain.backward(before, linksOfRead);
    yield* links;
    const last = links.at(-1);
    if (!more || last === undefined) return;
    before = last.sequence;
  }
}

/** The ids of the events that stand above a place, as far as they may stand below it once more. */
async function eventsAbove({ sequence, count = Infinity }: LogPlace, chain: ChainStore): Promise<Set<string>> {
  const { links } = await chain.forward(sequence - 1, linksToRemember);
  const texts = links.flatMap((one) => (one.link?.events ?? []).slice(one.sequence === sequence ? count : 0));
  return new Set(texts.flatMap((text) => readEvent(text)?.event_id ?? []));
}

/** A link that somebody forged may hold anything. */
function readEvent(text: string): AuditEvent | undefined {
  try {
    return parseAuditEvent(text);
  } catch {
    return undefined;
  }
}
