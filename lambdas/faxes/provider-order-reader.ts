/** Through which providers a new fax may go. */
import { logFailure } from '../platform/failure-log.js';
import { providerSettingsReader } from '../provider-settings/provider-settings-reader.js';
import { orderOf } from '../provider-settings/provider-settings.js';

/**
 * The order in force, the default first, at most 15 seconds old; where it can't be read, the last known one stands. Never the
 * provider of the deployment in its place: that may be the sandbox, which would report a fax as sent that went nowhere.
 * @throws where it can't be read, and was not known before
 */
export function providerOrderReader({ SETTINGS_TABLE: tableName, PROVIDER: deployed }: { readonly SETTINGS_TABLE: string; readonly PROVIDER: string }): () => Promise<readonly string[]> {
  const settings = providerSettingsReader(tableName);
  let lastKnown: readonly string[] | undefined;
  return async () => {
    try {
      lastKnown = orderOf(await settings.kept(), deployed);
      return lastKnown;
    } catch (error) {
      if (lastKnown === undefined) throw error;
      logFailure('The order of the providers could not be read: the last known one stands', error);
      return lastKnown;
    }
  };
}
