/** A session as an item of its table, and back. Read by the store and by the authorizer. */
import { parseAuditEvent } from '../audit/event.js';
import { isKeyId, isSessionId, type KeyId, type SessionId } from '../contract/identifiers.js';
import { isNumber, isRecord, isText, isTextList, ItemReader } from '../platform/item-reader.js';
import type { HeldKey } from '../platform/caller.js';
import type { Session } from './session.js';

/** An ended session is kept for so long, so that the history can tell it from one that never was. */
const keptSeconds = 7 * 86_400;

export function sessionPk(id: SessionId): string {
  return `SESSION#${id}`;
}

/** The item that stores a new session. `undefined` attributes are not written. */
export function toItem(session: Session): object {
  return {
    ...session,
    pk: sessionPk(session.id),
    v: 1,
    outbox: session.outbox.map((event) => JSON.stringify(event)),
    // Hash key of the listing index, until it is ended.
    listed: 'session',
    // Hash key of the outbox index: there while the outbox is not empty.
    outboxState: session.outbox.length === 0 ? undefined : 'pending',
    forgetAt: Math.ceil(session.endsAt / 1000) + keptSeconds,
  };
}

/** @throws Error where the item is not one that toItem writes */
export function fromItem(item: Readonly<Record<string, unknown>>): Session {
  const read = new ItemReader(`session item ${String(item['pk'])}`, item);
  const key = read.optional('key', isRecord);
  return {
    id: read.of('id', isId),
    key: key === undefined ? undefined : readKey(key),
    pepperVersion: read.of('pepperVersion', isText),
    hash: read.of('hash', isText),
    createdAt: read.of('createdAt', isNumber),
    endsAt: read.of('endsAt', isNumber),
    idleMilliseconds: read.of('idleMilliseconds', isNumber),
    sourceIp: read.of('sourceIp', isText),
    userAgent: read.of('userAgent', isText),
    endedAt: read.optional('endedAt', isNumber),
    outbox: read.of('outbox', isTextList).map(parseAuditEvent),
  };
}

function readKey(item: Readonly<Record<string, unknown>>): HeldKey {
  const read = new ItemReader('key of a session item', item);
  return { keyId: read.of('keyId', isKey), secretVersion: read.of('secretVersion', isNumber), lastFour: read.of('lastFour', isText) };
}

const isId = (value: unknown): value is SessionId => isText(value) && isSessionId(value);
const isKey = (value: unknown): value is KeyId => isText(value) && isKeyId(value);
