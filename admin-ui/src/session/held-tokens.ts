/**
 * Tokens that this page knows: of keys that were created or rotated since it was loaded, and those that were pasted. They
 * are in memory alone, are never written anywhere, and are gone when the page is.
 */
import { useSyncExternalStore } from 'react';

export interface HeldToken {
  readonly keyId: string;
  readonly name: string;
  readonly token: string;
}

let held: readonly HeldToken[] = [];
const listeners = new Set<() => void>();

/** Keeps a token; an older one of the same key goes. */
export function holdToken(one: HeldToken): void {
  set([one, ...held.filter(({ keyId }) => keyId !== one.keyId)]);
}

export function forgetToken(keyId: string): void {
  set(held.filter((one) => one.keyId !== keyId));
}

export function forgetAllTokens(): void {
  set([]);
}

/** The newest first. */
export function useHeldTokens(): readonly HeldToken[] {
  return useSyncExternalStore(subscribe, () => held);
}

/** The id that stands in a token, for a name until a better one is known. */
export function keyIdOf(token: string): string | undefined {
  return /^fbk_(?:live|test)_([0-9a-f]{12})_[0-9A-Za-z]+$/.exec(token)?.[1];
}

function set(next: readonly HeldToken[]): void {
  held = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
