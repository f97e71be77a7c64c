/** The shape of a manifest (docs/guides/provider-manifest.md). What the shape can't say is in manifest-rules.ts. */
import * as z from 'zod/mini';
import { failureCauses } from './provider.js';

const template = z.string({ error: 'must be text' }).check(z.maxLength(2000, 'must be at most 2000 characters'));
const words = z.string({ error: 'must be text' }).check(z.minLength(1, 'must say what it is'), z.maxLength(200, 'must be at most 200 characters'));
const fieldName = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'a name is a letter, then up to 63 letters, digits or underscores'));
const headerName = z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'a header’s name is 1 to 64 letters, digits or hyphens'));
const host = z
  .string({ error: 'must be text' })
  .check(z.regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/, 'must be a host in lower case, such as api.example.com, with its port where that is not 443'));
const pointer = z.string({ error: 'must be text' }).check(z.regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer, such as /data/id'), z.maxLength(200));
const cause = z.enum(failureCauses, { error: `must be one of ${failureCauses.join(', ')}` });

const body = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('multipart'), fields: z.record(z.string(), template) }),
    z.strictObject({ kind: z.literal('form'), fields: z.record(z.string(), template) }),
    z.strictObject({ kind: z.literal('json'), value: z.json() }),
  ],
  { error: 'kind must be multipart, form or json' },
);

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE'], { error: 'must be GET, POST, PUT or DELETE' }),
  path: template.check(z.regex(/^\/[^?#\s\\]*$/, 'must begin with / and hold no query, fragment, blank or backslash')),
  query: z.optional(z.record(z.string(), template)),
  headers: z.optional(z.record(headerName, template)),
  body: z.optional(body),
});

const canonical = z.union(
  [z.enum(['in_progress', 'success', 'partial', 'uncertain', 'cancelled', 'by_reason']), z.strictObject({ failed: cause })],
  { error: 'must be in_progress, success, partial, uncertain, cancelled, by_reason or {"failed": cause}' },
);

/** How a report on a fax is read, out of the status call's answer or out of a webhook. */
const report = {
  word: pointer,
  reason: z.optional(pointer),
  pagesSent: z.optional(pointer),
  cost: z.optional(z.strictObject({ amount: pointer, currency: z.string().check(z.regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217')) })),
};

export const manifestSchema = z.strictObject({
  manifest: z.literal(1, { error: 'must be 1' }),
  id: z.string({ error: 'must be text' }).check(z.regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be a lower-case letter, then up to 30 letters, digits or hyphens')),
  name: words,
  baseUrl: template.check(z.regex(/^https:\/\/[^/?#@\s\\]+$/, 'must be https:// and a host, with nothing behind it')),
  hosts: z.array(host, { error: 'must list the hosts that may be called' }).check(z.minLength(1, 'must name a host'), z.maxLength(10)),
  settings: z.optional(z.record(fieldName, z.strictObject({ words, choices: z.optional(z.array(z.string()).check(z.minLength(1))) }))),
  secrets: z.optional(z.record(fieldName, z.strictObject({ words }))),
  authorization: z.optional(
    z.discriminatedUnion(
      'kind',
      [
        z.strictObject({ kind: z.literal('basic'), user: template, password: template }),
        z.strictObject({ kind: z.literal('bearer'), token: template }),
      ],
      { error: 'kind must be basic or bearer; any other goes into headers' },
    ),
  ),
  send: z.strictObject({ request, id: pointer, refused: z.optional(z.record(z.string().check(z.regex(/^4\d\d$/, 'must be a status from 400 to 499')), cause)) }),
  statuses: z.record(z.string(), canonical),
  reasons: z.optional(z.record(z.string(), cause)),
  status: z.optional(z.strictObject({ request, pollSeconds: z.optional(z.int().check(z.gte(5), z.lte(3600))), ...report })),
  cancel: z.optional(z.strictObject({ request })),
  find: z.optional(z.strictObject({ request, items: pointer, id: pointer, attempt: pointer, pageSize: z.int().check(z.gte(1), z.lte(1000)) })),
  webhook: z.optional(z.strictObject({ format: z.enum(['json', 'form'], { error: 'must be json or form' }), id: pointer, ...report, word: z.optional(pointer) })),
  validate: z.optional(z.strictObject({ request, valid: z.optional(z.array(z.int().check(z.gte(200), z.lte(499))).check(z.minLength(1))) })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestRequest = Manifest['send']['request'];
export type ManifestBody = NonNullable<ManifestRequest['body']>;
export type Canonical = Manifest['statuses'][string];
/** The pointers of a report. */
export interface ReportPointers {
  readonly word?: string | undefined;
  readonly reason?: string | undefined;
  readonly pagesSent?: string | undefined;
  readonly cost?: { readonly amount: string; readonly currency: string } | undefined;
}
