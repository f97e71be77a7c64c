/** What to know about the providers in force. Pure. */
import { providersThatDialNobody, sandboxWarning } from '../contract/providers.js';
import { savedProvider, type ProviderSettings } from './provider-settings.js';

export function providerWarnings(current: ProviderSettings | undefined, order: readonly string[]): string[] {
  const [first, ...others] = order;
  return [
    ...(first !== undefined && providersThatDialNobody.has(first) ? [sandboxWarning] : []),
    ...others.filter((id) => providersThatDialNobody.has(id)).map((id) => `The provider ${id} is in the order: a fax that falls to it is not delivered`),
    ...order
      .filter((id) => !providersThatDialNobody.has(id) && savedProvider(current, id) === undefined)
      .map((id) => `The provider ${id} is not set up: its faxes are held until it is`),
  ];
}
