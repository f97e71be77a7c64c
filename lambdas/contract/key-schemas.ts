/** The shapes of API keys: what their administration takes and answers. */
import * as z from 'zod/mini';
import { described, named, timestamp } from './describe-schema.js';
import { isOwner } from './identifiers.js';
import { isScope, scopeDescriptions, type Scope } from './scopes.js';
import { tiers } from './tiers.js';

export const scopeSchema = z.enum(Object.keys(scopeDescriptions).filter(isScope) satisfies Scope[], {
  error: `must be one of ${Object.keys(scopeDescriptions).join(', ')}`,
});

export const ownerSchema = z.string().check(z.refine(isOwner, 'must be 1 to 100 printable characters'));

export const createApiKeySchema = named(
  'CreateApiKey',
  z.strictObject({
    name: z.nullish(z.string().check(z.trim(), z.minLength(1, 'must not be empty'), z.maxLength(100, 'must be at most 100 characters'))),
    owner: described(z.nullish(ownerSchema), 'Whose faxes the key sends and sees; only an admin key may name another than its own'),
    scopes: described(
      z.optional(z.array(scopeSchema).check(z.minLength(1, 'must name at least one scope'), z.maxLength(20, 'must name at most 20 scopes'))),
      'Without it: fax:send and fax:read',
    ),
    tier: z.optional(z.enum(tiers, { error: `must be one of ${tiers.join(', ')}` })),
    expires_at: z.nullish(z.iso.datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z' })),
    note: z.nullish(z.string().check(z.maxLength(500, 'must be at most 500 characters'))),
  }),
);

export const createdApiKeySchema = named(
  'CreatedApiKey',
  z.object({
    key_id: z.string(),
    token: described(z.string(), 'Shown here and never again'),
    name: z.nullable(z.string()),
    owner: z.string(),
    scopes: z.array(scopeSchema),
    tier: z.string(),
    expires_at: z.nullable(timestamp()),
  }),
);

export const apiKeySchema = named(
  'ApiKey',
  z.object({
    key_id: z.string(),
    state: z.enum(['active', 'expired', 'revoked']),
    name: z.nullable(z.string()),
    owner: z.string(),
    scopes: z.array(scopeSchema),
    tier: z.string(),
    token_prefix: z.string(),
    token_last_four: z.string(),
    created_at: timestamp(),
    last_used_at: z.nullable(timestamp()),
    expires_at: z.nullable(timestamp()),
    revoked_at: z.nullable(timestamp()),
    note: z.nullable(z.string()),
  }),
);

export const rotatedApiKeySchema = named(
  'RotatedApiKey',
  z.object({ key_id: z.string(), token: described(z.string(), 'Shown here and never again') }),
);
