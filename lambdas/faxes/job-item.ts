/** A fax job as an item of the faxes table, and back. */
import * as z from 'zod/mini';
import { parseAuditEvent } from '../audit/event.js';
import { isAttemptId, isFaxNumber, isJobId, isOwner, type AttemptId, type JobId, type Owner } from '../contract/identifiers.js';
import { failureCauses } from '../providers/provider.js';
import type { Attempt, AttemptCause, Job } from './job.js';
import { monthOf } from './months.js';

/** The item: the job's own attributes, and what the table's indexes and TTL read. */
export type JobItem = Omit<Job, 'outbox'> & {
  /** Version of this shape. */
  readonly v: 1;
  readonly outbox: readonly string[];
  /** Hash key of the listing index: the month of creation, so that no partition grows for ever. */
  readonly listMonth: string;
  /** Hash key of the owner's listing index. */
  readonly ownerMonth: string;
  /** Hash key of the due index: there while `dueAt` is. */
  readonly due: 'due' | undefined;
};

export function toItem(job: Job): JobItem {
  return {
    ...job,
    v: 1,
    outbox: job.outbox.map((event) => JSON.stringify(event)),
    listMonth: monthOf(job.createdAt),
    ownerMonth: ownerMonthOf(job.owner, monthOf(job.createdAt)),
    due: job.dueAt === undefined ? undefined : 'due',
  };
}

/** An owner's faxes of a month. */
export function ownerMonthOf(owner: Owner, month: string): string {
  return `${month}#${owner}`;
}

/** The id of a job's n-th attempt, counted from 1. */
export function attemptIdOf(job: JobId, number: number): AttemptId {
  return attemptId.parse(`${job}-${number}`);
}

/**
 * Reads a job back.
 * @throws ZodError when the item is not one that toItem writes
 */
export function fromItem(item: unknown): Job {
  return jobItem.parse(withProviders(item));
}

/** A string of a branded kind: `refine` alone would forget the brand. */
function textThat<T extends string>(is: (text: string) => text is T): z.ZodMiniType<T> {
  return z.custom<T>((value) => typeof value === 'string' && is(value));
}

const attemptId = textThat(isAttemptId);
const optionalText = z.pipe(z.optional(z.string()), z.transform((text: string | undefined) => text));
const optionalJobId = z.pipe(z.optional(textThat(isJobId)), z.transform((id: JobId | undefined) => id));
const optionalNumber = z.pipe(z.optional(z.number()), z.transform((time: number | undefined) => time));

const causes = [...failureCauses, 'not_connected', 'throttled', 'partial'] as const satisfies readonly AttemptCause[];

/** Of an attempt: items of the first release have none of these. */
const facts = {
  cause: z.pipe(z.optional(z.enum(causes)), z.transform((cause: AttemptCause | undefined) => cause)),
  pages: optionalNumber,
  cost: z.pipe(z.optional(z.object({ amount: z.string(), currency: z.string() })), z.transform((cost: Attempt['cost']) => cost)),
  evidence: z._default(z.array(z.object({ at: z.number(), text: z.string() })), []),
};

const attempt: z.ZodMiniType<Attempt> = z.object({
  ...facts,
  id: attemptId,
  backend: z.string(),
  startedAt: z.number(),
  result: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('submitting') }),
    z.object({ kind: z.literal('submitted'), providerSid: z.string() }),
    z.object({ kind: z.literal('not_submitted'), error: z.string(), endedAt: z.number() }),
    z.object({ kind: z.literal('success'), endedAt: z.number(), providerSid: optionalText }),
    z.object({ kind: z.literal('failed'), error: z.string(), endedAt: z.number(), providerSid: optionalText }),
    z.object({ kind: z.literal('uncertain'), error: z.string(), endedAt: z.number(), providerSid: optionalText }),
    z.object({ kind: z.literal('cancelled'), endedAt: z.number(), providerSid: optionalText }),
  ]),
});

const base = z.object({
  id: textThat(isJobId),
  revision: z.number(),
  owner: textThat(isOwner),
  to: textThat(isFaxNumber),
  backend: z.string(),
  providers: z.array(z.string()),
  document: z.object({ key: z.string(), bytes: z.number(), pages: z.number(), fileName: optionalText }),
  fingerprint: z.string(),
  createdBy: z.string(),
  sessionId: optionalText,
  sendAt: optionalNumber,
  cancelRequestedAt: optionalNumber,
  cancelPassedOnAt: optionalNumber,
  resendOf: optionalJobId,
  resentAs: optionalJobId,
  notifyUrl: optionalText,
  createdAt: z.number(),
  updatedAt: z.number(),
  attempts: z.array(attempt),
  dueAt: optionalNumber,
  outbox: z.array(z.pipe(z.string(), z.transform(parseAuditEvent))),
  forgetAt: z.number(),
});

const jobItem: z.ZodMiniType<Job> = z.discriminatedUnion('state', [
  z.extend(base, { state: z.literal('queued'), notBefore: optionalNumber }),
  z.extend(base, { state: z.literal('held'), reason: z._default(z.enum(['sending_off', 'provider_not_configured']), 'sending_off') }),
  z.extend(base, { state: z.literal('submitting'), attemptId, claimExpiresAt: z.number() }),
  z.extend(base, { state: z.literal('in_progress'), attemptId, providerSid: z.string(), pollAt: z.number() }),
  z.extend(base, { state: z.literal('success') }),
  z.extend(base, { state: z.literal('failed'), error: z.string() }),
  z.extend(base, { state: z.literal('uncertain'), error: z.string(), reconcileAt: optionalNumber }),
  z.extend(base, { state: z.literal('cancelled') }),
]);

/** Items that were written before a job could have several providers name one, in `backend`. */
function withProviders(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'backend' in item && !('providers' in item) ? { ...item, providers: [item.backend] } : item;
}
