/** What a fax provider is to the gateway: one small interface that each adapter implements. */
import type { Readable } from 'node:stream';
import type { AttemptId, FaxNumber } from '../contract/identifiers.js';

/** One fax to hand over. The document is piped into the provider's request, never held in memory. */
export interface Submission {
  readonly attemptId: AttemptId;
  readonly to: FaxNumber;
  readonly pages: number;
  readonly document: { readonly stream: Readable; readonly bytes: number };
  /** The hand-over is given up when this aborts, well before the claim on the job ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What is known after the one try. An adapter never tries again by itself. */
export type SubmissionOutcome =
  | { readonly kind: 'submitted'; readonly providerSid: string; readonly pollAfterSeconds: number }
  /** A documented refusal: no call was made and none will be. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The connection was never made: safe to repeat. */
  | { readonly kind: 'not_connected'; readonly error: string }
  /** Anything else: the provider may have it. */
  | { readonly kind: 'uncertain'; readonly error: string };

export type ProviderStatus =
  | { readonly kind: 'in_progress'; readonly pollAfterSeconds: number }
  | { readonly kind: 'success' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'uncertain'; readonly error: string }
  | { readonly kind: 'cancelled' };

export interface FaxProvider {
  /** The word in `backend`. */
  readonly id: string;
  send(submission: Submission): Promise<SubmissionOutcome>;
  /** Asks how a fax is doing. Throws when the provider can't be asked: nothing is known then, and it is asked again. */
  status(providerSid: string, now: number): Promise<ProviderStatus>;
}
