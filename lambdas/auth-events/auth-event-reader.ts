/** Reads the history of sign-ins: the partition of a day, or the events of one key. */
import type * as z from 'zod/mini';
import { authEventSchema } from '../contract/auth-event-schemas.js';
import type { AuthOutcome } from '../contract/auth-outcomes.js';
import type { KeyId, Owner } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import { queryPage, type Attributes } from '../platform/dynamodb.js';

export type AuthEventView = z.output<typeof authEventSchema>;

/** What is wanted; undefined: any. */
export interface AuthEventFilter {
  readonly outcome: AuthOutcome | undefined;
  readonly reason: RefusalReason | undefined;
  readonly owner: Owner | undefined;
}

export interface AuthEventPage {
  /** Newest first, each with its place. */
  readonly events: readonly { readonly at: string; readonly event: AuthEventView }[];
  /** The place that the page ended at; undefined at the end of the partition. */
  readonly endedAt: string | undefined;
}

export interface AuthEventReader {
  /** Events of a day (`YYYY-MM-DD`, UTC) before a place. Consistent. */
  ofDay(day: string, before: string, filter: AuthEventFilter): Promise<AuthEventPage>;
  /** Events of a key before a place; an index, so a moment behind. */
  ofKey(id: KeyId, before: string, filter: AuthEventFilter): Promise<AuthEventPage>;
}

/** So many are looked at for a page, wanted or not. */
const eventsOfOneRead = 250;

export function dynamoAuthEventReader(tableName: string): AuthEventReader {
  async function page(partition: { readonly name: string; readonly value: string; readonly index?: 'key' }, before: string, filter: AuthEventFilter): Promise<AuthEventPage> {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const { items, lastKey } = await queryPage({
      TableName: tableName,
      ...(partition.index === undefined ? { ConsistentRead: true } : { IndexName: partition.index }),
      KeyConditionExpression: '#partition = :partition AND #at < :before',
      ...(wanted.length === 0 ? {} : { FilterExpression: wanted.map(([name]) => `#${name} = :${name}`).join(' AND ') }),
      ExpressionAttributeNames: { '#partition': partition.name, '#at': 'at', ...Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])) },
      ExpressionAttributeValues: { ':partition': partition.value, ':before': before, ...Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])) },
      ScanIndexForward: false,
      Limit: eventsOfOneRead,
    });
    return { events: items.map((item) => ({ at: String(item['at']), event: viewOf(item) })), endedAt: lastKey === undefined ? undefined : String(lastKey['at']) };
  }

  return {
    ofDay: (day, before, filter) => page({ name: 'day', value: day }, before, filter),
    ofKey: (id, before, filter) => page({ name: 'key_id', value: id, index: 'key' }, before, filter),
  };
}

/** @throws ZodError for an item that is not one of ours */
function viewOf(item: Attributes): AuthEventView {
  const [ts, event_id] = String(item['at']).split('~');
  const absent = { reason: null, key_id: null, owner: null, secret_version: null, last_four: null, session_id: null };
  return authEventSchema.parse({ ...absent, ...item, ts, event_id });
}
