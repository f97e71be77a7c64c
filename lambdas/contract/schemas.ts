/** The shapes that requests and answers have: one schema each, for validation, types and the OpenAPI document. */
import * as z from 'zod';
import { isJobId, isKeyId, isOwner } from './identifiers.js';
import { isScope, scopeDescriptions, type Scope } from './scopes.js';
import { tiers } from './tiers.js';

const timestamp = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

export const scopeSchema = z.enum(Object.keys(scopeDescriptions).filter(isScope) satisfies Scope[], {
  error: `must be one of ${Object.keys(scopeDescriptions).join(', ')}`,
});

const ownerSchema = z.string().refine(isOwner, 'must be 1 to 100 printable characters');

export const errorSchema = z
  .object({
    detail: z.string(),
    code: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error', description: 'What went wrong and what to do. `code` is stable; `detail` is for people.' });

// Faxes

/** The words of the original contract. */
export const faxStatusSchema = z.enum(['queued', 'in_progress', 'SUCCESS', 'FAILED', 'disabled']);
export const faxStateSchema = z.enum(['queued', 'submitting', 'in_progress', 'success', 'failed', 'uncertain', 'cancelled', 'held']);

export const faxSchema = z
  .object({
    id: z.string(),
    to: z.string(),
    status: faxStatusSchema,
    state: faxStateSchema,
    error: z.string().nullable(),
    pages: z.number().int().nullable(),
    backend: z.string().meta({ description: 'The provider. `sandbox` dials nobody: nothing was delivered to a fax machine.' }),
    provider_sid: z.string().nullable(),
    created_at: timestamp,
    updated_at: timestamp,
    pdf_url: z.string().optional().meta({ description: 'Opens the document without a key, for a short time. In answers to GET.' }),
  })
  .meta({ id: 'Fax' });

export const faxJobSummarySchema = z
  .object({
    id: z.string(),
    to_number: z.string().meta({ description: 'Masked but for the last four digits' }),
    owner: z.string(),
    status: faxStatusSchema,
    state: faxStateSchema,
    backend: z.string(),
    pages: z.number().int().nullable(),
    error: z.string().nullable(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'FaxJobSummary' });

export const faxAttemptSchema = z
  .object({
    id: z.string(),
    backend: z.string(),
    outcome: z.enum(['submitting', 'submitted', 'not_submitted', 'success', 'failed', 'uncertain', 'cancelled']),
    provider_sid: z.string().nullable(),
    error: z.string().nullable(),
    started_at: timestamp,
    ended_at: timestamp.nullable(),
  })
  .meta({ id: 'FaxAttempt' });

export const faxJobSchema = faxJobSummarySchema
  .extend({
    provider_sid: z.string().nullable(),
    file_name: z.string().nullable(),
    created_by: z.string().meta({ description: 'The key that sent it' }),
    attempts: z.array(faxAttemptSchema),
  })
  .meta({ id: 'FaxJob' });

/** The multipart form of `POST /fax`. Its parts are read by the upload function; this describes them. */
export const sendFaxFormSchema = z
  .object({
    to: z.string().meta({ description: 'E.164 or digits; "(555) 123-4567" where the gateway has a default country' }),
    file: z.string().meta({ format: 'binary', description: 'A PDF or a UTF-8 text' }),
  })
  .meta({ id: 'SendFaxForm' });

// API keys

export const createApiKeySchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100).nullish(),
    owner: ownerSchema.nullish(),
    scopes: z.array(scopeSchema).min(1, 'must name at least one scope').max(20).optional(),
    tier: z.enum(tiers, { error: `must be one of ${tiers.join(', ')}` }).optional(),
    expires_at: z.iso.datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z' }).nullish(),
    note: z.string().max(500).nullish(),
  })
  .meta({ id: 'CreateApiKey' });

export const createdApiKeySchema = z
  .object({
    key_id: z.string(),
    token: z.string().meta({ description: 'Shown here and never again' }),
    name: z.string().nullable(),
    owner: z.string(),
    scopes: z.array(scopeSchema),
    tier: z.string(),
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'CreatedApiKey' });

export const apiKeySchema = z
  .object({
    key_id: z.string(),
    state: z.enum(['active', 'expired', 'revoked']),
    name: z.string().nullable(),
    owner: z.string(),
    scopes: z.array(scopeSchema),
    tier: z.string(),
    token_prefix: z.string(),
    token_last_four: z.string(),
    created_at: timestamp,
    last_used_at: timestamp.nullable(),
    expires_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'ApiKey' });

export const rotatedApiKeySchema = z
  .object({ key_id: z.string(), token: z.string().meta({ description: 'Shown here and never again' }) })
  .meta({ id: 'RotatedApiKey' });

export const okSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Ok' });

// Health

export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    backend: z.string(),
    checks: z.record(z.string(), z.enum(['ok', 'failed'])),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Readiness' });

// Path and query

export const jobIdSchema = z.string().refine(isJobId);
export const keyIdSchema = z.string().refine(isKeyId);

export const faxJobsQuerySchema = z.strictObject({
  status: z.string().optional().meta({ description: 'A status or state word, in any case' }),
  backend: z.string().max(50).optional(),
  limit: z.coerce.number({ error: 'must be a whole number from 1 to 100' }).int().min(1).max(100).default(50),
  offset: z.coerce.number({ error: 'must be a whole number from 0' }).int().min(0).max(10_000).default(0),
});

export const documentQuerySchema = z.object({ token: z.string().max(500).optional() });
