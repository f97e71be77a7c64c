/** The provider that the stack names. */
import { wholeNumber } from '../platform/environment.js';
import type { FaxProvider } from './provider.js';
import { sandbox } from './sandbox.js';

/** @throws Error for a provider that can't be used yet */
export function chooseProvider(environment: { readonly PROVIDER: string; readonly SANDBOX_SECONDS_PER_PAGE: string }): FaxProvider {
  if (environment.PROVIDER === 'sandbox') return sandbox({ secondsPerPage: wholeNumber(environment.SANDBOX_SECONDS_PER_PAGE) });
  throw new Error(`The sender does not know the provider ${environment.PROVIDER} yet`);
}
