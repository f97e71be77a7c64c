/** Reading the history of sign-ins: in order, whole, page by page, and of nobody else's keys. */
import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { AuthEvent } from '../../lambdas/auth-events/auth-event.js';
import { dynamoAuthEventReader } from '../../lambdas/auth-events/auth-event-reader.js';
import { authEventRecorder } from '../../lambdas/auth-events/auth-event-store.js';
import { listAuthEvents, type AuthHistory } from '../../lambdas/auth-events/list-auth-events.js';
import { authEventsQuerySchema } from '../../lambdas/contract/auth-event-schemas.js';
import { isOwner } from '../../lambdas/contract/identifiers.js';
import { createKeyId } from '../../lambdas/keys/token.js';
import { bootstrapCaller, type KeyCaller } from '../../lambdas/platform/caller.js';
import { startTable, type TableUnderTest } from '../limits/dynamodb-table.js';

let table: TableUnderTest;
let history: AuthHistory;
let record: ReturnType<typeof authEventRecorder>;

beforeAll(async () => {
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' });
  const keys = (hash: string) => [{ AttributeName: hash, KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }];
  table = await startTable({
    AttributeDefinitions: [text('day'), text('at'), text('key_id')],
    KeySchema: keys('day'),
    GlobalSecondaryIndexes: [{ IndexName: 'key', KeySchema: keys('key_id'), Projection: { ProjectionType: 'ALL' } }],
  });
  record = authEventRecorder({ AUTH_EVENTS_TABLE: table.name, AUTH_EVENT_RETENTION_DAYS: '30' });
  history = { reader: dynamoAuthEventReader(table.name), retentionDays: 30 };
});
afterAll(() => table.cloud.close());

const origin = { source_ip: '192.0.2.1', user_agent: 'test', request_id: 'r', method: 'GET', route: '/fax/{id}' };
const day = 86_400_000;

function eventAt(time: number, more: Partial<AuthEvent> = {}): AuthEvent {
  return { id: randomUUID(), time, outcome: 'refused', reason: 'unknown_id', caller: 'unknown', key: undefined, sessionId: undefined, origin, suppressed: 0, ...more };
}

function ownerNamed(text: string) {
  if (!isOwner(text)) throw new Error(text);
  return text;
}

function keyOf(owner: string) {
  return { id: createKeyId(), owner: ownerNamed(owner), secretVersion: 1, lastFour: 'wxyz' };
}

async function read(query: object, now: number, caller: KeyCaller = bootstrapCaller(0)) {
  return listAuthEvents({ caller, query: authEventsQuerySchema.parse(query), now }, history);
}

/** All pages, one after the other. */
async function readAll(query: object, now: number, caller?: KeyCaller): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof read>> = await read({ ...query, ...(cursor === null ? {} : { cursor }) }, now, caller);
    ids.push(...page.items.map((item) => item.event_id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

it('gives each event of the days kept once, newest first, whatever the size of a page', async () => {
  // Each run has a month of its own.
  let month = Date.parse('2027-01-31T12:00:00Z');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 29 * day }), fc.boolean()), { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (ages, limit) => {
      month += 40 * day;
      const key = keyOf('default');
      const events = ages.map(([age, withKey]) => eventAt(month - age, withKey ? { key } : {}));
      await Promise.all(events.map(record));
      const wanted = [...events].sort((one, other) => other.time - one.time || (one.id < other.id ? 1 : -1)).map(({ id }) => id);
      expect(await readAll({ limit }, month)).toEqual(wanted);
      const ofKey = new Set(events.filter((event) => event.key !== undefined).map(({ id }) => id));
      expect(await readAll({ limit, key_id: key.id }, month)).toEqual(wanted.filter((id) => ofKey.has(id)));
    }),
    { numRuns: 15 },
  );
}, 120_000);

