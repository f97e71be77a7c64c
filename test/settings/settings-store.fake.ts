/** A fake of the settings table in memory, for tests of the use cases. It holds the same conditions as the real one. */
import { currentFrom, toCurrentItem, toVersionItem, versionFrom } from '../../lambdas/settings/settings-item.js';
import type { SettingsStore } from '../../lambdas/settings/settings-store.js';

type Item = ReturnType<typeof toVersionItem>;

/** Without the attributes that the real table does not write. */
function written(item: Item): Item {
  return structuredClone(Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));
}

export function fakeSettingsStore(): SettingsStore {
  let inForce: Item | undefined;
  const archive = new Map<number, Item>();
  const numberInForce = () => (inForce === undefined ? 0 : currentFrom(inForce).version);
  return {
    current: () => Promise.resolve(inForce === undefined ? undefined : currentFrom(inForce)),
    archived: (versions) => Promise.resolve([...archive].filter(([version]) => versions.includes(version)).map(([, item]) => versionFrom(item))),
    archive: (version) => {
      if (!archive.has(version.version)) archive.set(version.version, written(toVersionItem(version)));
      return Promise.resolve();
    },
    put: (next) => {
      if (numberInForce() !== next.version - 1) return Promise.resolve(false);
      inForce = written(toCurrentItem(next));
      return Promise.resolve(true);
    },
    clearOutbox: (version) => {
      if (inForce !== undefined && numberInForce() === version) inForce = written(toCurrentItem({ ...currentFrom(inForce), outbox: [] }));
      return Promise.resolve();
    },
  };
}
