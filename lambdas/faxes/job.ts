/** A fax job and its states. The transitions between them stand in transitions.ts, and nowhere else. */
import type { AuditEvent } from '../audit/event.js';
import type { AttemptId, FaxNumber, JobId, Owner } from '../contract/identifiers.js';

/** One try at sending. Times in epoch milliseconds. */
export interface Attempt {
  readonly id: AttemptId;
  readonly backend: string;
  readonly startedAt: number;
  readonly result: AttemptResult;
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
  readonly backend: string;
  readonly document: StoredDocument;
  /** What an Idempotency-Key stands for: SHA-256 over the number and the file as sent, in hex. */
  readonly fingerprint: string;
  readonly createdBy: string;
  /** The console session that sent it for that key; undefined: the key itself was presented. */
  readonly sessionId: string | undefined;
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

/** `notBefore`: set where an attempt did not reach the provider, and the next one has to wait. */
export type QueuedJob = JobBase & { readonly state: 'queued'; readonly notBefore: number | undefined };
/** Accepted while sending is switched off. */
export type HeldJob = JobBase & { readonly state: 'held' };
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
export type UncertainJob = JobBase & { readonly state: 'uncertain'; readonly error: string };
export type CancelledJob = JobBase & { readonly state: 'cancelled' };

export type Job = QueuedJob | HeldJob | SubmittingJob | InProgressJob | SuccessJob | FailedJob | UncertainJob | CancelledJob;

export type JobState = Job['state'];

/** The provider's id of the latest attempt that has one. */
export function providerSidOf(job: Job): string | undefined {
  const results = job.attempts.map((attempt) => attempt.result).reverse();
  for (const result of results) {
    if ('providerSid' in result && result.providerSid !== undefined) return result.providerSid;
  }
  return undefined;
}

/** The word for what went wrong, where something did. */
export function errorOf(job: Job): string | undefined {
  if (job.state === 'failed' || job.state === 'uncertain') return job.error;
  return job.state === 'cancelled' ? 'cancelled' : undefined;
}
