/** Publishes audit events: into the chain, then into the log, which thereby is a second witness of the chain. */
import { linkAppender } from './append-link.js';
import { auditLogWriter, type PublishAudit, type WriteAuditLog } from './audit-log-store.js';
import { dynamoChainStore } from './chain-store.js';
import { coalesced } from './coalesce.js';
import { classOf, type AuditEvent } from './event.js';
import type { Link, Position } from './link.js';

export interface PublishOptions {
  /** True for an event that a setting silences. Administrative events are never asked about: they always stand. */
  readonly silenced?: (event: AuditEvent) => Promise<boolean>;
}

/** The publisher of a function whose role may append to the chain and to the log (lib/audit.ts, grantAppend). */
export function auditPublisher(environment: { readonly AUDIT_TABLE: string; readonly AUDIT_LOG_GROUP: string }, options: PublishOptions = {}): PublishAudit {
  return publishVia(linkAppender(dynamoChainStore(environment.AUDIT_TABLE)), auditLogWriter(environment.AUDIT_LOG_GROUP), options);
}

/** A link holds so much at most: an item of DynamoDB has 400 KB, and each of them is written in units of 1 KB. */
const mostEvents = 50;
const mostCharacters = 60_000;

/** Appended and not yet in the log: tried again, such an event needs no second link. Forgotten beyond so many. */
const mostUnlogged = 1_000;

interface Written {
  readonly event: AuditEvent;
  readonly text: string;
}

export function publishVia(append: (events: readonly string[]) => Promise<Link>, writeLog: WriteAuditLog, { silenced }: PublishOptions = {}): PublishAudit {
  const unlogged = new Map<string, Position>();

  async function write(items: readonly Written[]): Promise<void> {
    const fresh = items.filter(({ event }) => !unlogged.has(event.event_id));
    if (fresh.length > 0) {
      const link = await append(fresh.map(({ text }) => text));
      if (unlogged.size > mostUnlogged) unlogged.clear();
      for (const { event } of fresh) unlogged.set(event.event_id, link);
    }
    await writeLog(items.map(({ event }) => ({ ...event, ...placeOf(unlogged.get(event.event_id)) })));
    for (const { event } of items) unlogged.delete(event.event_id);
  }

  const publish = coalesced(write, fitsIntoLink);
  return async (events) => {
    const standing = await Promise.all(events.map(async (event) => classOf(event) === 'administrative' || silenced === undefined || !(await silenced(event))));
    await publish(events.filter((_, index) => standing[index]).map((event) => ({ event, text: JSON.stringify(event) })));
  };
}

function fitsIntoLink(items: readonly Written[], next: Written): boolean {
  return items.length < mostEvents && items.reduce((sum, { text }) => sum + text.length, next.text.length) <= mostCharacters;
}

function placeOf(position: Position | undefined): Partial<Position> {
  return position === undefined ? {} : { sequence: position.sequence, hash: position.hash };
}
