/** A fax job and its states. The transitions between them stand in transitions.ts, and nowhere else. */
import type { AuditEvent } from '../audit/event.js';
import type { AttemptId, FaxNumber, JobId, Owner } from '../contract/identifiers.js';
import type { Cost, FailureCause } from '../providers/provider.js';

/** One try at sending. Times in epoch milliseconds. */
export interface Attempt {
  readonly id: AttemptId;
  readonly backend: string;
  readonly startedAt: number;
  readonly result: AttemptResult;
  /** Why it did not succeed, where that is certain. */
  readonly cause: AttemptCause | undefined;
  /** How many pages went out, by what the provider says. */
  readonly pages: number | undefined;
  readonly cost: Cost | undefined;
  /** What was heard about it afterwards, the oldest first. No number and no name of a person stands in it. */
  readonly evidence: readonly Evidence[];
}

/** What somebody said about an attempt: the provider when asked or by its webhook, the reconciler, a person. */
export interface Evidence {
  readonly at: number;
  readonly text: string;
}

/**
 * `not_connected` and `throttled`: the provider never took it. `partial`: it failed, and some pages arrived, so nothing
 * sends it again by itself. The others are the provider's own: it failed, and certainly no page went out.
 */
export type AttemptCause = FailureCause | 'not_connected' | 'throttled' | 'partial';

/** What is known of an attempt beside how it ended. */
export interface AttemptFacts {
  readonly cause?: AttemptCause | undefined;
  readonly pages?: number | undefined;
  readonly cost?: Cost | undefined;
  readonly evidence?: string | undefined;
}

export type AttemptResult =
  /** Claimed; whether the provider got it is not known yet. */
  | { readonly kind: 'submitting' }
  /** The provider has it. */
  | { readonly kind: 'submitted'; readonly providerSid: string }
  /** The provider never got it: safe to try again. */
  | { readonly kind: 'not_submitted'; readonly error: string; readonly endedAt: number }
  | ({ readonly endedAt: number; readonly providerSid: string | undefined } & JobEnd);

/** How sending can end. `uncertain` is the one that can still be settled. */
export type JobEnd =
  | { readonly kind: 'success' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'uncertain'; readonly error: string }
  | { readonly kind: 'cancelled' };

export interface StoredDocument {
  /** S3 object key. */
  readonly key: string;
  readonly bytes: number;
  readonly pages: number;
  /** The name that the client gave, where it gave one. */
  readonly fileName: string | undefined;
}

interface JobBase {
  readonly id: JobId;
  /** Counts up with each write: a write on an older revision is refused. */
  readonly revision: number;
  readonly owner: Owner;
  readonly to: FaxNumber;
  /** The provider that is used next, is in use, or was used last. */
  readonly backend: string;
  /** The providers that may send it, in the order in which one takes over from another. */
  readonly providers: readonly string[];
  readonly document: StoredDocument;
  /** What an Idempotency-Key stands for: SHA-256 over the number and the file as sent, in hex. */
  readonly fingerprint: string;
  readonly createdBy: string;
  /** The console session that sent it for that key; undefined: the key itself was presented. */
  readonly sessionId: string | undefined;
  /** Not to be sent before. */
  readonly sendAt: number | undefined;
  /** Somebody asked to cancel it. What a provider has is cancelled only when the provider says so. */
  readonly cancelRequestedAt: number | undefined;
  /** The provider took the request to cancel, or refused it. */
  readonly cancelPassedOnAt: number | undefined;
  /** The job that this one sends again. */
  readonly resendOf: JobId | undefined;
  /** The job that sends this one again, as a person decided who settled it. */
  readonly resentAs: JobId | undefined;
  /** Where the client wants to hear of the outcome. */
  readonly notifyUrl: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly attempts: readonly Attempt[];
  /** When the sweeper has to look at the job; it puts this off when it has nudged. Undefined once nothing is left to do. */
  readonly dueAt: number | undefined;
  /** Audit events that were committed with the job and are not yet published. */
  readonly outbox: readonly AuditEvent[];
  /** When the table forgets the job: epoch seconds, as DynamoDB's TTL wants. */
  readonly forgetAt: number;
}

/** `notBefore`: the time to send at, to dial again at, or to look again whether the destination's line is free. */
export type QueuedJob = JobBase & { readonly state: 'queued'; readonly notBefore: number | undefined };
export type HeldJob = JobBase & { readonly state: 'held'; readonly reason: HoldReason };
/** Sending is switched off, or the job's provider is not configured. */
export type HoldReason = 'sending_off' | 'provider_not_configured';
export type SubmittingJob = JobBase & {
  readonly state: 'submitting';
  readonly attemptId: AttemptId;
  /** The claim ends here. Whoever held it has given up its POST before. */
  readonly claimExpiresAt: number;
};
export type InProgressJob = JobBase & { readonly state: 'in_progress';
  readonly attemptId: AttemptId;
  readonly providerSid: string;
  /** When to ask the provider next. */
  readonly pollAt: number;
};
export type SuccessJob = JobBase & { readonly state: 'success' };
export type FailedJob = JobBase & { readonly state: 'failed'; readonly error: string };
export type UncertainJob = JobBase & {
  readonly state: 'uncertain';
  readonly error: string;
  /** When to ask the provider again what became of it. Undefined: a person has to settle it. */
  readonly reconcileAt: number | undefined;
};
export type CancelledJob = JobBase & { readonly state: 'cancelled' };

export type Job = QueuedJob | HeldJob | SubmittingJob | InProgressJob | SuccessJob | FailedJob | UncertainJob | CancelledJob;

export type JobState = Job['state'];

/** The provider's id of the latest attempt that has one. */
export function providerSidOf(job: Job): string | undefined {
  return job.attempts.map(sidOfAttempt).findLast((sid) => sid !== undefined);
}

/** The word for what went wrong, where something did. */
export function errorOf(job: Job): string | undefined {
  if (job.state === 'failed' || job.state === 'uncertain') return job.error;
  return job.state === 'cancelled' ? 'cancelled' : undefined;
}

/** The latest attempt: the one that a job in the provider's hands is about. */
export function lastAttempt(job: Job): Attempt | undefined {
  return job.attempts.at(-1);
}

/** The provider's id of this attempt, where it is known. */
export function sidOfAttempt({ result }: Attempt): string | undefined {
  return 'providerSid' in result ? result.providerSid : undefined;
}
