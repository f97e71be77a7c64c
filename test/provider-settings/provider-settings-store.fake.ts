/** A fake of the providers' item in memory, for tests of the use cases. It holds the same conditions as the real one. */
import { providersFrom, toProvidersItem } from '../../lambdas/provider-settings/provider-settings-item.js';
import type { ProviderSettingsStore } from '../../lambdas/provider-settings/provider-settings-store.js';
import { savedProvider, versionOf, type ProviderSettings } from '../../lambdas/provider-settings/provider-settings.js';

export function fakeProviderSettingsStore(): ProviderSettingsStore {
  let item: Readonly<Record<string, unknown>> | undefined;
  const read = (): ProviderSettings | undefined => (item === undefined ? undefined : providersFrom(item));
  /** Without the attributes that the real table does not write. */
  const write = (next: ProviderSettings): void => {
    const written: unknown = JSON.parse(JSON.stringify(toProvidersItem(next)));
    item = Object.fromEntries(Object.entries(Object(written)));
  };
  return {
    current: () => Promise.resolve(read()),
    put: (next) => {
      if (versionOf(read()) !== next.version - 1) return Promise.resolve(false);
      write(next);
      return Promise.resolve(true);
    },
    noteValidation: (version, id, at) => {
      const current = read();
      const saved = savedProvider(current, id);
      if (current?.version === version && saved !== undefined) write({ ...current, configured: { ...current.configured, [id]: { ...saved, validatedAt: at } } });
      return Promise.resolve();
    },
    clearOutbox: (version) => {
      const current = read();
      if (current?.version === version) write({ ...current, outbox: [] });
      return Promise.resolve();
    },
  };
}
