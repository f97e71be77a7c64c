/** What the authorizer reads of a session, by signed calls without an SDK client: itself, and its last use. */
import type { SessionId } from '../contract/identifiers.js';
import { lastUseIn, sessionUsePk } from '../limits/session-use.js';
import { readItem } from '../platform/read-item.js';
import { fromItem, sessionPk } from './session-item.js';
import type { Session } from './session.js';

/** Reads a session, consistently: its end counts with the next request. */
export async function readSession(
  tables: { readonly SESSIONS_TABLE: string; readonly LIMITS_TABLE: string },
  id: SessionId,
): Promise<{ readonly session: Session; readonly lastSeenAt: number } | undefined> {
  const [item, use] = await Promise.all([readItem(tables.SESSIONS_TABLE, { pk: sessionPk(id) }), readItem(tables.LIMITS_TABLE, { pk: sessionUsePk(id) })]);
  if (item === undefined) return undefined;
  const session = fromItem(item);
  return { session, lastSeenAt: lastUseIn(use) ?? session.createdAt };
}
