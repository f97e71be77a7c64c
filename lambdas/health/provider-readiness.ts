/** Whether the provider that faxes go to first can be used, as far as the gateway knows by itself: nobody is called for it. */
import { providersThatDialNobody } from '../contract/providers.js';
import { log } from '../platform/log.js';
import { providerWarnings } from '../provider-settings/provider-warnings.js';
import type { ProviderSettingsReader } from '../provider-settings/provider-settings-reader.js';
import { orderOf, savedProvider } from '../provider-settings/provider-settings.js';
import type { CheckResult, ProviderInForce } from './readiness.js';

/** Never fails: where the providers can't be read, the check has failed, and the deployed one is named. */
export async function providerReadiness(providers: ProviderSettingsReader, deployed: string): Promise<ProviderInForce & { readonly check: CheckResult }> {
  try {
    const current = await providers.kept();
    const order = orderOf(current, deployed);
    const [backend = deployed] = order;
    const held = providersThatDialNobody.has(backend) || savedProvider(current, backend) !== undefined;
    return { backend, warnings: providerWarnings(current, order), check: { name: 'provider', held } };
  } catch (error) {
    log.error('A readiness check failed', { check: 'provider', reason: String(error) });
    return { backend: deployed, warnings: [], check: { name: 'provider', held: false } };
  }
}
