/**
 * Invocations of type Event: taken at once, run later, tried again when they fail. They are files until they are done,
 * so they live over a kill. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { InvocationOutcome } from '../cloud/function-invoker.js';

const storedEvent = z.object({
  id: z.string(),
  functionArn: z.string(),
  payload: z.string(),
  acceptedAt: z.number(),
  /** Failed attempts so far. */
  failures: z.number(),
  dueAt: z.number(),
});
type StoredEvent = z.infer<typeof storedEvent>;

export interface RetryPolicy {
  /** 0 to 2. */
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

export const defaultRetryPolicy: RetryPolicy = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };

const minute = 60_000;

/** When a failed event is tried again (milliseconds), or undefined where it is given up. Pure. */
export function nextAttempt(
  event: { readonly acceptedAt: number; readonly failures: number },
  outcome: InvocationOutcome['kind'],
  policy: RetryPolicy,
  now: number,
): number | undefined {
  // A throttled event was not tried: it waits until its age ends it, AWS backing off from 1 second.
  const dueAt = outcome === 'throttled' ? now + 1000 : now + minute * (event.failures + 1);
  if (outcome !== 'throttled' && event.failures >= policy.maximumRetryAttempts) return undefined;
  return dueAt - event.acceptedAt > policy.maximumEventAgeSeconds * 1000 ? undefined : dueAt;
}

export class AsynchronousInvocations {
  readonly #directory: string;
  readonly #invoke: (functionArn: string, id: string, payload: string) => Promise<InvocationOutcome>;
  readonly #policyOf: (functionArn: string) => RetryPolicy;
  readonly #warn: (sentence: string) => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    directory: string,
    invoke: (functionArn: string, id: string, payload: string) => Promise<InvocationOutcome>,
    policyOf: (functionArn: string) => RetryPolicy,
    warn: (sentence: string) => void,
  ) {
    this.#directory = directory;
    this.#invoke = invoke;
    this.#policyOf = policyOf;
    this.#warn = warn;
    mkdirSync(directory, { recursive: true });
  }

  /** Takes up what an earlier run left. */
  start(): void {
    for (const file of readdirSync(this.#directory)) {
      if (!file.endsWith('.json')) continue;
      this.#schedule(storedEvent.parse(JSON.parse(readFileSync(join(this.#directory, file), 'utf8'))));
    }
  }

  /** The event is on disk when this returns. */
  accept(functionArn: string, id: string, payload: string): void {
    const now = Date.now();
    const event: StoredEvent = { id, functionArn, payload, acceptedAt: now, failures: 0, dueAt: now };
    this.#store(event);
    this.#schedule(event);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #schedule(event: StoredEvent): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#attempt(event);
      },
      Math.max(0, event.dueAt - Date.now()),
    );
    this.#timers.add(timer);
  }

  async #attempt(event: StoredEvent): Promise<void> {
    let outcome: InvocationOutcome;
    try {
      outcome = await this.#invoke(event.functionArn, event.id, event.payload);
    } catch (error) {
      // The function went out of the template in the meantime.
      this.#warn(`An event is given up: ${error instanceof Error ? error.message : String(error)}`);
      return this.#forget(event);
    }
    if (outcome.kind === 'returned') return this.#forget(event);
    const dueAt = nextAttempt(event, outcome.kind, this.#policyOf(event.functionArn), Date.now());
    if (dueAt === undefined) {
      this.#warn(`An event for ${event.functionArn} was given up after ${event.failures + 1} attempts.`);
      return this.#forget(event);
    }
    const next = { ...event, failures: event.failures + (outcome.kind === 'throttled' ? 0 : 1), dueAt };
    this.#store(next);
    this.#schedule(next);
  }

  #store(event: StoredEvent): void {
    const file = this.#file(event);
    writeFileSync(`${file}.new`, JSON.stringify(event), { flush: true });
    renameSync(`${file}.new`, file);
  }

  #forget(event: StoredEvent): void {
    rmSync(this.#file(event), { force: true });
  }

  #file(event: StoredEvent): string {
    return join(this.#directory, `${event.id}.json`);
  }
}
