/** The shapes of the history of sign-ins: what reading it takes and answers. */
import * as z from 'zod/mini';
import { authOutcomes } from './auth-outcomes.js';
import { described, named, pointInTime, timestamp, wholeNumberFrom } from './describe-schema.js';
import { isKeyId } from './identifiers.js';
import { refusalReasons } from './key-words.js';

export const authEventsQuerySchema = z.strictObject({
  key_id: described(z.optional(z.string().check(z.refine(isKeyId, 'must be 12 hexadecimal digits'))), 'The key that signed in, or that the token named'),
  outcome: z.optional(z.enum(authOutcomes, { error: `must be one of ${authOutcomes.join(', ')}` })),
  reason: described(z.optional(z.enum(refusalReasons, { error: `must be one of ${refusalReasons.join(', ')}` })), 'Why it was refused'),
  since: described(z.optional(pointInTime()), 'No events before this time'),
  until: described(z.optional(pointInTime()), 'No events at this time or later'),
  limit: z._default(wholeNumberFrom(1, 100), 50),
  cursor: described(
    z.optional(z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z~[0-9a-f-]{0,36}$/, 'must be the next_cursor of an answer'))),
    'Goes on where an answer ended: its `next_cursor`',
  ),
});

export const authEventSchema = named(
  'AuthEvent',
  z.object({
    event_id: z.string(),
    ts: timestamp(),
    outcome: z.enum(authOutcomes),
    reason: described(z.nullable(z.enum(refusalReasons)), 'What the caller was not told; null for one that was accepted'),
    caller: described(z.enum(['key', 'session', 'bootstrap', 'anonymous', 'token-holder', 'anyone', 'unknown']), 'Whom the gateway recognized'),
    key_id: described(z.nullable(z.string()), 'The key, where it exists'),
    owner: described(z.nullable(z.string()), 'Of that key'),
    secret_version: described(z.nullable(z.int()), "The key's secret that was presented; null where it was none of its own"),
    last_four: described(z.nullable(z.string()), 'The last four characters of that token'),
    session_id: described(z.nullable(z.string()), 'The console session, where it was one'),
    source_ip: z.string(),
    user_agent: z.string(),
    method: z.string(),
    route: z.string(),
    request_id: z.string(),
    suppressed: described(z.int(), 'Events that were counted instead of written before this one'),
  }),
);

export const authHistorySchema = named(
  'AuthHistory',
  z.object({
    items: described(z.array(authEventSchema), 'Newest first'),
    next_cursor: described(z.nullable(z.string()), 'Ask again with it for older events, also where this answer has none; null at the end'),
    sampling: described(
      z.object({
        accepted: described(z.literal('first_of_minute'), 'Of accepted requests, the first of each key in a UTC minute'),
        refused_per_second: z.int(),
        refused_per_minute: z.int(),
      }),
      'How much is written. Of refusals at most so many for each execution environment: those that name an existing key, all others, and those over a limit apart. `suppressed` counts the rest.',
    ),
  }),
);
