/** The kinds of providers that this release knows, at the addresses that the stack gives them. */
import type { ProviderCatalogue } from './provider-kind.js';

export function providerCatalogue(_endpoints: string): ProviderCatalogue {
  return { builtIn: [], fromManifest: () => ({ problems: [{ field: '', message: 'can’t be used by this release' }] }) };
}
