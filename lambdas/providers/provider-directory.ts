/** The providers as the sender and the callbacks find them: in which order faxes try them, and each one ready to use. */
import { wholeNumber } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { secretsManagerCredentialStore } from '../provider-settings/credential-store.js';
import { providerCatalogue } from '../provider-settings/provider-catalogue.js';
import { openProvider } from '../provider-settings/open-provider.js';
import { providerSettingsReader } from '../provider-settings/provider-settings-reader.js';
import { orderOf, savedProvider, type ProviderSettings } from '../provider-settings/provider-settings.js';

import type { FaxProvider } from './provider.js';
import { sandbox } from './sandbox.js';

export interface ProviderDirectory {
  /** The providers in force: the first is the default, the others follow where it certainly sent nothing. */
  order(): Promise<readonly string[]>;
  /** Undefined for a provider that is not configured. The sandbox always is. */
  find(id: string): Promise<FaxProvider | undefined>;
}

export interface DirectoryEnvironment {
  /** What the stack was deployed with. */
  readonly PROVIDER: string;
  readonly SANDBOX_SECONDS_PER_PAGE: string;
  readonly SETTINGS_TABLE: string;
  readonly PROVIDER_CREDENTIALS_SECRET: string;
  readonly PROVIDER_ENDPOINTS: string;
}

/** Both operations throw where the providers or their secrets can't be read: whoever asked tries again later. */
export function providerDirectory(environment: DirectoryEnvironment): ProviderDirectory {
  const line = sandbox({ secondsPerPage: wholeNumber(environment.SANDBOX_SECONDS_PER_PAGE) });
  const settings = providerSettingsReader(environment.SETTINGS_TABLE);
  const credentials = secretsManagerCredentialStore(environment.PROVIDER_CREDENTIALS_SECRET);
  const catalogue = providerCatalogue(environment.PROVIDER_ENDPOINTS);

  async function opened(id: string, current: ProviderSettings | undefined): Promise<FaxProvider | undefined> {
    const saved = savedProvider(current, id);
    if (saved === undefined) return undefined;
    const provider = openProvider(id, saved, (await credentials.read(current?.secretVersion))[id], catalogue);
    if (!('problem' in provider)) return provider;
    log.error('A provider that was set up can’t be used', { provider: id, reason: provider.problem });
    return undefined;
  }

  return {
    order: async () => orderOf(await settings.kept(), environment.PROVIDER),
    async find(id) {
      if (id === line.id) return line;
      // What is not there may have been set up a moment ago: a fax would wait minutes for a look that is seconds old.
      return (await opened(id, await settings.kept())) ?? opened(id, await settings.now());
    },
  };
}
