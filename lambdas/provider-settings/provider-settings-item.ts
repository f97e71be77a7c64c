/** The providers as the one item of the settings table that says what is in force, and back. */
import * as z from 'zod/mini';
import { parseAuditEvent } from '../audit/event.js';
import { providerFieldValueSchema } from '../contract/provider-schemas.js';
import { changedBySchema } from '../contract/settings-schemas.js';
import type { ProviderSettings } from './provider-settings.js';

type Item = Readonly<Record<string, unknown>>;

export const providersKey = { pk: 'PROVIDERS' } as const;

const manifestText = z.pipe(z.string(), z.transform((text): unknown => JSON.parse(text)));

/** `v` is the version of the shape. */
const storedProviders = z.object({
  v: z.literal(1),
  version: z.int(),
  order: z.optional(z.array(z.string())),
  configured: z.record(
    z.string(),
    z.object({
      fields: z.record(z.string(), providerFieldValueSchema),
      secrets: z.array(z.string()),
      manifest: z.optional(z.pipe(manifestText, z.record(z.string(), z.unknown()))),
      savedAt: z.number(),
      savedBy: changedBySchema,
      validatedAt: z.optional(z.number()),
    }),
  ),
  secretVersion: z.optional(z.string()),
  changeId: z.string(),
  outbox: z.array(z.string()),
});

export function toProvidersItem({ version, order, configured, secretVersion, changeId, outbox }: ProviderSettings): Item {
  return {
    ...providersKey,
    v: 1,
    version,
    order,
    configured: Object.fromEntries(
      Object.entries(configured).map(([id, { manifest, ...one }]) => [id, { ...one, ...(manifest === undefined ? {} : { manifest: JSON.stringify(manifest) }) }]),
    ),
    secretVersion,
    changeId,
    outbox: outbox.map((event) => JSON.stringify(event)),
  };
}

/** @throws Error where the item is not one that toProvidersItem writes */
export function providersFrom(item: Item): ProviderSettings {
  const { version, order, configured, secretVersion, changeId, outbox } = storedProviders.parse(item);
  return {
    version,
    order,
    configured: Object.fromEntries(
      Object.entries(configured).map(([id, { manifest, validatedAt, ...one }]) => [id, { ...one, manifest, validatedAt }]),
    ),
    secretVersion,
    changeId,
    outbox: outbox.map(parseAuditEvent),
  };
}
