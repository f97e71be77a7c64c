/** The use cases that say through which providers faxes go, and take one out. */
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { orderProvidersSchema } from '../contract/provider-schemas.js';
import { providersThatDialNobody } from '../contract/providers.js';
import { invalidRequest, type FieldProblem } from '../platform/field-problems.js';
import type { ProviderAdministration, ProviderRequest } from './administration.js';
import { orderOf, savedProvider, type ProviderSettings } from './provider-settings.js';
import { currentFor, putIntoForce } from './put-into-force.js';

/**
 * Puts an order into force.
 * @throws ContractError invalid_request (a provider that is not configured, or that the stage refuses), settings_conflict, audit_unavailable
 */
export async function orderProviders(
  request: ProviderRequest,
  { version, order }: z.output<typeof orderProvidersSchema>,
  administration: ProviderAdministration,
): Promise<ProviderSettings | undefined> {
  const { store, deployment } = administration;
  const current = await currentFor(version, store);
  const refused = order.flatMap((id, index) => refusedInOrder(id, index, current, deployment));
  if (refused.length > 0) throw invalidRequest(refused);
  const before = orderOf(current, deployment.provider);
  if (isDeepStrictEqual(before, order)) return current;
  return putIntoForce(request, current, { order }, { event: 'provider_order_changed', diff: { before, after: order } }, administration);
}

function refusedInOrder(id: string, index: number, current: ProviderSettings | undefined, { stage, provider }: ProviderAdministration['deployment']): FieldProblem[] {
  const field = `order.${index}`;
  if (!providersThatDialNobody.has(id)) return savedProvider(current, id) === undefined ? [{ field, message: `names ${id}, which is not set up: save it first` }] : [];
  return stage === 'production' && provider !== id ? [{ field, message: `names ${id}, which delivers no fax: stage production refuses it` }] : [];
}

/**
 * Takes a provider out, with its secrets. Faxes that it still has are then held, and nobody asks it how they went.
 * @throws ContractError provider_not_found, provider_in_use, settings_conflict, audit_unavailable
 */
export async function removeProvider(request: ProviderRequest, id: string, administration: ProviderAdministration): Promise<ProviderSettings> {
  const { store, credentials, deployment } = administration;
  const current = await currentFor(undefined, store);
  if (current === undefined || savedProvider(current, id) === undefined) throw new ContractError('provider_not_found');
  if (orderOf(current, deployment.provider).includes(id)) throw new ContractError('provider_in_use');
  const { [id]: _, ...configured } = current.configured;
  const { [id]: secrets, ...rest } = await credentials.read(current.secretVersion);
  const secretVersion = secrets === undefined ? current.secretVersion : await credentials.add(rest);
  return putIntoForce(request, current, { configured, secretVersion }, { event: 'provider_removed', provider: id }, administration);
}
