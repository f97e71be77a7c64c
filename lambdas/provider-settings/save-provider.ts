/** The use case that sets a provider up: its credentials are tried before they are saved. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { saveProviderSchema } from '../contract/provider-schemas.js';
import { actorOf } from '../platform/caller.js';
import { invalidRequest } from '../platform/field-problems.js';
import type { FaxProvider } from '../providers/provider.js';
import type { ProviderAdministration, ProviderRequest } from './administration.js';
import { checkCredentials } from './check-credentials.js';
import type { Credentials } from './credential-store.js';
import { apart, callbackKeyName, changedFields, goesToSameHosts, mergedValues, unknownFields } from './field-values.js';
import { kindOf } from './find-kind.js';
import type { FieldValues, ProviderKind } from './provider-kind.js';
import { savedProvider, type ProviderSettings } from './provider-settings.js';
import { currentFor, putIntoForce } from './put-into-force.js';

/** What Secrets Manager takes as one secret, with room for its frame. */
const longestSecret = 60_000;

/**
 * Saves what a provider needs, on top of what it was given before.
 * @throws ContractError provider_not_found, invalid_request, provider_refused, provider_unreachable, settings_conflict, audit_unavailable
 */
export async function saveProvider(
  request: ProviderRequest,
  id: string,
  { version, fields: given, manifest: givenManifest, validate }: z.output<typeof saveProviderSchema>,
  administration: ProviderAdministration,
): Promise<ProviderSettings | undefined> {
  const { store, credentials, catalogue } = administration;
  const current = await currentFor(version, store);
  const saved = savedProvider(current, id);
  const kind = kindOf(id, { given: givenManifest, saved: saved?.manifest }, catalogue);
  const unknown = unknownFields(kind, given);
  if (unknown.length > 0) throw invalidRequest(unknown);

  const all = await credentials.read(current?.secretVersion);
  const { [callbackKeyName]: callbackKey = randomBytes(32).toString('hex'), ...secretsBefore } = all[id] ?? {};
  const before: FieldValues = { ...saved?.fields, ...secretsBefore };
  const manifest = givenManifest ?? saved?.manifest;
  const values = mergedValues(kind, goesToSameHosts(saved?.manifest, manifest) ? before : { ...saved?.fields }, given);
  const { fields, secrets } = apart(kind, values);
  const provider = opened(kind, values, callbackKey);
  if (validate) await requireValid(kind, provider, { ...secrets, [callbackKeyName]: callbackKey });

  const diff = [...changedFields(kind, before, values), ...(isDeepStrictEqual(manifest, saved?.manifest) ? [] : ['manifest'])];
  if (saved !== undefined && diff.length === 0) {
    if (current === undefined || !validate) return current;
    await store.noteValidation(current.version, id, request.now);
    return store.current();
  }
  const secretVersion = await withSecrets(id, { ...secrets, [callbackKeyName]: callbackKey }, { all, current }, administration);
  const one = { fields, secrets: Object.keys(secrets), manifest, savedAt: request.now, savedBy: actorOf(request.caller), validatedAt: validate ? request.now : undefined };
  const change = { configured: { ...current?.configured, [id]: one }, secretVersion };
  return putIntoForce(request, current, change, { event: 'provider_saved', provider: id, validated: validate, diff }, administration);
}

function opened(kind: ProviderKind, values: FieldValues, callbackKey: string): FaxProvider {
  const missing = kind.fields.filter(({ name, required }) => required && !Object.hasOwn(values, name));
  if (missing.length > 0) throw invalidRequest(missing.map(({ name }) => ({ field: `fields.${name}`, message: `is needed to send through ${kind.name}` })));
  const provider = kind.open(values, callbackKey);
  if ('problems' in provider) throw invalidRequest(provider.problems.map(({ field, message }) => ({ field: `fields.${field}`, message })));
  return provider;
}

async function requireValid(kind: ProviderKind, provider: FaxProvider, secrets: Readonly<Record<string, string>>): Promise<void> {
  const verdict = await checkCredentials(provider, secrets);
  switch (verdict.kind) {
    case 'valid':
      return;
    case 'invalid':
      throw new ContractError('provider_refused', { detail: `${kind.name} refused these credentials, and nothing was saved: ${verdict.error}` });
    case 'unreachable':
      throw new ContractError('provider_unreachable', {
        detail: `${kind.name} could not be asked, and nothing was saved: ${verdict.error}. Try again, or save without asking it ("validate": false)`,
      });
  }
}

/** A new version of the secret where a provider's secrets differ; it counts once the providers name it. */
async function withSecrets(
  id: string,
  secrets: Readonly<Record<string, string>>,
  { all, current }: { readonly all: Credentials; readonly current: ProviderSettings | undefined },
  { credentials }: ProviderAdministration,
): Promise<string | undefined> {
  if (isDeepStrictEqual(all[id], secrets)) return current?.secretVersion;
  const next = { ...all, [id]: secrets };
  if (JSON.stringify(next).length > longestSecret) throw invalidRequest([{ field: 'fields', message: 'are too long: the secrets of all providers have 60,000 characters together' }]);
  return credentials.add(next);
}
