/** An API key as an item of the keys table, and back. Read by the store and by the authorizer. */
import { parseAuditEvent } from '../audit/event.js';
import { isKeyId, isOwner, type KeyId } from '../contract/identifiers.js';
import { isScope } from '../contract/scopes.js';
import { tiers } from '../contract/tiers.js';
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
  const read = new ItemReader(item);
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
  const read = new ItemReader(item);
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

class ItemReader {
  constructor(private readonly item: Readonly<Record<string, unknown>>) {}

  of<T>(name: string, is: (value: unknown) => value is T): T {
    const value = this.item[name];
    if (!is(value)) throw new Error(`The key item ${String(this.item['pk'])} has no valid ${name}`);
    return value;
  }

  optional<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    return this.item[name] === undefined ? undefined : this.of(name, is);
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isId = (value: unknown): value is KeyId => isText(value) && isKeyId(value);
const isOwnerText = (value: unknown): value is ApiKey['owner'] => isText(value) && isOwner(value);
const isTier = (value: unknown): value is ApiKey['tier'] => isText(value) && tiers.some((tier) => tier === value);
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isScopeList = (value: unknown): value is ApiKey['scopes'] => isTextList(value) && value.every(isScope);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isRecordList = (value: unknown): value is Readonly<Record<string, unknown>>[] => Array.isArray(value) && value.every(isRecord);
