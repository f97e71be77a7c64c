/** The use case of listing the sessions in force. */
import type * as z from 'zod/mini';
import { defaultOwner, type KeyId } from '../contract/identifiers.js';
import type { sessionListSchema, sessionsQuerySchema } from '../contract/session-schemas.js';
import type { ApiKey } from '../keys/key.js';
import type { SessionAdministration, SessionRequest } from './administration.js';
import { presentEnds } from './present-session.js';
import { parsePosition, writePosition } from './session-position.js';
import { hasEnded, judgeKeyOf, type Session } from './session.js';

/** A page: those of it that are in force. One that ended by itself, or with its key, is left out. */
export async function listSessions(
  { caller, now }: SessionRequest,
  { limit, cursor }: z.output<typeof sessionsQuerySchema>,
  { store, findKey, lastUsesOf }: Pick<SessionAdministration, 'store' | 'findKey' | 'lastUsesOf'>,
): Promise<z.output<typeof sessionListSchema>> {
  const { sessions, hasMore } = await store.page(now, limit, cursor === undefined ? undefined : parsePosition(cursor));
  const [uses, keys] = await Promise.all([lastUsesOf(sessions.map(({ id }) => id)), keysOf(sessions, findKey)]);
  const last = sessions.at(-1);
  return {
    items: sessions.flatMap((session) => {
      const { id, key: held, createdAt, sourceIp, userAgent } = session;
      const lastSeenAt = uses.get(id) ?? createdAt;
      const key = held === undefined ? undefined : keys.get(held.keyId);
      // From any address: where it may be used from is not what this list is about.
      const keyRefused = held === undefined ? undefined : judgeKeyOf(held, key, undefined, now);
      if (hasEnded(session, lastSeenAt, now) || keyRefused !== undefined) return [];
      return [
        {
          session_id: id,
          current: caller.kind === 'session' && caller.sessionId === id,
          key_id: held?.keyId ?? null,
          key_name: key?.name ?? null,
          owner: key?.owner ?? defaultOwner,
          ...presentEnds(session, lastSeenAt),
          source_ip: sourceIp,
          user_agent: userAgent,
        },
      ];
    }),
    next_cursor: hasMore && last !== undefined ? writePosition(last) : null,
  };
}

async function keysOf(sessions: readonly Session[], findKey: SessionAdministration['findKey']): Promise<ReadonlyMap<KeyId, ApiKey>> {
  const ids = [...new Set(sessions.flatMap(({ key }) => (key === undefined ? [] : [key.keyId])))];
  const keys = await Promise.all(ids.map(findKey));
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.id, key]])));
}
