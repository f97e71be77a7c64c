/** The use case behind `GET /fax`: the faxes of the caller's own owner, newest first, one page of reads at a time. */
import type * as z from 'zod/mini';
import type { faxListSchema, faxesQuerySchema } from '../contract/schemas.js';
import type { KeyCaller } from '../platform/caller.js';
import { invalidRequest } from '../platform/field-problems.js';
import type { FaxListingStore } from './fax-listing-store.js';
import type { JobFilter } from './job-filter.js';
import { cursorText, parseCursor, type ListPlace } from './list-place.js';
import { monthOf, monthsBack, oldestKept } from './months.js';
import { presentDetail, stateOf, statesOf } from './present.js';

export interface FaxListing {
  readonly store: FaxListingStore;
  readonly retentionDays: number;
}

/** One answer looks at no more faxes than this, be they filtered out. */
const mostLooks = 200;

type FaxesQuery = z.output<typeof faxesQuerySchema>;

/**
 * Also `admin` sees here what belongs to its own owner alone.
 * @throws ContractError invalid_request for a word that is no status, no state, or no cursor of an answer
 */
export async function listFaxes(
  { caller, query, now }: { readonly caller: KeyCaller; readonly query: FaxesQuery; readonly now: number },
  { store, retentionDays }: FaxListing,
): Promise<z.output<typeof faxListSchema>> {
  const { filter, cursor } = readQuery(query);
  const since = Math.max(timeOf(query.since) ?? 0, oldestKept(now, retentionDays));
  const newest = Math.min((timeOf(query.until) ?? Infinity) - 1, now);
  // DynamoDB goes on only from a place that is within what is asked for.
  const from = cursor !== undefined && cursor.createdAt <= newest ? cursor : undefined;
  const until = from?.createdAt ?? newest;
  let looksLeft = filter.states === undefined && filter.backend === undefined ? query.limit : mostLooks;

  const items: z.output<typeof faxListSchema>['items'] = [];
  for (const month of until < since ? [] : monthsBack(until, since)) {
    const after = from !== undefined && monthOf(from.createdAt) === month ? from : undefined;
    const page = await store.ofMonth({ owner: caller.owner, month, since, until, after, filter, looks: looksLeft });
    for (const job of page.jobs) {
      items.push(presentDetail(job));
      if (items.length === query.limit) return { items, next_cursor: cursorText(job) };
    }
    if (page.endedAt !== undefined) return { items, next_cursor: cursorText(page.endedAt) };
    looksLeft = Math.max(1, looksLeft - page.looked);
  }
  return { items, next_cursor: null };
}

function readQuery(query: FaxesQuery): { readonly filter: JobFilter; readonly cursor: ListPlace | undefined } {
  const byStatus = statesOf(query.status ?? '');
  const byState = stateOf(query.state ?? '');
  const cursor = parseCursor(query.cursor ?? '');
  const problems = [
    ...(query.status !== undefined && byStatus === undefined ? [{ field: 'status', message: 'must be a status or state word, such as queued or SUCCESS' }] : []),
    ...(query.state !== undefined && byState === undefined ? [{ field: 'state', message: 'must be a state word, such as queued or uncertain' }] : []),
    ...(query.cursor !== undefined && cursor === undefined ? [{ field: 'cursor', message: 'must be the next_cursor of an answer' }] : []),
  ];
  if (problems.length > 0) throw invalidRequest(problems);
  const states = byState === undefined ? byStatus : (byStatus ?? [byState]).filter((state) => state === byState);
  return { filter: { states, backend: query.backend }, cursor };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
