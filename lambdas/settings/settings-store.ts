/** The settings table, for administration and the sweeper. (Whoever only needs the settings uses settings-reader.ts.) */
import { conditionHeld, getItem, getItems, putItem, updateItem } from '../platform/dynamodb.js';
import { currentKey } from './current-key.js';
import { currentFrom, toCurrentItem, toVersionItem, versionFrom, versionKey } from './settings-item.js';
import type { CurrentSettings, SettingsVersion } from './settings-version.js';

export interface SettingsStore {
  /** The settings in force; undefined where nothing was ever saved. */
  current(): Promise<CurrentSettings | undefined>;
  /** Versions that were archived, of those that are asked for, in no order. */
  archived(versions: readonly number[]): Promise<SettingsVersion[]>;
  /** Keeps a version for good, before another one takes its place. Idempotent: what is there stays as it is. */
  archive(version: SettingsVersion): Promise<void>;
  /** Puts the next version into force. False when another one has its number already. */
  put(next: CurrentSettings): Promise<boolean>;
  /** Takes the published events off. A later version carries its own outbox, and is left alone. */
  clearOutbox(version: number): Promise<void>;
}

export function dynamoSettingsStore(tableName: string): SettingsStore {
  return {
    async current() {
      const item = await getItem(tableName, currentKey);
      return item === undefined ? undefined : currentFrom(item);
    },

    archived: async (versions) => (await getItems(tableName, versions.map(versionKey), { consistent: true })).map(versionFrom),

    async archive(version) {
      await conditionHeld(putItem({ TableName: tableName, Item: toVersionItem(version), ConditionExpression: 'attribute_not_exists(pk)' }));
    },

    put: (next) =>
      conditionHeld(
        putItem({
          TableName: tableName,
          Item: toCurrentItem(next),
          ...(next.version === 1
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: 'version = :previous', ExpressionAttributeValues: { ':previous': next.version - 1 } }),
        }),
      ),

    async clearOutbox(version) {
      await conditionHeld(
        updateItem({
          TableName: tableName,
          Key: currentKey,
          UpdateExpression: 'SET outbox = :none',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':none': [], ':version': version },
        }),
      );
    },
  };
}
