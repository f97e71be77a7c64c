/** The keys table: the only file that talks to it for administration. (The authorizer reads it by itself.) */
import type { KeyId } from '../contract/identifiers.js';
import { conditionHeld, getItem, putItem, queryPage, updateItem, type Attributes } from '../platform/dynamodb.js';
import { fromItem, keyPk, rosterPk, toItem } from './key-item.js';
import type { KeyPosition } from './key-position.js';
import type { ApiKey } from './key.js';

export interface KeyStore {
  find(id: KeyId): Promise<ApiKey | undefined>;
  /** A page of all keys, revoked ones included, newest first; `after` is the last one of the page before. */
  page(after: KeyPosition | undefined): Promise<{ readonly keys: readonly ApiKey[]; readonly hasMore: boolean }>;
  /** Keys with audit events that are not published. */
  listWithOutbox(): Promise<ApiKey[]>;
  /** False when the id is taken. */
  create(key: ApiKey): Promise<boolean>;
  /** Writes the next revision of a key. False when somebody else wrote one in the meantime. */
  replace(next: ApiKey): Promise<boolean>;
  /** Puts a standing admin key on the roster, which ends the bootstrap key. Idempotent. */
  addToRoster(id: KeyId): Promise<void>;
  /** Takes a key off the roster before it is revoked. False when it is the last one on it. Idempotent. */
  removeFromRoster(id: KeyId): Promise<boolean>;
  /** Takes a key off the roster that is no standing admin key any more, be it the last: an empty roster revives the bootstrap key. */
  dropFromRoster(id: KeyId): Promise<void>;
}

/** A key is about a kilobyte; one call reads a megabyte at most. */
const keysOfOnePage = 250;

export function dynamoKeyStore(tableName: string): KeyStore {
  return {
    async find(id) {
      const item = await getItem(tableName, { pk: keyPk(id) });
      return item === undefined ? undefined : fromItem(item);
    },

    async page(after) {
      const { items, lastKey } = await queryPage({
        TableName: tableName,
        IndexName: 'listing',
        KeyConditionExpression: 'listed = :key',
        ExpressionAttributeValues: { ':key': 'key' },
        ScanIndexForward: false,
        Limit: keysOfOnePage,
        ExclusiveStartKey: after === undefined ? undefined : { listed: 'key', createdAt: after.createdAt, pk: keyPk(after.id) },
      });
      return { keys: items.map(fromItem), hasMore: lastKey !== undefined };
    },

    async listWithOutbox() {
      const keys: ApiKey[] = [];
      let start: Attributes | undefined;
      do {
        const { items, lastKey } = await queryPage({
          TableName: tableName,
          IndexName: 'outbox',
          KeyConditionExpression: 'outboxState = :pending',
          ExpressionAttributeValues: { ':pending': 'pending' },
          ExclusiveStartKey: start,
        });
        keys.push(...items.map(fromItem));
        start = lastKey;
      } while (start !== undefined);
      return keys;
    },

    create: (key) => conditionHeld(putItem({ TableName: tableName, Item: toItem(key), ConditionExpression: 'attribute_not_exists(pk)' })),

    replace: (next) =>
      conditionHeld(
        putItem({
          TableName: tableName,
          Item: toItem(next),
          ConditionExpression: 'revision = :previous',
          ExpressionAttributeValues: { ':previous': next.revision - 1 },
        }),
      ),

    async addToRoster(id) {
      await updateItem({
        TableName: tableName,
        Key: { pk: rosterPk },
        UpdateExpression: 'ADD admins :id',
        ExpressionAttributeValues: { ':id': new Set([id]) },
      });
    },

    removeFromRoster: (id) =>
      conditionHeld(
        updateItem({
          TableName: tableName,
          Key: { pk: rosterPk },
          UpdateExpression: 'DELETE admins :ids',
          ConditionExpression: 'attribute_not_exists(admins) OR NOT contains(admins, :id) OR size(admins) > :one',
          ExpressionAttributeValues: { ':ids': new Set([id]), ':id': id, ':one': 1 },
        }),
      ),

    async dropFromRoster(id) {
      await updateItem({
        TableName: tableName,
        Key: { pk: rosterPk },
        UpdateExpression: 'DELETE admins :ids',
        ExpressionAttributeValues: { ':ids': new Set([id]) },
      });
    },
  };
}
