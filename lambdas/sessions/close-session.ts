/** The use cases that end a session: its owner signs out, an administrator revokes it. It counts with the next request. */
import { ContractError } from '../contract/errors.js';
import { isSessionId } from '../contract/identifiers.js';
import type { SessionCaller } from '../platform/caller.js';
import { endSession, eventOf, type SessionAdministration, type SessionRequest } from './administration.js';

/** Signs out. */
export async function signOut(request: SessionRequest & { readonly caller: SessionCaller }, administration: SessionAdministration): Promise<void> {
  const session = await administration.store.find(request.caller.sessionId);
  if (session !== undefined) await endSession(session, eventOf('session_ended', session, request), request.now, administration);
}

/** Revokes a session; one that has ended again is fine. @throws ContractError session_not_found */
export async function revokeSession(request: SessionRequest, id: string, administration: SessionAdministration): Promise<void> {
  const session = isSessionId(id) ? await administration.store.find(id) : undefined;
  if (session === undefined) throw new ContractError('session_not_found');
  await endSession(session, eventOf('session_revoked', session, request), request.now, administration);
}
