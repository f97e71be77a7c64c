/** The use case of signing in: a key is exchanged for a session. */
import { parseSessionToken, createSessionToken } from './session-token.js';
import { hashToken } from '../keys/secret-hash.js';
import { heldKeyOf, type SessionCaller, type SignInCaller } from '../platform/caller.js';
import { endSession, eventOf, settleNow, type SessionAdministration, type SessionRequest } from './administration.js';
import { judgeSession, type Session } from './session.js';

export interface OpenedSession {
  readonly session: Session;
  /** In this answer's cookie and nowhere else, ever. */
  readonly token: string;
  /** Who its requests come from. */
  readonly caller: SessionCaller;
}

/**
 * Opens a session: always a new one, whatever the request brought. An earlier one of the same browser ends with it.
 * @param earlierToken of the session that the request's cookie names
 */
export async function openSession(
  request: SessionRequest & { readonly caller: SignInCaller },
  earlierToken: string | undefined,
  administration: SessionAdministration,
): Promise<OpenedSession> {
  const { caller, origin, now } = request;
  const { store, peppers, limits } = administration;
  const { id, token } = createSessionToken();
  const draft: Session = {
    id,
    key: heldKeyOf(caller),
    ...hashToken(token, await peppers()),
    createdAt: now,
    endsAt: now + limits.absoluteMilliseconds,
    idleMilliseconds: limits.idleMilliseconds,
    sourceIp: origin.source_ip,
    userAgent: origin.user_agent,
    endedAt: undefined,
    outbox: [],
  };
  const session: Session = { ...draft, outbox: [eventOf('session_created', draft, request)] };
  await store.create(session);
  await settleNow(session, administration);
  if (earlierToken !== undefined) await endEarlier(earlierToken, request, administration);
  const { owner, scopes, minuteLimit } = caller;
  return { session, token, caller: { kind: 'session', sessionId: id, lastSeenAt: now, key: session.key, owner, scopes, minuteLimit } };
}

/** Only whoever holds its whole token ends it: a cookie that was made up ends nothing. */
async function endEarlier(token: string, request: SessionRequest, administration: SessionAdministration): Promise<void> {
  const id = parseSessionToken(token);
  const earlier = id === undefined ? undefined : await administration.store.find(id);
  if (earlier === undefined) return;
  const refused = judgeSession(token, { session: earlier, lastSeenAt: request.now }, await administration.peppers(), request.now);
  if (refused === undefined) await endSession(earlier, eventOf('session_ended', earlier, request), request.now, administration);
}
