/** The providers as requests and answers carry them: what each needs, what is set, and the order in which faxes try them. */
import * as z from 'zod/mini';
import { described, named, timestamp } from './describe-schema.js';
import { providerIdPattern } from './providers.js';
import { changedBySchema } from './settings-schemas.js';

/** The largest manifest, in characters of JSON, and the longest value of a field. */
const longestManifest = 32_768;
const longestValue = 4_096;
const mostProviders = 16;

export const providerFieldValueSchema = z.union([z.string(), z.number(), z.boolean()]);

const providerFieldSchema = named(
  'ProviderField',
  z.object({
    name: z.string(),
    description: z.string(),
    secret: described(z.boolean(), 'A secret is kept in Secrets Manager, and never shown again'),
    required: z.boolean(),
    set: z.boolean(),
    value: described(z.nullable(providerFieldValueSchema), 'What is set; null where nothing is, and always for a secret'),
  }),
);

const providerId = () => z.string();

const providerSchema = named(
  'Provider',
  z.object({
    id: providerId(),
    name: z.string(),
    built_in: described(z.boolean(), 'False for a provider of your own, which its manifest describes'),
    configured: described(z.boolean(), 'True where faxes can be sent through it. The sandbox always can.'),
    position: described(z.nullable(z.int()), 'Its place in `order`, from 0; null where no fax tries it'),
    fields: z.array(providerFieldSchema),
    manifest: described(z.nullable(z.record(z.string(), z.unknown())), 'Of a provider of your own'),
    callback_url: described(z.nullable(z.string()), 'Where it tells how a fax goes: the gateway names it with each fax. Null for a provider that is asked instead.'),
    saved_at: z.nullable(timestamp()),
    saved_by: z.nullable(changedBySchema),
    validated_at: described(z.nullable(timestamp()), 'When the provider last took the credentials that are saved'),
  }),
);

export const providerSettingsSchema = named(
  'ProviderSettings',
  z.object({
    version: described(z.int(), 'Counts up with each change; 0 where nothing was ever saved'),
    order: described(z.array(providerId()), 'The first is the default. The others follow where the one before certainly sent nothing.'),
    providers: z.array(providerSchema),
    warnings: described(z.array(z.string()), 'What to know about the providers in force'),
    effective_within_seconds: described(z.int(), 'A change counts everywhere when these are over'),
  }),
);

const readVersion = () => {
  const message = 'must be a version of the providers: a whole number from 0';
  return described(z.number({ error: message }).check(z.int(message), z.minimum(0, message)), 'The version that was read: where another one is in force by now, the answer is a 409');
};

const fieldValue = z.nullable(
  z.union([z.string().check(z.maxLength(longestValue)), z.number(), z.boolean()], { error: `must be a text of at most ${longestValue} characters, a number, true or false, or null` }),
);

export const saveProviderSchema = named(
  'SaveProvider',
  z.strictObject({
    version: readVersion(),
    fields: described(
      z._default(z.record(z.string(), fieldValue, { error: 'must be an object of fields' }), {}),
      'Fields that are left out stay as they are, secrets too; null takes one away',
    ),
    manifest: described(
      z.optional(z.record(z.string(), z.unknown(), { error: 'must be an object' }).check(z.refine((value) => JSON.stringify(value).length <= longestManifest, `must be at most ${longestManifest} characters of JSON`))),
      'Of a provider of your own; left out, the one that is saved stays',
    ),
    validate: described(z._default(z.boolean({ error: 'must be true or false' }), true), 'False saves without asking the provider, such as while it is down'),
  }),
);

export const orderProvidersSchema = named(
  'OrderProviders',
  z.strictObject({
    version: readVersion(),
    order: described(
      z
        .array(z.string().check(z.regex(providerIdPattern, 'must be the id of a provider')), { error: 'must be a list of provider ids' })
        .check(
          z.minLength(1, 'must name at least one provider'),
          z.maxLength(mostProviders, `must name at most ${mostProviders} providers`),
          z.refine((ids) => new Set(ids).size === ids.length, 'must name each provider once'),
        ),
      'All that faxes may go through, the default first',
    ),
  }),
);

export const providerVerdictSchema = named(
  'ProviderVerdict',
  z.object({
    id: providerId(),
    verdict: described(z.enum(['valid', 'invalid', 'unreachable']), 'Whether the provider takes the credentials that are saved. No call is made.'),
    error: z.nullable(z.string()),
    validated_at: z.nullable(timestamp()),
  }),
);

export type FieldValue = z.output<typeof providerFieldValueSchema>;
