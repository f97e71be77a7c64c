/** Reading the trail: newest first, each event once over all pages, so much in one call, and no forged link in the way. */
import { auditEvent } from '../../lambdas/audit/event.js';
import { beginning, linkAfter } from '../../lambdas/audit/link.js';
import { readLog, type AuditLog, type AuditLogQuery } from '../../lambdas/audit/read-log.js';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { ChainInMemory } from './chain.fixture.js';

const key = '0123456789ab';
if (!isKeyId(key)) throw new Error(key);
const start = Date.parse('2026-11-25T00:00:00Z');
const second = 1_000;
let chain: ChainInMemory;
beforeEach(() => {
  chain = new ChainInMemory();
});

const eventText = (id: string, now: number): string =>
  JSON.stringify(auditEvent({ event: 'api_key_rotated', target_key_id: key, secret_version: 2 }, { actor: { type: 'system' } }, { id, now }));

/** Appends a link with events of these ids, a second after the one before. */
function append(...ids: readonly string[]): void {
  const previous = [...chain.links.values()].at(-1) ?? beginning;
  const now = start + previous.sequence * second;
  const link = linkAfter(previous, ids.map((id) => eventText(id, now)), now);
  chain.links.set(link.sequence, link);
}

const read = (query: Partial<AuditLogQuery> = {}): Promise<AuditLog> => readLog({ limit: 200, ...query }, chain);
const ids = ({ items }: AuditLog): string[] => items.map(({ event_id: id }) => id);

async function page(query: Partial<AuditLogQuery>): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const answer = await read({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(ids(answer));
    cursor = answer.next_cursor ?? undefined;
  } while (cursor !== undefined && pages.length < 50);
  return pages;
}

it('gives the events of a link newest first, each with the link that carries it', async () => {
  append('a', 'b');
  append('c');
  expect(await read()).toMatchObject({ count: 3, next_cursor: null, searched_links: 2, searched_back_to: '2026-11-25T00:00:00.000Z' });
  expect((await read()).items.map(({ event_id: id, sequence }) => [id, sequence])).toEqual([['c', 2], ['b', 1], ['a', 1]]);
});

it('goes on in the middle of a link', async () => {
  append('a', 'b', 'c');
  append('d');
  expect(await page({ limit: 2 })).toEqual([['d', 'c'], ['b', 'a']]);
  expect(await page({ limit: 1 })).toEqual([['d'], ['c'], ['b'], ['a']]);
});

it('shows an event once that a crash made to be published twice, also where another page has its repeat', async () => {
  append('a');
  append('b');
  append('a', 'c');
  expect(ids(await read())).toEqual(['c', 'a', 'b']);
  expect((await page({ limit: 1 })).flat()).toEqual(['c', 'a', 'b']);
});

it('ends with the first link that is clearly older than it is asked for, and no sooner: clocks differ', async () => {
  for (let link = 1; link <= 700; link += 1) append(`e${link}`);
  const answer = await read({ since: new Date(start + 600 * second).toISOString(), limit: 1000 });
  expect(ids(answer)).toHaveLength(100);
  expect(answer).toMatchObject({ next_cursor: null, searched_links: 400 });
});

it('looks at 5,000 links in one call, says how far it came, and goes on there', async () => {
  for (let link = 1; link <= 5_100; link += 1) append(link === 50 ? 'needle' : `e${link}`);
  const first = await read({ q: 'needle' });
  expect(first).toMatchObject({ items: [], searched_links: 5_000, searched_back_to: new Date(start + 100 * second).toISOString(), next_cursor: '100' });
  expect(await read({ q: 'needle', cursor: '100' })).toMatchObject({ count: 1, searched_links: 100, next_cursor: null });
});

it('passes over what somebody forged, and shows the rest', async () => {
  append('a');
  append('b');
  append('c');
  const forged = chain.links.get(2);
  if (forged !== undefined) chain.links.set(2, { ...forged, events: ['no JSON', '{"v":1}', '[]'] });
  expect(ids(await read())).toEqual(['c', 'a']);
});
