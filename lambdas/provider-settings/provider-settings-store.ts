/** The providers in the settings table, for administration and the sweeper. (Whoever only needs them uses provider-settings-reader.ts.) */
import { conditionHeld, getItem, putItem, updateItem } from '../platform/dynamodb.js';
import { providersFrom, providersKey, toProvidersItem } from './provider-settings-item.js';
import type { ProviderSettings } from './provider-settings.js';

export interface ProviderSettingsStore {
  /** The providers in force; undefined where none was ever saved. */
  current(): Promise<ProviderSettings | undefined>;
  /** Puts the next version into force. False when another one has its number already. */
  put(next: ProviderSettings): Promise<boolean>;
  /** Notes that a provider took the credentials of this version. A later version is left alone. */
  noteValidation(version: number, id: string, at: number): Promise<void>;
  /** Takes the published events off. A later version carries its own outbox, and is left alone. */
  clearOutbox(version: number): Promise<void>;
}

export function dynamoProviderSettingsStore(tableName: string): ProviderSettingsStore {
  return {
    async current() {
      const item = await getItem(tableName, providersKey);
      return item === undefined ? undefined : providersFrom(item);
    },

    put: (next) =>
      conditionHeld(
        putItem({
          TableName: tableName,
          Item: toProvidersItem(next),
          ...(next.version === 1
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: 'version = :previous', ExpressionAttributeValues: { ':previous': next.version - 1 } }),
        }),
      ),

    async noteValidation(version, id, at) {
      await conditionHeld(
        updateItem({
          TableName: tableName,
          Key: providersKey,
          UpdateExpression: 'SET configured.#id.validatedAt = :at',
          ConditionExpression: 'version = :version',
          ExpressionAttributeNames: { '#id': id },
          ExpressionAttributeValues: { ':at': at, ':version': version },
        }),
      );
    },

    async clearOutbox(version) {
      await conditionHeld(
        updateItem({
          TableName: tableName,
          Key: providersKey,
          UpdateExpression: 'SET outbox = :none',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':none': [], ':version': version },
        }),
      );
    },
  };
}
