/**
 * Brings one due invocation to its function. Two kinds of failure are tried again in two ways, as on AWS, where a schedule
 * hands the event to Lambda's own queue: while it can't be handed over, by the schedule's retry policy; when the function
 * itself fails, by Lambda, twice. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import type { FunctionInvoker, Invoker } from '../cloud/function-invoker.js';
import { AwsError } from '../cloud/service.js';
import type { Timers } from './timers.js';

export interface RetryPolicy {
  readonly maximumAttempts: number;
  /** Milliseconds after which an event is given up. */
  readonly maximumAge: number;
}

export interface Delivery {
  readonly functionArn: string;
  readonly invoker: Invoker;
  readonly retryPolicy: RetryPolicy;
  /** The event for an attempt, counted from 1. */
  readonly payload: (attempt: number) => string;
}

export interface DeliveryContext {
  readonly functions: FunctionInvoker;
  readonly timers: Timers;
  /** Hears what AWS would only show in a metric. */
  readonly report: (problem: string) => void;
  /** Keeps a way to cancel what waits. */
  readonly waits: Set<() => void>;
  /** Aborted when the cloud closes: nothing more begins. */
  readonly closing: AbortSignal;
}

/** Milliseconds that Lambda waits before it runs a failed asynchronous event again. */
const lambdaRetries = [60_000, 120_000];
const longestBackoff = 3_600_000;

/** Runs the first attempt; it settles when that has ended. Later attempts come by themselves. */
export async function deliver(delivery: Delivery, context: DeliveryContext): Promise<void> {
  await attempt(delivery, context, { since: context.timers.now(), handOvers: 1, runs: 0 });
}

interface Progress {
  readonly since: number;
  readonly handOvers: number;
  readonly runs: number;
}

async function attempt(delivery: Delivery, context: DeliveryContext, progress: Progress): Promise<void> {
  const { functionArn, invoker, retryPolicy } = delivery;
  const report = (problem: string): void => {
    // Functions end with the cloud; what that stops is nobody's failure, and comes again with the next start.
    if (!context.closing.aborted) context.report(problem);
  };
  let problem: string;
  try {
    const outcome = await context.functions.invoke(functionArn, delivery.payload(progress.handOvers), invoker);
    if (outcome.kind === 'returned') return;
    if (outcome.kind !== 'throttled') {
      const wait = lambdaRetries[progress.runs];
      const next = wait === undefined ? 'gives up' : `runs again in ${wait / 60_000} min`;
      report(`${functionArn} ${outcome.kind}; Lambda ${next}: ${outcome.payload}`);
      if (wait !== undefined) later(delivery, context, { ...progress, runs: progress.runs + 1 }, wait);
      return;
    }
    problem = 'throttled';
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    problem = `${error.code}: ${error.message}`;
  }
  const wait = backoff(progress.handOvers);
  const age = context.timers.now() + wait - progress.since;
  const goesOn = progress.handOvers <= retryPolicy.maximumAttempts && age <= retryPolicy.maximumAge;
  report(`could not invoke ${functionArn}${goesOn ? '' : ' and gives up'}: ${problem}`);
  if (goesOn) later(delivery, context, { ...progress, handOvers: progress.handOvers + 1 }, wait);
}

function later(delivery: Delivery, context: DeliveryContext, progress: Progress, wait: number): void {
  if (context.closing.aborted) return;
  const cancel = context.timers.after(wait, () => {
    context.waits.delete(cancel);
    attempt(delivery, context, progress).catch((error: unknown) => { context.report(String(error)); });
  });
  context.waits.add(cancel);
}

/** 1 s, 2 s, 4 s ... up to an hour. */
export function backoff(attempts: number): number {
  return Math.min(1000 * 2 ** (attempts - 1), longestBackoff);
}
