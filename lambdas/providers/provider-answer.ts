/** What providers' answers have in common, and what is known after a hand-over. Pure. */
import type { FailureCause, SubmissionOutcome, Verdict } from './provider.js';
import type { Exchange, ProviderAnswer } from './provider-exchange.js';

/** Where a provider says no more than "too many": it is asked again after this long. */
const usualRetrySeconds = 30;
const longestRetrySeconds = 3600;

export interface AnswerReading {
  /** As people know the provider. */
  readonly name: string;
  /** Seconds until the provider is asked how the fax is doing. */
  readonly pollAfterSeconds: number;
  /** The provider's id of the fax, out of a 2xx; undefined where there is none to be read. */
  readonly accepted: (body: unknown) => string | undefined;
  /** What a documented refusal means; undefined for an answer that is not documented. */
  readonly refused: (status: number, body: unknown) => FailureCause | undefined;
  readonly now: number;
}

/** Only a documented refusal is one; whatever else was answered may have become a fax. */
export function submissionOutcome(exchange: Exchange, { name, pollAfterSeconds, accepted, refused, now }: AnswerReading): SubmissionOutcome {
  switch (exchange.kind) {
    case 'not_connected':
      return exchange;
    case 'no_answer':
      return { kind: 'uncertain', error: exchange.error };
    case 'answer': {
      const { status } = exchange;
      const body = jsonOf(exchange);
      if (status === 429) return { kind: 'throttled', retryAfterSeconds: retryAfter(exchange, now), error: `${name} answered 429` };
      if (status >= 200 && status < 300) {
        const providerSid = accepted(body);
        return providerSid === undefined ? { kind: 'uncertain', error: `${name} answered ${status} without the id of a fax` } : { kind: 'submitted', providerSid, pollAfterSeconds };
      }
      const cause = status >= 400 && status < 500 ? refused(status, body) : undefined;
      return cause === undefined ? { kind: 'uncertain', error: `${name} answered ${status}` } : { kind: 'refused', cause, error: `${name} refused it with ${status} (${cause})` };
    }
  }
}

/** What a question that only good credentials get answered says of them. */
export function credentialVerdict(exchange: Exchange, { name, invalid }: { readonly name: string; readonly invalid: readonly number[] }): Verdict {
  if (exchange.kind !== 'answer') return { kind: 'unreachable', error: exchange.error };
  const { status } = exchange;
  if (status >= 200 && status < 300) return { kind: 'valid' };
  return invalid.includes(status) ? { kind: 'invalid', error: `${name} answered ${status}` } : { kind: 'unreachable', error: `${name} answered ${status}` };
}

/** The parsed answer; undefined where it is no JSON. */
export function jsonOf({ text }: Pick<ProviderAnswer, 'text'>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After`, in seconds or as a date. */
export function retryAfter({ headers }: Pick<ProviderAnswer, 'headers'>, now: number): number {
  const given = headers['retry-after'] ?? '';
  const seconds = /^\d{1,9}$/.test(given) ? Number(given) : (Date.parse(given) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), longestRetrySeconds) : usualRetrySeconds;
}

/** A provider's id of a fax, as text; undefined where it is none that an address could carry. */
export function sidOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(text) ? text : undefined;
}

export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
