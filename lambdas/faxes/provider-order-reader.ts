/** Through which providers a new fax may go. */
import { logFailure } from '../platform/failure-log.js';
import { providerSettingsReader } from '../provider-settings/provider-settings-reader.js';
import { orderOf } from '../provider-settings/provider-settings.js';

/**
 * The order in force, the default first, at most 15 seconds old. It never fails: where it can't be read, the last known one
 * stands, or else the provider that the stack was deployed with.
 */
export function providerOrderReader({ SETTINGS_TABLE: tableName, PROVIDER: deployed }: { readonly SETTINGS_TABLE: string; readonly PROVIDER: string }): () => Promise<readonly string[]> {
  const settings = providerSettingsReader(tableName);
  let lastKnown: readonly string[] | undefined;
  return async () => {
    try {
      lastKnown = orderOf(await settings.kept(), deployed);
      return lastKnown;
    } catch (error) {
      logFailure('The order of the providers could not be read: the last known one stands', error);
      return lastKnown ?? [deployed];
    }
  };
}
