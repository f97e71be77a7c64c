/** Notes when sessions were used, and says so of many. */
import type { SessionId } from '../contract/identifiers.js';
import { getItems, updateItem } from '../platform/dynamodb.js';
import { logFailure } from '../platform/failure-log.js';
import { forgottenAt, lastUseIn, sessionUsePk } from './session-use.js';

/** Notes a use at `now` (epoch milliseconds). It never fails: the request that uses the session must not. */
export type NoteSessionUse = (id: SessionId, now: number) => Promise<void>;

export function sessionUseNoter(tableName: string): NoteSessionUse {
  return async (id, now) => {
    try {
      await updateItem({
        TableName: tableName,
        Key: { pk: sessionUsePk(id) },
        UpdateExpression: 'SET last_used_at = :now, forgetAt = :then, session_id = :id',
        ExpressionAttributeValues: { ':now': now, ':then': forgottenAt(now), ':id': id },
      });
    } catch (error) {
      logFailure('The use of a session could not be noted', error);
    }
  };
}

/** The last use of each session, in epoch milliseconds; those of which none was noted are absent. */
export async function lastUsesOf(tableName: string, ids: readonly SessionId[]): Promise<ReadonlyMap<string, number>> {
  const uses = new Map<string, number>();
  for (const item of await getItems(tableName, ids.map((id) => ({ pk: sessionUsePk(id) })), { consistent: true })) {
    const at = lastUseIn(item);
    if (at !== undefined) uses.set(String(item['session_id']), at);
  }
  return uses;
}
