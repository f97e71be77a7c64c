/** A notice on its way: what its queue carries. */
import * as z from 'zod/mini';
import { isJobId, isOwner, type JobId, type Owner } from '../contract/identifiers.js';
import { outcomeStates, type Outcome } from './outcome.js';

export interface Notice {
  readonly outcome: Outcome;
  /** To the topic, or to the address that came with the fax. */
  readonly to: { readonly kind: 'topic' } | { readonly kind: 'address'; readonly url: string };
  /** How often it has been tried. */
  readonly tries: number;
  /** Not to be tried earlier: a message can't be delayed by more than 15 minutes. Epoch milliseconds. */
  readonly notBefore: number;
}

const message = z.object({
  v: z.literal(1),
  outcome: z.object({
    id: z.string(),
    jobId: z.custom<JobId>((value) => typeof value === 'string' && isJobId(value)),
    owner: z.custom<Owner>((value) => typeof value === 'string' && isOwner(value)),
    state: z.enum(outcomeStates),
    error: z.optional(z.string()),
    backend: z.string(),
    at: z.number(),
  }),
  to: z.discriminatedUnion('kind', [z.object({ kind: z.literal('topic') }), z.object({ kind: z.literal('address'), url: z.string() })]),
  tries: z.int(),
  notBefore: z.number(),
});

export function writeNotice(notice: Notice): string {
  return JSON.stringify({ v: 1, ...notice });
}

/** @throws Error for a message that is not ours: it ends in the dead-letter queue, where a person finds it */
export function readNotice(body: string): Notice {
  const { outcome, to, tries, notBefore } = message.parse(JSON.parse(body));
  return { outcome: { ...outcome, error: outcome.error }, to, tries, notBefore };
}
