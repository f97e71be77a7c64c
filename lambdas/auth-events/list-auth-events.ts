/** The use case of reading the history of sign-ins: newest first, day by day or by key, so much of it in one call. */
import type * as z from 'zod/mini';
import type { authEventsQuerySchema, authHistorySchema } from '../contract/auth-event-schemas.js';
import { isKeyId } from '../contract/identifiers.js';
import { isAdmin } from '../contract/scopes.js';
import type { KeyCaller } from '../platform/caller.js';
import type { AuthEventPage, AuthEventReader } from './auth-event-reader.js';
import { writeRate } from './write-budget.js';

export interface AuthHistory {
  readonly reader: AuthEventReader;
  readonly retentionDays: number;
}

const dayMilliseconds = 86_400_000;

/** The clock of whoever wrote an event may be ahead by so much. */
const clockTolerance = 60_000;

/** One call reads no more pages than this, be they empty: well within the function's time. */
const mostReads = 40;

/** Without `admin`, only events of keys of the caller's own owner. */
export async function listAuthEvents(
  { caller, query, now }: { readonly caller: KeyCaller; readonly query: z.output<typeof authEventsQuerySchema>; readonly now: number },
  { reader, retentionDays }: AuthHistory,
): Promise<z.output<typeof authHistorySchema>> {
  const filter = { outcome: query.outcome, reason: query.reason, owner: isAdmin(caller.scopes) ? undefined : caller.owner };
  const oldest = placeOf(Math.max(timeOf(query.since) ?? 0, now - (retentionDays + 1) * dayMilliseconds));
  const newest = placeOf(Math.min(timeOf(query.until) ?? Infinity, now + clockTolerance));
  let before = query.cursor !== undefined && query.cursor < newest ? query.cursor : newest;
  const keyId = query.key_id !== undefined && isKeyId(query.key_id) ? query.key_id : undefined;

  const items: z.output<typeof authHistorySchema>['items'] = [];
  const answer = (next: string | undefined) => ({
    items,
    next_cursor: next ?? null,
    sampling: { accepted: 'first_of_minute' as const, refused_per_second: writeRate.perSecond, refused_per_minute: writeRate.perMinute },
  });

  for (let read = 0; read < mostReads; read += 1) {
    if (before <= oldest) return answer(undefined);
    const page: AuthEventPage = await (keyId === undefined ? reader.ofDay(dayOf(before), before, filter) : reader.ofKey(keyId, before, filter));
    for (const { at, event } of page.events) {
      if (at < oldest) return answer(undefined);
      items.push(event);
      if (items.length === query.limit) return answer(at);
    }
    if (page.endedAt === undefined && keyId !== undefined) return answer(undefined);
    before = page.endedAt ?? startOf(dayOf(before));
  }
  return answer(before);
}

/** The place of all that happens from this time on, in epoch milliseconds. */
function placeOf(time: number): string {
  return `${new Date(time).toISOString()}~`;
}

/** The day of the events just before a place: at the first moment of a day, that is the day before. */
function dayOf(before: string): string {
  const day = before.slice(0, 10);
  return before === startOf(day) ? new Date(Date.parse(day) - 1).toISOString().slice(0, 10) : day;
}

function startOf(day: string): string {
  return `${day}T00:00:00.000Z~`;
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