it('filters by outcome, reason and time: since is in, until is out', async () => {
  const now = Date.parse('2026-06-15T00:00:30Z');
  const midnight = now - 30_000;
  const [before, at, after] = [eventAt(midnight - 1), eventAt(midnight, { outcome: 'limited', reason: 'limited' }), eventAt(midnight + 1, { reason: 'malformed' })];
  await Promise.all([before, at, after].map(record));
  const time = new Date(midnight).toISOString();
  expect(await readAll({ since: time }, now)).toEqual([after.id, at.id]);
  expect(await readAll({ until: time }, now)).toEqual([before.id]);
  expect(await readAll({ since: time, until: time }, now)).toEqual([]);
  expect(await readAll({ outcome: 'limited' }, now)).toEqual([at.id]);
  expect(await readAll({ reason: 'malformed', outcome: 'refused' }, now)).toEqual([after.id]);
  expect(await readAll({ until: '9999-12-31T00:00:00Z', since: '2026-06-15T02:00:00+02:00' }, now)).toEqual([after.id, at.id]);
  expect(await readAll({ since: '9999-12-31T00:00:00Z' }, now)).toEqual([]);
});

it('shows whoever is no admin the keys of the own owner alone, and nothing of requests without a key', async () => {
  const now = Date.parse('2026-08-15T12:00:00Z');
  const [own, foreign] = [keyOf('ward-1'), keyOf('ward-2')];
  const events = [eventAt(now - 1, { key: own, reason: 'revoked' }), eventAt(now - 2, { key: foreign, reason: 'revoked' }), eventAt(now - 3)];
  await Promise.all(events.map(record));
  const manager: KeyCaller = { kind: 'key', keyId: createKeyId(), secretVersion: 1, lastFour: 'abcd', owner: ownerNamed('ward-1'), scopes: ['keys:manage'], minuteLimit: 0 };
  expect(await readAll({}, now, manager)).toEqual([events[0]?.id]);
  expect(await readAll({ key_id: foreign.id }, now, manager)).toEqual([]);
  expect(await readAll({}, now)).toHaveLength(3);
});

it('tells all that an event has, and how much of all is written', async () => {
  const now = Date.parse('2026-09-15T12:00:00Z');
  const key = keyOf('ward-1');
  const { id } = eventAt(now, { key });
  await record(eventAt(now, { id, key, reason: 'rotated_out', suppressed: 7 }));
  expect(await read({}, now)).toEqual({
    items: [
      {
        event_id: id,
        ts: '2026-09-15T12:00:00.000Z',
        outcome: 'refused',
        reason: 'rotated_out',
        caller: 'unknown',
        key_id: key.id,
        owner: 'ward-1',
        secret_version: 1,
        last_four: 'wxyz',
        session_id: null,
        ...origin,
        suppressed: 7,
      },
    ],
    next_cursor: null,
    sampling: { accepted: 'first_of_minute', refused_per_second: 5, refused_per_minute: 60 },
  });
});

it('goes on by its cursor where a call has read enough that nobody asked for', async () => {
  const now = Date.parse('2040-03-15T12:00:00Z');
  const long: AuthHistory = { ...history, retentionDays: 3_650 };
  const old = eventAt(now - 100 * day);
  await record(old);
  const query = authEventsQuerySchema.parse({ since: new Date(now - 101 * day).toISOString() });
  const first = await listAuthEvents({ caller: bootstrapCaller(0), query, now }, long);
  expect([first.items, first.next_cursor]).toEqual([[], '2040-02-05T00:00:00.000Z~']);
  table.takeCalls();
  let cursor = first.next_cursor;
  const found: string[] = [];
  while (cursor !== null) {
    const page: typeof first = await listAuthEvents({ caller: bootstrapCaller(0), query: { ...query, cursor }, now }, long);
    found.push(...page.items.map((item) => item.event_id));
    cursor = page.next_cursor;
  }
  expect([found, table.takeCalls().length]).toEqual([[old.id], 62]);
});
