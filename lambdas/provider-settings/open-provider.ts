/** A provider out of what was saved for it. Pure. */
import type { FaxProvider } from '../providers/provider.js';
import { callbackKeyName } from './field-values.js';
import { savedKind } from './find-kind.js';
import type { ProviderCatalogue } from './provider-kind.js';
import type { SavedProvider } from './provider-settings.js';

/** @returns why it can't be used, where a later release takes other values or manifests than the one that saved it */
export function openProvider(
  id: string,
  saved: SavedProvider,
  credentials: Readonly<Record<string, string>> | undefined,
  catalogue: ProviderCatalogue,
): FaxProvider | { readonly problem: string } {
  const { [callbackKeyName]: callbackKey, ...secrets } = credentials ?? {};
  if (callbackKey === undefined) return { problem: 'its secrets are not there: save it again' };
  const kind = savedKind(id, saved.manifest, catalogue);
  if (kind === undefined) return { problem: 'this release can’t read its manifest: save it again' };
  const provider = kind.open({ ...saved.fields, ...secrets }, callbackKey);
  if (!('problems' in provider)) return provider;
  return { problem: provider.problems.map(({ field, message }) => `${field}: ${message}`).join('; ') };
}
