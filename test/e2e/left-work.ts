/** What a crash leaves to the functions that run by a schedule, put into the tables of a running local cloud. */
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { newNativeKey, poolOf } from '../../lambdas/limits/native-key.js';
import type { RunningLocalCloud } from './local-cloud.js';

/** The physical id of the resource whose logical id matches. */
export const physicalId = (cloud: RunningLocalCloud, id: RegExp): string | undefined => cloud.resources[Object.keys(cloud.resources).find((one) => id.test(one)) ?? ''];

/** Gives the sweeper a due job, and settings, a key and a session whose outbox a crash left, as they stand in the tables. */
export async function leaveWork(
  cloud: RunningLocalCloud,
  { fax, spareKey, session, round }: { readonly fax: string; readonly spareKey: string; readonly session: string; readonly round: number },
): Promise<void> {
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: physicalId(cloud, /^FaxesTable/),
      Key: { id: { S: fax } },
      UpdateExpression: 'SET due = :due, dueAt = :long_ago',
      ExpressionAttributeValues: { ':due': { S: 'due' }, ':long_ago': { N: '1' } },
    }),
  );
  const event = { v: 1, event_id: `left-${round}`, event: 'api_key_rotated', target_key_id: spareKey, secret_version: 1, ts: new Date().toISOString(), actor: { type: 'system' }, outcome: 'success' };
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: physicalId(cloud, /^KeysTable/),
      Key: { pk: { S: `KEY#${spareKey}` } },
      UpdateExpression: 'SET outboxState = :pending, outbox = :events',
      ExpressionAttributeValues: { ':pending': { S: 'pending' }, ':events': { L: [{ S: JSON.stringify(event) }] } },
    }),
  );
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: physicalId(cloud, /^SessionTable/),
      Key: { pk: { S: `SESSION#${session}` } },
      UpdateExpression: 'SET outboxState = :pending, outbox = :events',
      ExpressionAttributeValues: { ':pending': { S: 'pending' }, ':events': { L: [{ S: JSON.stringify({ ...event, event: 'session_created' }) }] } },
    }),
  );
  await cloud.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: physicalId(cloud, /^SettingsTable/),
      Key: { pk: { S: 'CURRENT' } },
      UpdateExpression: 'SET outbox = :events',
      ExpressionAttributeValues: { ':events': { L: [{ S: JSON.stringify({ ...event, event: 'settings_changed' }) }] } },
    }),
  );
  await cloud.clients.dynamodb.send(
    new PutItemCommand({
      TableName: physicalId(cloud, /^LimitsTable/),
      Item: { pk: { S: `NATIVE#${newNativeKey('basic')}` }, pool: { S: poolOf('leased', 'basic') }, pooled_at: { N: '1' }, key_id: { S: spareKey } },
    }),
  );
}
