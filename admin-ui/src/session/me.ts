/** Who is signed in, and what they may do. What they may not do is not offered. */
import { createContext, useContext } from 'react';
import { holdsScope, isAdmin, type Scope } from '../../../lambdas/contract/scopes.js';
import type { AnswerOf } from '../gateway/operation-types.js';

export type Me = AnswerOf<'getSession'>;

export const MeContext = createContext<Me | undefined>(undefined);

/** @throws Error outside of the signed-in console */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('Nobody is signed in here');
  return me;
}

/** Whether the person signed in holds a scope. */
export function useHolds(scope: Scope): boolean {
  return holdsScope(useMe().scopes, scope);
}

export function useIsAdmin(): boolean {
  return isAdmin(useMe().scopes);
}

/** Their name, as short as it goes. */
export function nameOf(me: Me): string {
  if (me.key_id === null) return 'Bootstrap key';
  return me.name ?? me.key_id;
}
