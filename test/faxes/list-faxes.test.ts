/** The list of one's own faxes, decided over a table in memory that answers as DynamoDB's index does. */
import { defaultOwner, isOwner, type Owner } from '../../lambdas/contract/identifiers.js';
import type { FaxListingStore, MonthQuery } from '../../lambdas/faxes/fax-listing-store.js';
import type { Job, QueuedJob } from '../../lambdas/faxes/job.js';
import { listFaxes } from '../../lambdas/faxes/list-faxes.js';
import { cursorText, parseCursor, placeOf } from '../../lambdas/faxes/list-place.js';
import { monthOf } from '../../lambdas/faxes/months.js';
import { jobId, queuedJob } from './job.fixture.js';

const day = 86_400_000;
const now = Date.parse('2026-11-28T12:00:00Z');

function owner(text: string): Owner {
  if (!isOwner(text)) throw new Error(text);
  return text;
}

/** One job each `step` milliseconds back from now. */
function jobs(count: number, step: number, overrides: (index: number) => Partial<QueuedJob> = () => ({})): Job[] {
  return Array.from({ length: count }, (_, index) => queuedJob({ id: jobId(index.toString(16).padStart(32, '0')), createdAt: now - index * step, ...overrides(index) }));
}

function listing(all: readonly Job[]): FaxListingStore & { readonly queries: MonthQuery[]; looked: number } {
  const queries: MonthQuery[] = [];
  const store = {
    queries,
    looked: 0,
    ofMonth: (query: MonthQuery) => {
      store.queries.push(query);
      const { after, since, until } = query;
      if (since > until || (after !== undefined && (after.createdAt > until || after.createdAt < since))) throw new Error('outside of what is asked for');
      const inMonth = all
        .filter((job) => job.owner === query.owner && monthOf(job.createdAt) === query.month && job.createdAt >= since && job.createdAt <= until)
        .sort((one, other) => other.createdAt - one.createdAt);
      const start = after === undefined ? 0 : inMonth.findIndex(({ id }) => id === after.id) + 1;
      const seen = inMonth.slice(start, start + query.looks);
      store.looked += seen.length;
      const last = seen.at(-1);
      return Promise.resolve({
        jobs: seen.filter((job) => (query.filter.states?.includes(job.state) ?? true) && (query.filter.backend ?? job.backend) === job.backend),
        looked: seen.length,
        endedAt: seen.length === query.looks && last !== undefined ? placeOf({ ...last }) : undefined,
      });
    },
  };
  return store;
}

const caller = { kind: 'bootstrap', owner: defaultOwner, scopes: ['admin'], minuteLimit: 0 } as const;
const list = (store: FaxListingStore, query: Partial<Parameters<typeof listFaxes>[0]['query']> = {}, retentionDays = 365) =>
  listFaxes({ caller, query: { limit: 50, ...query }, now }, { store, retentionDays });

async function pages(store: FaxListingStore, query: Parameters<typeof list>[1]): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await list(store, { ...query, ...(cursor === undefined ? {} : { cursor }) });
    found.push(items.map(({ id }) => id));
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

it('gives every fax once, newest first, over months, with pages that join without a gap', async () => {
  const all = jobs(100, 3 * day);
  const found = await pages(listing(all), { limit: 7 });
  expect(found.flat()).toEqual(all.map(({ id }) => id));
  expect(found.slice(0, -1).every((page) => page.length === 7)).toBe(true);
});

it('shows also an administrator what belongs to its own owner alone', async () => {
  const all = jobs(10, day, (index) => (index % 2 === 0 ? {} : { owner: owner('ward-9') }));
  expect((await pages(listing(all), {})).flat()).toEqual(all.filter(({ owner: whose }) => whose === defaultOwner).map(({ id }) => id));
});

it('costs one page of reads, whatever a filter leaves out', async () => {
  const all = jobs(1000, 3_600_000, (index) => (index === 900 ? { backend: 'sinch' } : {}));
  const store = listing(all);
  const { items, next_cursor } = await list(store, { backend: 'sinch' });
  expect([items, typeof next_cursor, store.looked <= 200]).toEqual([[], 'string', true]);
  expect((await pages(store, { backend: 'sinch' })).flat()).toEqual([all[900]?.id]);
  const plain = listing(all);
  await list(plain, { limit: 20 });
  expect(plain.looked).toBe(20);
});

it('keeps to the time that is asked for, also where a cursor is of another question', async () => {
  const all = jobs(60, day);
  const within = { since: '2026-10-15T12:00:00Z', until: '2026-11-20T12:00:00Z' };
  const wanted = all.filter(({ createdAt }) => createdAt >= Date.parse(within.since) && createdAt < Date.parse(within.until)).map(({ id }) => id);
  expect((await pages(listing(all), { ...within, limit: 5 })).flat()).toEqual(wanted);
  const [newest, oldest] = [all[0], all.at(-1)].map((job) => cursorText(job ?? queuedJob()));
  expect((await list(listing(all), { ...within, cursor: newest })).items.map(({ id }) => id)).toEqual(wanted);
  expect(await list(listing(all), { ...within, cursor: oldest })).toEqual({ items: [], next_cursor: null });
  expect(await list(listing(all), { since: within.until, until: within.since })).toEqual({ items: [], next_cursor: null });
});

it('goes no further back than a job is kept that waited as long as one can', async () => {
  expect((await list(listing(jobs(60, day)), {}, 10)).items).toHaveLength(41);
});

it.each([
  ['a status in any case', { status: 'failed' }, ['failed', 'cancelled']],
  ['a state, which is narrower', { state: 'FAILED' }, ['failed']],
  ['both', { status: 'in_progress', state: 'uncertain' }, ['uncertain']],
  ['two that exclude each other', { status: 'queued', state: 'failed' }, []],
])('takes %s', async (_, query, states) => {
  const store = listing([]);
  await list(store, query);
  expect(store.queries[0]?.filter.states).toEqual(states);
});

it.each([
  [{ status: 'sent' }, 'status'],
  [{ state: 'SUCCES' }, 'state'],
  [{ state: 'disabled' }, 'state'],
  [{ cursor: 'abc' }, 'cursor'],
])('refuses %p', async (query, field) => {
  await expect(list(listing([]), query)).rejects.toMatchObject({ code: 'invalid_request', body: { fields: [{ field }] } });
});

it('a cursor is read back as it was written, and anything else is none', () => {
  const place = { createdAt: now, id: jobId('f'.repeat(32)) };
  expect(parseCursor(cursorText(place))).toEqual(place);
  for (const text of ['', 'x', Buffer.from('12.zz').toString('base64url'), Buffer.from(`x.${place.id}`).toString('base64url')]) expect(parseCursor(text)).toBeUndefined();
});
