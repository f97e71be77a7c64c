/** The shapes of the audit trail: what reading it takes and answers. */
import * as z from 'zod/mini';
import { described, named, timestamp, wholeNumberFrom } from './describe-schema.js';

/** ISO 8601: a date, or a date and time. Without a zone it is UTC. */
const pointInTime = z.union([z.iso.datetime({ offset: true, local: true }), z.iso.date()], { error: 'must be a date and time such as 2027-01-31T00:00:00Z' });

const emptyOr = <S extends z.ZodMiniType>(schema: S) => z.optional(z.union([z.literal(''), schema]));

export const auditLogQuerySchema = z.strictObject({
  q: described(z.optional(z.string().check(z.maxLength(200))), "Text that stands in the event's JSON, in any case"),
  event: described(z.optional(z.string().check(z.maxLength(100))), "The event's name"),
  since: described(emptyOr(pointInTime), 'No events before this time; ISO 8601, UTC where no zone is given'),
  limit: z._default(wholeNumberFrom(1, 1000), 200),
  cursor: described(
    z.optional(z.string().check(z.regex(/^\d{1,15}(\.\d{1,4})?$/, 'must be the next_cursor of an answer'))),
    'Goes on where an answer ended: its `next_cursor`',
  ),
});

/** The members of each event: docs/audit.md. */
export const auditEventSchema = named(
  'AuditEvent',
  z.looseObject({
    v: z.literal(1),
    event_id: described(z.string(), 'Unique to the event'),
    ts: timestamp(),
    event: z.string(),
    actor: z.looseObject({ type: z.string(), key_id: z.optional(z.string()), session_id: z.optional(z.string()) }),
    outcome: z.enum(['success', 'refused', 'failed', 'uncertain']),
    target_key_id: z.optional(z.string()),
    target_session_id: z.optional(z.string()),
    secret_version: z.optional(z.int()),
    source_ip: z.optional(z.string()),
    user_agent: z.optional(z.string()),
    request_id: z.optional(z.string()),
    method: z.optional(z.string()),
    route: z.optional(z.string()),
    reason: z.optional(z.string()),
    sequence: described(z.int(), 'The link of the audit chain that carries the event'),
  }),
  'Who did what, from where, and how it ended. Further members depend on the event.',
);

export const auditLogSchema = named(
  'AuditLog',
  z.object({
    items: described(z.array(auditEventSchema), 'Newest first'),
    count: described(z.int(), 'How many items this answer has'),
    next_cursor: described(z.nullable(z.string()), 'Ask again with it for older events; null where there are none, or none since `since`'),
    searched_links: described(z.int(), 'How many links of the chain were looked at'),
    searched_back_to: described(z.nullable(timestamp()), 'When the oldest of them was written; null where there was none'),
  }),
);

export const verifyChainSchema = named(
  'VerifyChain',
  z.strictObject({
    from_sequence: described(
      z.optional(wholeNumberFrom(1, Number.MAX_SAFE_INTEGER, 'must be the number of a link')),
      'Begins with this link, and takes its place behind the one before on trust; without it, with the first',
    ),
    continue_from: described(
      z.optional(z.string().check(z.regex(/^\d{1,15}\.[0-9a-f]{64}$/, 'must be the continue_from of an answer'))),
      'Goes on where an answer ended: its `continue_from`. Goes before from_sequence',
    ),
  }),
);

export const chainFaultSchema = z.enum(['malformed', 'missing', 'inserted', 'prev_hash_differs', 'hash_differs', 'anchor_differs', 'log_differs']);

export const chainVerificationSchema = named(
  'ChainVerification',
  z.object({
    status: described(z.enum(['whole', 'broken']), 'Of the links that were looked at'),
    from_sequence: described(z.int(), 'The first link that was looked at'),
    links: described(z.int(), 'How many links were found right'),
    anchors: described(z.int(), 'How many anchors those links were held against'),
    broken: described(z.nullable(z.object({ sequence: z.number(), reason: chainFaultSchema, detail: z.string() })), 'The first link that is not what it must be'),
    head: described(z.nullable(z.object({ sequence: z.int(), hash: z.string() })), 'The newest link'),
    continue_from: described(z.nullable(z.string()), 'Ask again with it: there are further links; null at the end of the chain, and where it is broken'),
  }),
);
