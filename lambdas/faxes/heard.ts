/** What a provider reported about one attempt, on its way from the callback to the sender. */
import * as z from 'zod/mini';
import { isAttemptId, isJobId, type AttemptId, type JobId } from '../contract/identifiers.js';
import { failureCauses, type ProviderStatus } from '../providers/provider.js';

/** No document and no number is in it. */
export interface Heard {
  readonly provider: string;
  readonly attemptId: AttemptId;
  readonly providerSid: string;
  readonly reported?: ProviderStatus | undefined;
  /** When it was heard, in epoch milliseconds. */
  readonly at: number;
}

const cost = z.exactOptional(z.object({ amount: z.string(), currency: z.string() }));
const pages = z.exactOptional(z.number());

const status = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('in_progress'), pollAfterSeconds: z.number() }),
  z.object({ kind: z.literal('success'), pages, cost }),
  z.object({ kind: z.literal('failed'), cause: z.enum(failureCauses), error: z.string(), cost }),
  z.object({ kind: z.literal('partial'), pages, error: z.string(), cost }),
  z.object({ kind: z.literal('uncertain'), error: z.string() }),
  z.object({ kind: z.literal('cancelled') }),
]);

const heard = z.object({
  provider: z.string(),
  attemptId: z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value)),
  providerSid: z.string(),
  reported: z.optional(status),
  at: z.number(),
});

/** Reads a message's part. @throws ZodError for another shape */
export function readHeard(value: unknown): Heard {
  return heard.parse(value);
}

/** The job that an attempt belongs to. */
export function jobIdOf(attempt: AttemptId): JobId {
  const id = attempt.slice(0, attempt.indexOf('-'));
  if (!isJobId(id)) throw new Error(`Not an attempt's id: ${attempt}`);
  return id;
}
