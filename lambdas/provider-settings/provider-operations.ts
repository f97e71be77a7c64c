/** The operations of the providers, as settings-admin.handler.ts serves them. */
import type { OperationCodes } from '../platform/api-handler.js';
import type { ProviderAdministration } from './administration.js';
import { orderProviders, removeProvider } from './order-providers.js';
import { presentProviders } from './present-providers.js';
import type { ProviderSettings } from './provider-settings.js';
import { saveProvider } from './save-provider.js';
import { validateProvider } from './validate-provider.js';

type ProviderOperation = 'getProviders' | 'orderProviders' | 'saveProvider' | 'removeProvider' | 'validateProvider';

export function providerOperations(administration: ProviderAdministration): Pick<OperationCodes<'settings-admin'>, ProviderOperation> {
  const answer = (current: ProviderSettings | undefined, { baseUrl }: { readonly baseUrl: string }) => ({ status: 200, body: presentProviders(current, administration, baseUrl) });
  return {
    getProviders: async (request) => answer(await administration.store.current(), request),
    orderProviders: async (request) => answer(await orderProviders(request, request.body, administration), request),
    saveProvider: async (request) => answer(await saveProvider(request, request.id, request.body, administration), request),
    removeProvider: async (request) => answer(await removeProvider(request, request.id, administration), request),
    validateProvider: async (request) => ({ status: 200, body: await validateProvider(request, request.id, administration) }),
  };
}
