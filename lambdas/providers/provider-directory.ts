/** The providers as the sender and the callbacks find them: in which order faxes try them, and each one ready to use. */
import { wholeNumber } from '../platform/environment.js';
import type { FaxProvider } from './provider.js';
import { sandbox } from './sandbox.js';

export interface ProviderDirectory {
  /** The providers in force: the first is the default, the others follow where it certainly sent nothing. */
  order(): Promise<readonly string[]>;
  /** Undefined for a provider that is not configured. The sandbox always is. */
  find(id: string): Promise<FaxProvider | undefined>;
}

export function providerDirectory(environment: { readonly PROVIDER: string; readonly SANDBOX_SECONDS_PER_PAGE: string }): ProviderDirectory {
  const line = sandbox({ secondsPerPage: wholeNumber(environment.SANDBOX_SECONDS_PER_PAGE) });
  return {
    order: () => Promise.resolve([environment.PROVIDER]),
    find: (id) => Promise.resolve(id === line.id ? line : undefined),
  };
}
