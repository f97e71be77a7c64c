/** The shapes of API keys: what their administration takes and answers. */
import * as z from 'zod/mini';
import { described, named, timestamp, wholeNumberFrom } from './describe-schema.js';
import { isOwner } from './identifiers.js';
import { isOperationId, operationIds } from './operations.js';
import { keyAdviceCodes, keyStates, refusalReasons } from './key-words.js';
import { isScope, scopeDescriptions, type Scope } from './scopes.js';
import { tiers } from './tiers.js';

export const scopeSchema = z.enum(Object.keys(scopeDescriptions).filter(isScope) satisfies Scope[], {
  error: `must be one of ${Object.keys(scopeDescriptions).join(', ')}`,
});
const tierSchema = z.enum(tiers, { error: `must be one of ${tiers.join(', ')}` });
const ownerSchema = z.string().check(z.refine(isOwner, 'must be 1 to 100 printable characters'));
const rangeError = 'must be a range of addresses such as 203.0.113.0/24 or 2001:db8::/32; one address is 203.0.113.7/32';

/** JSON Schema has no format for a range, so the document gets a plain string. */
const anyRange = z.union([z.cidrv4(), z.cidrv6()]);
const rangeSchema = z.string().check(z.refine((text) => anyRange.safeParse(text).success, rangeError));

/** What is chosen when a key is created, and may be edited later. */
const chosen = {
  name: z.nullish(z.string().check(z.trim(), z.minLength(1, 'must not be empty'), z.maxLength(100, 'must be at most 100 characters'), z.regex(/^\P{Cc}*$/u, 'must be one line of text'))),
  scopes: z.optional(z.array(scopeSchema).check(z.minLength(1, 'must name at least one scope'), z.maxLength(20, 'must name at most 20 scopes'))),
  tier: z.optional(tierSchema),
  expires_at: z.nullish(z.iso.datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z' })),
  note: z.nullish(z.string().check(z.maxLength(500, 'must be at most 500 characters'))),
  allowed_ips: described(
    z.nullish(z.array(rangeSchema).check(z.maxLength(50, 'must name at most 50 ranges'))),
    'Ranges of addresses (CIDR) that may present the key; none: any',
  ),
  requests_per_minute: described(z.nullish(bodyNumber(1, 1_000_000)), "Its own exact limit, instead of its tier's or the gateway's"),
  rotate_every_days: described(z.nullish(bodyNumber(1, 3_650)), 'How often its secret should be new: reminders and advice follow it'),
};

export const createApiKeySchema = named(
  'CreateApiKey',
  z.strictObject({
    ...chosen,
    owner: described(z.nullish(ownerSchema), 'Whose faxes the key sends and sees; only an admin key may name another than its own'),
    scopes: described(chosen.scopes, 'Without it: fax:send and fax:read'),
  }),
);

export const editApiKeySchema = named(
  'EditApiKey',
  z.strictObject({
    version: described(bodyNumber(1, Number.MAX_SAFE_INTEGER), 'The version that was read: an edit of an older one is a 409'),
    ...chosen,
  }),
  'What is absent stays as it is; null takes a value away. The owner of a key never changes.',
);

export const rotateApiKeySchema = named(
  'RotateApiKey',
  z.strictObject({
    overlap_seconds: described(
      z._default(bodyNumber(0, 2_592_000), 0),
      'How long the old secret stays in force beside the new one, at most 30 days; 0 ends it at once',
    ),
  }),
);

export const checkApiKeySchema = named(
  'CheckApiKey',
  z.strictObject({
    operation: z.enum(operationIds.filter(isOperationId), { error: `must be one of ${operationIds.join(', ')}` }),
    source_ip: described(
      z.optional(z.union([z.ipv4(), z.ipv6()], { error: 'must be an address such as 203.0.113.7' })),
      'As if the request came from there; without it, ranges are not checked',
    ),
  }),
);

export const checkedApiKeySchema = named(
  'CheckedApiKey',
  z.object({
    allowed: z.boolean(),
    reason: z.nullable(z.enum(refusalReasons)),
    detail: described(z.nullable(z.string()), 'Why not, and what to do'),
  }),
);

const token = (): z.ZodMiniString => described(z.string(), 'Shown here and never again');

const keyShape = {
  key_id: z.string(),
  state: z.enum(keyStates),
  version: z.int(),
  name: z.nullable(z.string()),
  owner: z.string(),
  scopes: z.array(scopeSchema),
  tier: z.string(),
  allowed_ips: z.array(z.string()),
  requests_per_minute: z.nullable(z.int()),
  rotate_every_days: z.nullable(z.int()),
  token_prefix: z.string(),
  token_last_four: z.string(),
  created_at: timestamp(),
  created_by: described(z.string(), 'The key that created it, or bootstrap'),
  last_used_at: z.nullable(timestamp()),
  expires_at: z.nullable(timestamp()),
  disabled_at: z.nullable(timestamp()),
  revoked_at: z.nullable(timestamp()),
  note: z.nullable(z.string()),
  secrets: z.array(
    named(
      'KeySecret',
      z.object({
        version: z.int(),
        token_last_four: z.string(),
        created_at: timestamp(),
        last_used_at: z.nullable(timestamp()),
        ends_at: described(z.nullable(timestamp()), 'When a rotation ends it'),
        live: z.boolean(),
      }),
    ),
  ),
  rotation: described(
    z.nullable(z.object({ older_version: z.int(), newer_version: z.int(), ends_at: z.nullable(timestamp()) })),
    'While two secrets are in force',
  ),
  advice: z.array(named('KeyAdvice', z.object({ code: z.enum(keyAdviceCodes), detail: z.string() }))),
};

export const apiKeySchema = named('ApiKey', z.object(keyShape));

export const createdApiKeySchema = named('CreatedApiKey', z.object({ ...keyShape, token: token() }));

export const rotatedApiKeySchema = named('RotatedApiKey', z.object({ ...keyShape, token: token() }));

export const apiKeysQuerySchema = z.strictObject({
  state: z.optional(z.enum(keyStates, { error: `must be one of ${keyStates.join(', ')}` })),
  owner: z.optional(ownerSchema),
  scope: z.optional(scopeSchema),
  tier: z.optional(tierSchema),
  q: described(z.optional(z.string().check(z.maxLength(100))), 'Part of the name, the note or the id, in any case'),
  limit: z._default(wholeNumberFrom(1, 1_000), 1_000),
  cursor: described(z.optional(z.string().check(z.maxLength(500))), 'The `X-Next-Cursor` of the page before'),
});

/** Who a caller is. */
export const meShape = {
  kind: z.enum(['key', 'session', 'bootstrap', 'anonymous']),
  key_id: described(z.nullable(z.string()), 'The key; of a session, the one that opened it. Null for the bootstrap key'),
  name: z.nullable(z.string()),
  owner: z.string(),
  scopes: z.array(scopeSchema),
  tier: z.string(),
  expires_at: z.nullable(timestamp()),
  secret: described(
    z.nullable(z.object({ version: z.int(), ends_at: z.nullable(timestamp()) })),
    'The secret of this request; `ends_at` while a rotation is ending it',
  ),
  limits: z.object({
    per_minute: described(
      z.nullable(z.object({ limit: z.int(), remaining: z.int(), reset_seconds: z.int() })),
      'The exact limit, and what is left of it in this minute; null where there is none',
    ),
  }),
};

export const meSchema = named('Me', z.object(meShape));

/** A number of a JSON body: text is none. */
function bodyNumber(least: number, most: number): z.ZodMiniType<number, number> {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).check(z.minimum(least, message), z.maximum(most, message));
}
