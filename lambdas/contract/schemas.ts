/** The shapes that requests and answers have: one schema each, for validation, types and the OpenAPI document. */
import * as z from 'zod/mini';
import { described, named, pointInTime, timestamp, wholeNumberFrom } from './describe-schema.js';

export const errorSchema = named(
  'Error',
  z.object({
    detail: z.string(),
    code: z.string(),
    fields: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
  }),
  'What went wrong and what to do. `code` is stable; `detail` is for people.',
);

// Faxes

/** The words of the original contract. */
export const faxStatusSchema = z.enum(['queued', 'in_progress', 'SUCCESS', 'FAILED', 'disabled']);
export const faxStateSchema = z.enum(['queued', 'submitting', 'in_progress', 'success', 'failed', 'uncertain', 'cancelled', 'held']);

export const faxSchema = named(
  'Fax',
  z.object({
    id: z.string(),
    to: z.string(),
    status: faxStatusSchema,
    state: faxStateSchema,
    error: z.nullable(z.string()),
    pages: z.nullable(z.int()),
    backend: described(z.string(), 'The provider. `sandbox` dials nobody: nothing was delivered to a fax machine.'),
    provider_sid: z.nullable(z.string()),
    created_at: timestamp(),
    updated_at: timestamp(),
    pdf_url: described(z.optional(z.string()), 'Opens the document without a key, for a short time. In answers to GET.'),
  }),
);

/** What is true of some faxes only stands beside what the original contract knows. */
export const faxDetailSchema = named(
  'FaxDetail',
  z.extend(faxSchema, {
    send_at: described(z.nullable(timestamp()), 'Not to be sent before'),
    cancel_requested_at: described(z.nullable(timestamp()), 'When somebody asked to cancel it. While its state is not cancelled, it may still arrive'),
    resend_of: described(z.nullable(z.string()), 'The fax that this one sends again'),
  }),
);

export const faxListSchema = named(
  'FaxList',
  z.object({
    items: described(z.array(faxDetailSchema), 'Newest first'),
    next_cursor: described(z.nullable(z.string()), 'Ask again with it for older faxes; null where there are none. An answer may have a cursor and no items: ask on'),
  }),
);

const faxJobSummaryShape = {
  id: z.string(),
  to_number: described(z.string(), 'Masked but for the last four digits'),
  owner: z.string(),
  status: faxStatusSchema,
  state: faxStateSchema,
  backend: z.string(),
  pages: z.nullable(z.int()),
  error: z.nullable(z.string()),
  created_at: timestamp(),
  updated_at: timestamp(),
};

export const faxJobSummarySchema = named('FaxJobSummary', z.object(faxJobSummaryShape));

export const faxAttemptSchema = named(
  'FaxAttempt',
  z.object({
    id: z.string(),
    backend: z.string(),
    outcome: z.enum(['submitting', 'submitted', 'not_submitted', 'success', 'failed', 'uncertain', 'cancelled']),
    provider_sid: z.nullable(z.string()),
    error: z.nullable(z.string()),
    cause: described(z.nullable(z.string()), 'Why it did not succeed, in one word, such as busy; docs/guides/faxes.md lists them. Null where that is not known'),
    pages: described(z.nullable(z.int()), 'How many pages went out, by what the provider says'),
    cost: z.nullable(z.object({ amount: described(z.string(), 'A decimal number'), currency: z.string() })),
    evidence: described(z.array(z.object({ at: timestamp(), text: z.string() })), 'What was heard about it afterwards, the oldest first'),
    started_at: timestamp(),
    ended_at: z.nullable(timestamp()),
  }),
);

export const faxJobSchema = named(
  'FaxJob',
  z.object({
    ...faxJobSummaryShape,
    provider_sid: z.nullable(z.string()),
    file_name: z.nullable(z.string()),
    created_by: described(z.string(), 'The key that sent it, or bootstrap, or anonymous'),
    session_id: described(z.nullable(z.string()), 'The console session that sent it for that key; null: the key itself was presented'),
    send_at: described(z.nullable(timestamp()), 'Not to be sent before'),
    not_before: described(z.nullable(timestamp()), 'When the next attempt may begin, of a fax that waits'),
    cancel_requested_at: z.nullable(timestamp()),
    resend_of: described(z.nullable(z.string()), 'The fax that this one sends again'),
    resent_as: described(z.nullable(z.string()), 'The fax that sends this one again, as an administrator decided'),
    attempts: z.array(faxAttemptSchema),
  }),
);

export const faxJobListSchema = named(
  'FaxJobList',
  z.object({ total: described(z.int(), 'How many match, counted up to 10,000'), jobs: z.array(faxJobSummarySchema) }),
);

/** The multipart form of `POST /fax`. Its parts are read by the upload function; this describes them. */
export const sendFaxFormSchema = named(
  'SendFaxForm',
  z.object({
    to: described(z.string(), 'E.164 or digits; "(555) 123-4567" where the gateway has a default country'),
    file: described(z.string(), 'A PDF or a UTF-8 text, as a file part'),
    provider: described(z.optional(z.string()), 'The provider that has to send it; without it, those in force, in their order'),
    send_at: described(z.optional(timestamp()), 'Not to be sent before: ISO 8601 with its zone, within 30 days'),
    notify_url: described(z.optional(z.string()), 'Where a signed notice goes when the fax has come out: https, in no private network; docs/guides/notices.md'),
  }),
);

export const okSchema = named('Ok', z.object({ status: z.literal('ok') }));

// Health

export const readinessSchema = named(
  'Readiness',
  z.object({
    status: z.enum(['ready', 'not_ready']),
    backend: z.string(),
    checks: z.record(z.string(), z.enum(['ok', 'failed'])),
    warnings: z.array(z.string()),
  }),
);

// Query

export const faxJobsQuerySchema = z.strictObject({
  status: described(z.optional(z.string()), 'A status or state word, in any case'),
  backend: z.optional(z.string().check(z.maxLength(50))),
  limit: z._default(wholeNumberFrom(1, 100), 50),
  offset: z._default(wholeNumberFrom(0, 10_000), 0),
});

/** A place in a listing: lambdas/faxes/list-place.ts writes and reads it. */
const listCursor = z.string().check(z.regex(/^[\w-]{1,80}$/, 'must be the next_cursor of an answer'));

export const faxesQuerySchema = z.strictObject({
  status: described(z.optional(z.string().check(z.maxLength(50))), 'A status or state word, in any case'),
  state: described(z.optional(z.string().check(z.maxLength(50))), 'A state word, in any case: narrower than status where a word is both'),
  backend: z.optional(z.string().check(z.maxLength(50))),
  since: described(z.optional(pointInTime()), 'No faxes that were accepted before this time'),
  until: described(z.optional(pointInTime()), 'No faxes that were accepted at this time or later'),
  limit: z._default(wholeNumberFrom(1, 100), 50),
  cursor: described(z.optional(listCursor), 'Goes on where an answer ended: its `next_cursor`'),
});

export const callbackQuerySchema = z.object({ attempt: described(z.optional(z.string()), 'The attempt at the fax, as the gateway wrote it into the address') });

export const documentQuerySchema = z.object({ token: z.optional(z.string().check(z.maxLength(500))) });
