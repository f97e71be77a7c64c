/** What a fax provider is to the gateway: one small interface that each adapter implements. */
import type { Readable } from 'node:stream';
import type { AttemptId, FaxNumber } from '../contract/identifiers.js';

/** Why a fax certainly did not go out. */
export const failureCauses = ['busy', 'no_answer', 'no_carrier', 'congestion', 'number', 'document', 'credentials', 'funds', 'limit', 'other'] as const;
export type FailureCause = (typeof failureCauses)[number];

/** The causes that pass by themselves: the number may be dialled again later. */
export const redialledCauses: ReadonlySet<FailureCause> = new Set<FailureCause>(['busy', 'no_answer', 'no_carrier', 'congestion']);

/** One fax to hand over. The document is piped into the provider's request, never held in memory. */
export interface Submission {
  readonly attemptId: AttemptId;
  readonly to: FaxNumber;
  readonly pages: number;
  readonly document: { readonly stream: Readable; readonly bytes: number };
  /** An address of the document that works for an hour, made when it is asked for: for a provider that fetches. */
  readonly documentUrl: () => URL;
  /** Where the provider reports, with the attempt's id in the query. Undefined: it can't reach the gateway. */
  readonly callbackUrl: URL | undefined;
  /** The hand-over is given up when this aborts, well before the claim on the job ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What is known after the one try. An adapter never tries again by itself. */
export type SubmissionOutcome =
  | { readonly kind: 'submitted'; readonly providerSid: string; readonly pollAfterSeconds: number }
  /** A documented refusal: no call was made and none will be. */
  | { readonly kind: 'refused'; readonly cause: FailureCause; readonly error: string }
  /** Too many requests: safe to repeat after the delay. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number; readonly error: string }
  /** The connection was never made: safe to repeat. */
  | { readonly kind: 'not_connected'; readonly error: string }
  /** Anything else: the provider may have it. */
  | { readonly kind: 'uncertain'; readonly error: string };

export interface Cost {
  /** A decimal number. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** How a fax is doing. A word that the provider does not document is uncertain, never success or failed. */
export type ProviderStatus =
  | { readonly kind: 'in_progress'; readonly pollAfterSeconds: number }
  | { readonly kind: 'success'; readonly pages?: number; readonly cost?: Cost }
  /** Certain: no page went out. */
  | { readonly kind: 'failed'; readonly cause: FailureCause; readonly error: string; readonly cost?: Cost }
  /** Failed after some pages arrived: never sent again by itself. */
  | { readonly kind: 'partial'; readonly pages?: number; readonly error: string; readonly cost?: Cost }
  | { readonly kind: 'uncertain'; readonly error: string }
  | { readonly kind: 'cancelled' };

/** Whether the provider has a fax of an attempt whose answer was lost. */
export type FindOutcome =
  | { readonly kind: 'found'; readonly providerSid: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly error: string };

/** A cancel is a request until the provider reports an end. */
export type CancelOutcome = { readonly kind: 'requested' } | { readonly kind: 'refused'; readonly error: string };

export interface WebhookRequest {
  /** As the provider called it. */
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came. */
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type WebhookVerdict =
  /** A wrong signature, or a right one of long ago. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** From the provider, but no report on a fax that was sent. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'event'; readonly providerSid: string; readonly attemptId: AttemptId | undefined; readonly reported: ProviderStatus | undefined };

export type Verdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly error: string }
  | { readonly kind: 'unreachable'; readonly error: string };

export interface FindQuery {
  readonly attemptId: AttemptId;
  readonly to: FaxNumber;
  /** Epoch milliseconds: the attempt was made between these. */
  readonly startedAt: number;
  readonly until: number;
}

export interface FaxProvider {
  /** The word in `backend`. */
  readonly id: string;
  /** Hands a fax over, with one request, whatever happens. Never throws. */
  send(submission: Submission): Promise<SubmissionOutcome>;
  /** Asks how a fax is doing. Throws when the provider can't be asked: nothing is known then, and it is asked again. */
  status?(providerSid: string, now: number): Promise<ProviderStatus>;
  cancel?(providerSid: string): Promise<CancelOutcome>;
  find?(query: FindQuery): Promise<FindOutcome>;
  /** Verifies and reads what the provider (or somebody else) sent to the callback address. Pure. */
  readWebhook?(request: WebhookRequest): WebhookVerdict;
  /** Are the credentials right? Makes no call. */
  validate(): Promise<Verdict>;
}
