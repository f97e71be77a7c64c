/** The shapes of the console's sessions: what is told to their owners, and to administrators. */
import * as z from 'zod/mini';
import { described, named, timestamp, wholeNumberFrom } from './describe-schema.js';
import { meShape } from './key-schemas.js';

const ends = {
  created_at: timestamp(),
  last_seen_at: described(z.iso.datetime(), 'When it was last used; noted once a minute'),
  idle_ends_at: described(z.iso.datetime(), 'When it ends if it is not used before'),
  ends_at: described(z.iso.datetime(), 'When it ends, however much it is used'),
};

export const currentSessionSchema = named('CurrentSession', z.object({ ...meShape, session_id: z.string(), ...ends }), 'Who is signed in, as in `Me`, and until when.');

export const sessionSchema = named(
  'Session',
  z.object({
    session_id: z.string(),
    current: described(z.boolean(), 'True for the session of this request'),
    key_id: described(z.nullable(z.string()), 'The key that opened it; null for the bootstrap key'),
    key_name: z.nullable(z.string()),
    owner: z.string(),
    ...ends,
    source_ip: described(z.string(), 'Where it was opened from'),
    user_agent: z.string(),
  }),
);

export const sessionsQuerySchema = z.strictObject({
  limit: z._default(wholeNumberFrom(1, 100), 50),
  cursor: described(
    z.optional(z.string().check(z.regex(/^\d{1,15}\.[0-9a-f]{32}$/, 'must be the next_cursor of an answer'))),
    'Goes on where an answer ended: its `next_cursor`',
  ),
});

export const sessionListSchema = named(
  'SessionList',
  z.object({
    items: described(z.array(sessionSchema), 'Those in force, newest first'),
    next_cursor: described(z.nullable(z.string()), 'Ask again with it for older ones, also where this answer has few; null at the end'),
  }),
);
