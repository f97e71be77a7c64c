/** What a simulator is told of a provider: its documented requests, answers and callbacks, and nothing of the gateway. */

/** How one call to a number goes wrong. */
export type Fault =
  /** The connection is reset in the middle of the request, or after it; nothing is taken. */
  | 'reset-during'
  | 'reset-before'
  /** The fax is taken, and the connection reset before the answer. */
  | 'reset-after'
  /** The fax is taken, and no answer comes. */
  | 'hang'
  /** A 500: nothing is taken, or the fax is. */
  | 'error-before'
  | 'error-after'
  /** The fax is taken, and the answer is a page of HTML. */
  | 'unreadable'
  /** The 429 of the provider. */
  | 'throttle';

/** What a number does. Without anything: it takes the fax, which ends at once, well, and is reported once. */
export interface Behaviour {
  readonly fault?: Fault | undefined;
  /** The name of one of the provider's documented refusals. */
  readonly refusal?: string | undefined;
  /** The name of one of the provider's ends. */
  readonly end?: string | undefined;
  /** How long the fax takes. */
  readonly seconds?: number | undefined;
  /** How long the answer to the hand-over takes, in milliseconds. */
  readonly answerAfter?: number | undefined;
  /** `early`: also before the hand-over is answered. `forged`: with a signature that is wrong. */
  readonly webhook?: 'none' | 'once' | 'twice' | 'early' | 'forged' | undefined;
  /** How long after the fax's end it is reported, in milliseconds. */
  readonly webhookAfter?: number | undefined;
}

/** How a question about a fax, or for the list, goes wrong. */
export type Interference = 'reset' | 'error' | 'unreadable';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Call {
  readonly method: string;
  /** Path and query. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What was handed over. A provider that fetches the document says where it is. */
export interface Handed {
  readonly to: string;
  readonly attempt: string | undefined;
  readonly callbackUrl: URL | undefined;
  readonly document: Buffer | URL;
}

export interface SimulatedFax extends Handed {
  readonly sid: string;
  readonly takenAt: number;
  readonly behaviour: Behaviour;
  endsAt: number;
  cancelled: boolean;
}

/** Where a fax is: on its way, or at one of the provider's ends. */
export type State = 'queued' | 'in_progress' | { readonly end: string };

export interface Line {
  readonly faxes: ReadonlyMap<string, SimulatedFax>;
  stateOf(fax: SimulatedFax): State;
}

export interface CallbackRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ProviderDefinition {
  readonly id: string;
  /** The ends of a fax by name, each with what a fax object then says. There is one named success, and one cancelled. */
  readonly ends: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly refusals: Readonly<Record<string, Answer>>;
  readonly throttled: Answer;
  readonly unauthorized: Answer;
  authorized(call: Omit<Call, 'body'>): boolean;
  isSend(call: Omit<Call, 'body'>): boolean;
  /** The number that is dialled, out of the beginning of a hand-over; undefined where it has not come yet. */
  numberIn(beginning: string): string | undefined;
  readSend(call: Call): Handed | Promise<Handed>;
  /** A new id of a fax; `count` is one more for each. */
  newSid(count: number): string;
  accepted(fax: SimulatedFax, line: Line): Answer;
  /** Every request that is no hand-over. */
  answer(call: Call, line: Line): Answer;
  /** True where what is signed holds a time, and where it holds the body and no address. */
  readonly signsTime?: boolean;
  readonly signsBodyAlone?: boolean;
  /** What is posted to the callback address at the end. */
  callback?(fax: SimulatedFax, line: Line): Omit<CallbackRequest, 'url'>;
}
