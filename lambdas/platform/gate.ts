/** What stands between a request and its operation: it may refuse, it has headers for the answer, and it may still be writing. */
import type { Origin } from '../audit/event.js';
import type { OperationId } from '../contract/operations.js';
import type { Caller } from './caller.js';

export interface GateRequest {
  readonly caller: Caller;
  readonly operation: OperationId;
  readonly origin: Origin;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Passage {
  readonly kind: 'open' | 'shut';
  /** Of the answer, whatever it is. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fulfilled when the gate has written what it wants to; never rejected. A function that has answered is frozen. */
  readonly written: Promise<void>;
}

/** Told of every request that reaches the function. Where it rejects, the request fails. */
export type Gate = (request: GateRequest) => Promise<Passage>;

/** For functions whose operations are open to everybody. */
export const openGate: Gate = () => Promise.resolve({ kind: 'open', headers: {}, written: Promise.resolve() });
