/** The sessions table, for their administration and the sweeper. (The authorizer reads it by itself.) */
import type { AuditEvent } from '../audit/event.js';
import type { SessionId } from '../contract/identifiers.js';
import { conditionHeld, getItem, putItem, queryPage, updateItem, type Attributes } from '../platform/dynamodb.js';
import { fromItem, sessionPk, toItem } from './session-item.js';
import type { SessionPosition } from './session-position.js';
import type { Session } from './session.js';

export interface SessionStore {
  find(id: SessionId): Promise<Session | undefined>;
  create(session: Session): Promise<void>;
  /** Ends a session, with its audit event. One that has ended, or is none, stays as it is. */
  end(id: SessionId, now: number, event: AuditEvent): Promise<void>;
  /** A page of those that nobody ended and whose absolute end is ahead, newest first; `after` is the last one of the page before. */
  page(now: number, limit: number, after: SessionPosition | undefined): Promise<{ readonly sessions: readonly Session[]; readonly hasMore: boolean }>;
  /** Sessions with audit events that are not published. */
  listWithOutbox(): Promise<Session[]>;
  /** Takes so many published events off. Where another one came in the meantime, they stay: whoever wrote it settles them. */
  clearOutbox(id: SessionId, published: number): Promise<void>;
}

export function dynamoSessionStore(tableName: string): SessionStore {
  return {
    async find(id) {
      const item = await getItem(tableName, { pk: sessionPk(id) });
      return item === undefined ? undefined : fromItem(item);
    },

    async create(session) {
      // An id of 128 random bits is taken by nobody but an earlier try of this very write, whose answer got lost.
      await conditionHeld(putItem({ TableName: tableName, Item: toItem(session), ConditionExpression: 'attribute_not_exists(pk)' }));
    },

    async end(id, now, event) {
      await conditionHeld(
        updateItem({
          TableName: tableName,
          Key: { pk: sessionPk(id) },
          UpdateExpression: 'SET endedAt = :now, outbox = list_append(outbox, :event), outboxState = :pending REMOVE listed',
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(endedAt)',
          ExpressionAttributeValues: { ':now': now, ':event': [JSON.stringify(event)], ':pending': 'pending' },
        }),
      );
    },

    async page(now, limit, after) {
      const { items, lastKey } = await queryPage({
        TableName: tableName,
        IndexName: 'listing',
        KeyConditionExpression: 'listed = :session AND endsAt > :now',
        ExpressionAttributeValues: { ':session': 'session', ':now': now },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : { listed: 'session', endsAt: after.endsAt, pk: sessionPk(after.id) },
      });
      return { sessions: items.map(fromItem), hasMore: lastKey !== undefined };
    },

    async listWithOutbox() {
      const sessions: Session[] = [];
      let start: Attributes | undefined;
      do {
        const { items, lastKey } = await queryPage({
          TableName: tableName,
          IndexName: 'outbox',
          KeyConditionExpression: 'outboxState = :pending',
          ExpressionAttributeValues: { ':pending': 'pending' },
          ExclusiveStartKey: start,
        });
        sessions.push(...items.map(fromItem));
        start = lastKey;
      } while (start !== undefined);
      return sessions;
    },

    async clearOutbox(id, published) {
      await conditionHeld(
        updateItem({
          TableName: tableName,
          Key: { pk: sessionPk(id) },
          UpdateExpression: 'SET outbox = :none REMOVE outboxState',
          ConditionExpression: 'size(outbox) = :published',
          ExpressionAttributeValues: { ':none': [], ':published': published },
        }),
      );
    },
  };
}
