/** The use case that tries a provider's saved credentials now. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { providerVerdictSchema } from '../contract/provider-schemas.js';
import type { ProviderAdministration, ProviderRequest } from './administration.js';
import { checkCredentials } from './check-credentials.js';
import { openProvider } from './open-provider.js';
import { savedProvider } from './provider-settings.js';

/** @throws ContractError provider_not_found where it was never set up */
export async function validateProvider(
  { now }: Pick<ProviderRequest, 'now'>,
  id: string,
  { store, credentials, catalogue }: ProviderAdministration,
): Promise<z.output<typeof providerVerdictSchema>> {
  const current = await store.current();
  const saved = savedProvider(current, id);
  if (current === undefined || saved === undefined) throw new ContractError('provider_not_found');
  const all = await credentials.read(current.secretVersion);
  const provider = openProvider(id, saved, all[id], catalogue);
  const verdict = 'problem' in provider ? ({ kind: 'invalid', error: provider.problem } as const) : await checkCredentials(provider, all[id] ?? {});
  if (verdict.kind === 'valid') await store.noteValidation(current.version, id, now);
  const validatedAt = verdict.kind === 'valid' ? now : saved.validatedAt;
  return {
    id,
    verdict: verdict.kind,
    error: verdict.kind === 'valid' ? null : verdict.error,
    validated_at: validatedAt === undefined ? null : new Date(validatedAt).toISOString(),
  };
}
