/** Writes the history of sign-ins. The authorizer writes too, so nothing here is heavy. */
import { wholeNumber } from '../platform/environment.js';
import { logFailure } from '../platform/failure-log.js';
import { callJson } from '../platform/signed-request.js';
import type { AuthEvent } from './auth-event.js';

/** Writes an event. It never fails: the request that it tells of must not. */
export type RecordAuthEvent = (event: AuthEvent) => Promise<void>;

export function authEventRecorder(environment: { readonly AUTH_EVENTS_TABLE: string; readonly AUTH_EVENT_RETENTION_DAYS: string }): RecordAuthEvent {
  const retentionSeconds = wholeNumber(environment.AUTH_EVENT_RETENTION_DAYS) * 86_400;
  return async (event) => {
    try {
      const input = { TableName: environment.AUTH_EVENTS_TABLE, Item: attributeValues(toItem(event, retentionSeconds)) };
      await callJson({ service: 'dynamodb', target: 'DynamoDB_20120810.PutItem', jsonVersion: '1.0', input });
    } catch (error) {
      logFailure('An event of the history of sign-ins could not be written', error);
    }
  };
}

/** The item of an event: a partition a day, in the order of time; and by its key, where it names one. */
function toItem({ id, time, outcome, reason, caller, key, sessionId, origin, suppressed }: AuthEvent, retentionSeconds: number): Readonly<Record<string, string | number | undefined>> {
  const ts = new Date(time).toISOString();
  return {
    day: ts.slice(0, 10),
    at: `${ts}~${id}`,
    v: 1,
    outcome,
    reason,
    caller,
    key_id: key?.id,
    owner: key?.owner,
    secret_version: key?.secretVersion,
    last_four: key?.lastFour,
    session_id: sessionId,
    ...origin,
    suppressed,
    forgetAt: Math.floor(time / 1000) + retentionSeconds,
  };
}

/** As DynamoDB writes them; undefined ones are not written. */
function attributeValues(item: ReturnType<typeof toItem>): object {
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'number' ? { N: String(value) } : { S: value }]])),
  );
}
