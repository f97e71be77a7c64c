/** A fake of the keys table in memory, for tests of the use cases. It holds the same conditions as the real one. */
import type { KeyId } from '../../lambdas/contract/identifiers.js';
import { fromItem, toItem, type KeyItem } from '../../lambdas/keys/key-item.js';
import type { ApiKey } from '../../lambdas/keys/key.js';
import type { KeyStore } from '../../lambdas/keys/key-store.js';

export function fakeKeyStore(): KeyStore & { readonly roster: Set<KeyId>; all(): Promise<ApiKey[]> } {
  const items = new Map<KeyId, KeyItem>();
  const roster = new Set<KeyId>();
  const read = (item: KeyItem) => fromItem(structuredClone({ ...item }));
  return {
    roster,
    find: (id) => Promise.resolve(items.has(id) ? [...items.values()].filter((item) => item.id === id).map(read)[0] : undefined),
    all: () => Promise.resolve([...items.values()].map(read)),
    page: () => Promise.resolve({ keys: [...items.values()].map(read).sort((one, other) => other.createdAt - one.createdAt), hasMore: false }),
    listWithOutbox: () => Promise.resolve([...items.values()].filter((item) => item.outboxState === 'pending').map(read)),
    create: (key) => {
      if (items.has(key.id)) return Promise.resolve(false);
      items.set(key.id, toItem(key));
      return Promise.resolve(true);
    },
    replace: (next) => {
      if (items.get(next.id)?.revision !== next.revision - 1) return Promise.resolve(false);
      items.set(next.id, toItem(next));
      return Promise.resolve(true);
    },
    addToRoster: (id) => {
      roster.add(id);
      return Promise.resolve();
    },
    removeFromRoster: (id) => {
      if (roster.has(id) && roster.size === 1) return Promise.resolve(false);
      roster.delete(id);
      return Promise.resolve(true);
    },
    dropFromRoster: (id) => {
      roster.delete(id);
      return Promise.resolve();
    },
  };
}
