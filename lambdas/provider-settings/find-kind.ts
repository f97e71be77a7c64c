/** The kind of a provider by its id, and by its manifest where it is one of a team's own. Pure. */
import { ContractError } from '../contract/errors.js';
import { isBuiltIn, providerIdPattern } from '../contract/providers.js';
import { invalidRequest } from '../platform/field-problems.js';
import type { ProviderCatalogue, ProviderKind } from './provider-kind.js';

type Manifest = Readonly<Record<string, unknown>>;

/**
 * The kind that a request means.
 * @param manifest of the request, or else the one that is saved
 * @throws ContractError provider_not_found, invalid_request
 */
export function kindOf(id: string, { given, saved }: { readonly given: Manifest | undefined; readonly saved: Manifest | undefined }, catalogue: ProviderCatalogue): ProviderKind {
  if (isBuiltIn(id)) {
    const kind = catalogue.builtIn.find((one) => one.id === id);
    if (kind === undefined) throw new ContractError('provider_not_found', { detail: `The provider ${id} takes no settings` });
    if (given !== undefined) throw invalidRequest([{ field: 'manifest', message: `is for a provider of your own: the gateway knows ${kind.name} by itself` }]);
    return kind;
  }
  if (!providerIdPattern.test(id)) throw new ContractError('provider_not_found');
  const manifest = given ?? saved;
  if (manifest === undefined) throw invalidRequest([{ field: 'manifest', message: `must describe the provider: the gateway does not know ${id} by itself` }]);
  const kind = catalogue.fromManifest(id, manifest);
  if ('problems' in kind) throw invalidRequest(kind.problems.map(({ field, message }) => ({ field: field === '' ? 'manifest' : `manifest.${field}`, message })));
  return kind;
}

/** The kind of a provider that was saved; undefined where this release can't read its manifest any more. */
export function savedKind(id: string, manifest: Manifest | undefined, catalogue: ProviderCatalogue): ProviderKind | undefined {
  if (manifest === undefined) return catalogue.builtIn.find((one) => one.id === id);
  const kind = catalogue.fromManifest(id, manifest);
  return 'problems' in kind ? undefined : kind;
}
