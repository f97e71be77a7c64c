/** The providers in the words of the contract: never a secret. Pure. */
import type * as z from 'zod/mini';
import type { providerSettingsSchema } from '../contract/provider-schemas.js';
import { settingsEffectiveSeconds } from '../contract/settings.js';
import { callbackPath, hasOwnCallback } from '../webhooks/callback-address.js';
import type { ProviderAdministration } from './administration.js';
import { savedKind } from './find-kind.js';
import type { ProviderKind } from './provider-kind.js';
import { providerWarnings } from './provider-warnings.js';
import { orderOf, savedProvider, versionOf, type ProviderSettings } from './provider-settings.js';

/** The body of GET /admin/settings/providers. */
export function presentProviders(
  current: ProviderSettings | undefined,
  { catalogue, deployment }: Pick<ProviderAdministration, 'catalogue' | 'deployment'>,
  baseUrl: string,
): z.output<typeof providerSettingsSchema> {
  const order = orderOf(current, deployment.provider);
  const ownIds = Object.keys(current?.configured ?? {}).filter((id) => !catalogue.builtIn.some((kind) => kind.id === id));
  const own = ownIds.map((id) => savedKind(id, savedProvider(current, id)?.manifest, catalogue) ?? unreadable(id));
  return {
    version: versionOf(current),
    order: [...order],
    providers: [...[sandboxKind, ...catalogue.builtIn].map((kind) => presentOne(kind, true)), ...own.map((kind) => presentOne(kind, false))],
    warnings: providerWarnings(current, order),
    effective_within_seconds: settingsEffectiveSeconds,
  };

  function presentOne({ id, name, fields }: Described, builtIn: boolean): Presented {
    const saved = savedProvider(current, id);
    const position = order.indexOf(id);
    const reports = hasOwnCallback(id) || saved?.manifest?.['webhook'] !== undefined;
    return {
      id,
      name,
      built_in: builtIn,
      configured: id === sandboxKind.id || saved !== undefined,
      position: position === -1 ? null : position,
      fields: fields.map(({ name: field, description, secret, required }) => {
        const value = saved !== undefined && Object.hasOwn(saved.fields, field) ? saved.fields[field] : undefined;
        return { name: field, description, secret, required, set: secret ? saved?.secrets.includes(field) === true : value !== undefined, value: secret ? null : (value ?? null) };
      }),
      manifest: saved?.manifest === undefined ? null : { ...saved.manifest },
      callback_url: reports ? `${baseUrl}${callbackPath(id)}` : null,
      saved_at: saved === undefined ? null : new Date(saved.savedAt).toISOString(),
      saved_by: saved?.savedBy ?? null,
      validated_at: saved?.validatedAt === undefined ? null : new Date(saved.validatedAt).toISOString(),
    };
  }
}

type Presented = z.output<typeof providerSettingsSchema>['providers'][number];
type Described = Pick<ProviderKind, 'id' | 'name' | 'fields'>;

const sandboxKind: Described = { id: 'sandbox', name: 'Sandbox (dials nobody)', fields: [] };

function unreadable(id: string): Described {
  return { id, name: `${id} (this release can't read its manifest: save it again)`, fields: [] };
}
