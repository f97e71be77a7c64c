/** The provider that the stack names. */
import { providers } from '../contract/providers.js';
import { wholeNumber } from '../platform/environment.js';
import type { FaxProvider } from './provider.js';
import { sandbox } from './sandbox.js';

/** @throws Error for a provider that does not exist: synthesis refuses it before, so this is a damaged deployment */
export function chooseProvider(environment: { readonly PROVIDER: string; readonly SANDBOX_SECONDS_PER_PAGE: string }): FaxProvider {
  const id = providers.find((one) => one === environment.PROVIDER);
  switch (id) {
    case 'sandbox':
      return sandbox({ secondsPerPage: wholeNumber(environment.SANDBOX_SECONDS_PER_PAGE) });
    case undefined:
      throw new Error(`There is no provider ${environment.PROVIDER}`);
  }
}
