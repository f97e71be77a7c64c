/** The limits table: one item a key, written once with each request. Today it keeps when the key was last used. */
import type { KeyId } from '../contract/identifiers.js';
import type { OnKeyUse } from '../platform/api-handler.js';
import { updateItem } from '../platform/dynamodb.js';

/** Notes the use of a key and of the secret that it came with. */
export function usageRecorder(tableName: string): OnKeyUse {
  return async (caller, now) => {
    if (caller.kind !== 'key') return;
    await updateItem({
      TableName: tableName,
      Key: { pk: usagePk(caller.keyId) },
      UpdateExpression: 'SET last_used_at = :now, #secret = :now, key_id = :id',
      ExpressionAttributeNames: { '#secret': `secret_${caller.secretVersion}_last_used_at` },
      ExpressionAttributeValues: { ':now': now, ':id': caller.keyId },
    });
  };
}


export function usagePk(id: KeyId): string {
  return `KEY#${id}`;
}
