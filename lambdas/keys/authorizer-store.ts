/** What the authorizer reads, by signed calls without an SDK client (docs/adr/0003-authorizer-without-sdk.md). */
import type { KeyId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { readItem } from '../platform/read-item.js';
import { callJson } from '../platform/signed-request.js';
import { fromItem, keyPk, rosterPk } from './key-item.js';
import type { ApiKey } from './key.js';

/** Reads a key, consistently: a revocation counts with the next request. */
export async function readKey(tableName: string, id: KeyId): Promise<ApiKey | undefined> {
  const item = await readItem(tableName, { pk: keyPk(id) });
  return item === undefined ? undefined : fromItem(item);
}

/** True once a standing admin key exists: the bootstrap key has ended. */
export async function hasStandingAdmin(tableName: string): Promise<boolean> {
  const roster = await readItem(tableName, { pk: rosterPk });
  return roster?.['admins'] instanceof Set && roster['admins'].size > 0;
}

/** Reads a secret's current text. */
export async function readSecret(secretId: string): Promise<string> {
  const answer = await callJson({ service: 'secretsmanager', target: 'secretsmanager.GetSecretValue', jsonVersion: '1.1', input: { SecretId: secretId } });
  const text = jsonMember(answer, 'SecretString');
  if (typeof text !== 'string') throw new Error(`The secret ${secretId} holds no text`);
  return text;
}
