/** The token that is shown right now, once. It is also held for Send Fax, in memory alone. */
import { useSyncExternalStore } from 'react';
import { holdToken } from '../session/held-tokens.js';

export interface ShownToken {
  readonly keyId: string;
  readonly name: string;
  readonly token: string;
  readonly reason: 'created' | 'rotated';
  /** When the token before ends, where two are in force. */
  readonly oldEndsAt?: string;
}

let shown: ShownToken | undefined;
const listeners = new Set<() => void>();

export function showToken(one: ShownToken): void {
  holdToken({ keyId: one.keyId, name: one.name, token: one.token });
  set(one);
}

export function hideToken(): void {
  set(undefined);
}

export function useShownToken(): ShownToken | undefined {
  return useSyncExternalStore(subscribe, () => shown);
}

function set(next: ShownToken | undefined): void {
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
