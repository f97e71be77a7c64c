/** Serves /auth/session and /admin/sessions. */
import { auditPublisher } from '../audit/publish-events.js';
import { ContractError } from '../contract/errors.js';
import { describeCaller } from '../keys/describe-caller.js';
import { dynamoKeyStore } from '../keys/key-store.js';
import { parsePeppers } from '../keys/secret-hash.js';
import { keyGate } from '../limits/key-gate.js';
import { minuteLeft } from '../limits/limits-left.js';
import { lastUsesOf } from '../limits/session-use-store.js';
import { isWorthNoting } from '../limits/session-use.js';
import { apiHandler } from '../platform/api-handler.js';
import type { SessionCaller } from '../platform/caller.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { cachedSecret } from '../platform/secrets.js';
import type { SessionAdministration } from './administration.js';
import { revokeSession, signOut } from './close-session.js';
import { listSessions } from './list-sessions.js';
import { openSession } from './open-session.js';
import { presentEnds } from './present-session.js';
import { clearedCookie, sessionCookie, tokenInCookies } from './session-cookie.js';
import { dynamoSessionStore } from './session-store.js';
import type { Session } from './session.js';

const environment = readEnvironment('sessions');
const pepper = cachedSecret(environment.PEPPER_SECRET, 60);
const keys = dynamoKeyStore(environment.KEYS_TABLE);
const administration: SessionAdministration = {
  store: dynamoSessionStore(environment.SESSIONS_TABLE),
  publish: auditPublisher(environment),
  peppers: async () => parsePeppers(await pepper()),
  findKey: (id) => keys.find(id),
  lastUsesOf: (ids) => lastUsesOf(environment.LIMITS_TABLE, ids),
  limits: {
    absoluteMilliseconds: wholeNumber(environment.SESSION_HOURS) * 3_600_000,
    idleMilliseconds: wholeNumber(environment.SESSION_IDLE_MINUTES) * 60_000,
  },
};

export const handler = apiHandler<'sessions'>(
  {
    createSession: async (request) => {
      const { session, token, caller } = await openSession(request, tokenInCookies(request.headers['cookie'] ?? ''), administration);
      const headers = { 'Set-Cookie': sessionCookie(token, administration.limits.absoluteMilliseconds / 1000) };
      return { status: 200, headers, body: await describe(session, caller, request.now) };
    },
    getSession: async ({ caller, now }) => {
      const session = await administration.store.find(caller.sessionId);
      if (session === undefined) throw new ContractError('unauthorized');
      return { status: 200, body: await describe(session, caller, now) };
    },
    endSession: async (request) => {
      await signOut(request, administration);
      return { status: 200, headers: { 'Set-Cookie': clearedCookie }, body: { status: 'ok' } };
    },
    listSessions: async (request) => ({ status: 200, body: await listSessions(request, request.query, administration) }),
    revokeSession: async (request) => {
      await revokeSession(request, request.id, administration);
      return { status: 200, body: { status: 'ok' } };
    },
  },
  keyGate(environment),
);

/** Who the session is, as GET /auth/me tells it, and when it ends. The gate notes this very request where that is due. */
async function describe(session: Session, caller: SessionCaller, now: number): Promise<object> {
  const me = await describeCaller({ caller }, { store: keys, minuteLeft: () => minuteLeft(environment.LIMITS_TABLE, caller, now) });
  return { ...me, session_id: session.id, ...presentEnds(session, isWorthNoting(caller.lastSeenAt, now) ? now : caller.lastSeenAt) };
}
