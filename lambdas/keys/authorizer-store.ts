/** What the authorizer reads, by signed calls without an SDK client (docs/adr/0003-authorizer-without-sdk.md). */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { KeyId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { callJson } from '../platform/signed-request.js';
import { fromItem, keyPk, rosterPk } from './key-item.js';
import type { ApiKey } from './key.js';

type MarshalledItem = Parameters<typeof unmarshall>[0];

/** Reads a key, consistently: a revocation counts with the next request. */
export async function readKey(tableName: string, id: KeyId): Promise<ApiKey | undefined> {
  const item = await getItem(tableName, keyPk(id));
  return item === undefined ? undefined : fromItem(item);
}

/** True once a standing admin key exists: the bootstrap key has ended. */
export async function hasStandingAdmin(tableName: string): Promise<boolean> {
  const roster = await getItem(tableName, rosterPk);
  return roster?.['admins'] instanceof Set && roster['admins'].size > 0;
}

/** Reads a secret's current text. */
export async function readSecret(secretId: string): Promise<string> {
  const answer = await callJson({ service: 'secretsmanager', target: 'secretsmanager.GetSecretValue', jsonVersion: '1.1', input: { SecretId: secretId } });
  const text = jsonMember(answer, 'SecretString');
  if (typeof text !== 'string') throw new Error(`The secret ${secretId} holds no text`);
  return text;
}

async function getItem(tableName: string, pk: string): Promise<Record<string, unknown> | undefined> {
  const answer = await callJson({
    service: 'dynamodb',
    target: 'DynamoDB_20120810.GetItem',
    jsonVersion: '1.0',
    input: { TableName: tableName, Key: { pk: { S: pk } }, ConsistentRead: true },
  });
  const item = jsonMember(answer, 'Item');
  return isMarshalled(item) ? unmarshall(item) : undefined;
}

/** DynamoDB answered it: its attribute values are what unmarshall takes. */
function isMarshalled(value: unknown): value is MarshalledItem {
  return typeof value === 'object' && value !== null;
}
