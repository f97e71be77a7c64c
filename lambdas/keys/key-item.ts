/** An API key as an item of the keys table, and back. Read by the store and by the authorizer. */
import { parseAuditEvent } from '../audit/event.js';
import { isKeyId, isOwner, type KeyId } from '../contract/identifiers.js';
import { isScope } from '../contract/scopes.js';
import { tiers } from '../contract/tiers.js';
import { isNumber, isRecord, isText, isTextList, ItemReader } from '../platform/item-reader.js';
import type { ApiKey, KeySecret } from './key.js';

/** The item's own attributes: the key's, and what the table's indexes and TTL read. `undefined` ones are not written. */
export interface KeyItem extends Omit<ApiKey, 'outbox'> {
  readonly pk: string;
  /** Version of this shape. */
  readonly v: 1;
  /** JSON of audit events: their shape is audit's matter. */
  readonly outbox: readonly string[];
  /** Hash key of the listing index. */
  readonly listed: 'key';
  /** Hash key of the outbox index: there while the outbox is not empty. */
  readonly outboxState: 'pending' | undefined;
}

export const rosterPk = 'ROSTER';

export function keyPk(id: KeyId): string {
  return `KEY#${id}`;
}

/** The item that stores a key. */
export function toItem(key: ApiKey): KeyItem {
  return {
    ...key,
    pk: keyPk(key.id),
    v: 1,
    outbox: key.outbox.map((event) => JSON.stringify(event)),
    listed: 'key',
    outboxState: key.outbox.length === 0 ? undefined : 'pending',
  };
}

/**
 * Reads a key back.
 * @throws Error when the item is not one that toItem writes: a damaged key must not become a valid one
 */
export function fromItem(item: Readonly<Record<string, unknown>>): ApiKey {
  const read = new ItemReader(`key item ${String(item['pk'])}`, item);
  return {
    id: read.of('id', isId),
    revision: read.of('revision', isNumber),
    // Absent in items of 0.1.0, like all that came after it.
    version: read.optional('version', isNumber) ?? 1,
    name: read.optional('name', isText),
    owner: read.of('owner', isOwnerText),
    scopes: read.of('scopes', isScopeList),
    tier: read.of('tier', isTier),
    note: read.optional('note', isText),
    allowedIps: read.optional('allowedIps', isTextList) ?? [],
    requestsPerMinute: read.optional('requestsPerMinute', isNumber),
    rotateEveryDays: read.optional('rotateEveryDays', isNumber),
    createdAt: read.of('createdAt', isNumber),
    createdBy: read.of('createdBy', isText),
    expiresAt: read.optional('expiresAt', isNumber),
    disabledAt: read.optional('disabledAt', isNumber),
    revokedAt: read.optional('revokedAt', isNumber),
    nativeKey: read.optional('nativeKey', isText),
    secrets: read.of('secrets', isRecordList).map(readSecret),
    outbox: read.of('outbox', isTextList).map(parseAuditEvent),
  };
}

function readSecret(item: Readonly<Record<string, unknown>>): KeySecret {
  const read = new ItemReader('secret of a key item', item);
  return {
    version: read.of('version', isNumber),
    pepperVersion: read.of('pepperVersion', isText),
    hash: read.of('hash', isText),
    prefix: read.of('prefix', isText),
    lastFour: read.of('lastFour', isText),
    createdAt: read.of('createdAt', isNumber),
    endsAt: read.optional('endsAt', isNumber),
  };
}

const isId = (value: unknown): value is KeyId => isText(value) && isKeyId(value);
const isOwnerText = (value: unknown): value is ApiKey['owner'] => isText(value) && isOwner(value);
const isTier = (value: unknown): value is ApiKey['tier'] => isText(value) && tiers.some((tier) => tier === value);
const isScopeList = (value: unknown): value is ApiKey['scopes'] => isTextList(value) && value.every(isScope);
const isRecordList = (value: unknown): value is Readonly<Record<string, unknown>>[] => Array.isArray(value) && value.every(isRecord);
