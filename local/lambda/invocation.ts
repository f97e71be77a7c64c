/** One invocation on its way to a handler, and the payloads by which Lambda tells that no handler answered. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { InvocationOutcome } from '../cloud/function-invoker.js';

export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly traceId: string;
  /** Base64 JSON decoded, from X-Amz-Client-Context. */
  readonly clientContext: string | undefined;
}

/** Bytes of a synchronous request payload. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const longestRequest = 6 * 1024 * 1024;
/** Bytes of a response: AWS counts its own envelope of 100 bytes. */
export const longestResponse = longestRequest + 100;
/** Bytes of an asynchronous request payload. */
export const longestEvent = 1024 * 1024;

const traceEpoch = randomBytes(8).toString('hex');
let traceCount = 0;

export function newInvocation(payload: string, clientContext?: string): Invocation {
  traceCount += 1;
  const seconds = Math.floor(Date.now() / 1000).toString(16).padStart(8, '0');
  const tail = traceCount.toString(16).padStart(8, '0');
  return {
    requestId: randomUUID(),
    payload,
    traceId: `Root=1-${seconds}-${traceEpoch}${tail};Parent=${traceEpoch};Sampled=0`,
    clientContext,
  };
}

/** The process ended while it held the invocation, or before it took one. */
export function exitOutcome(requestId: string, code: number | null, signal: NodeJS.Signals | null): InvocationOutcome {
  const reason =
    signal !== null
      ? `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`
      : code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${code ?? 1}`;
  return failure('Runtime.ExitError', `RequestId: ${requestId} Error: ${reason}`);
}

export function timeoutOutcome(requestId: string, timeoutSeconds: number): InvocationOutcome {
  return {
    kind: 'timed-out',
    payload: JSON.stringify({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
    }),
  };
}

export function tooLargeOutcome(bytes: number): InvocationOutcome {
  return failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${longestResponse} bytes).`,
  );
}

function failure(errorType: string, errorMessage: string): InvocationOutcome {
  return { kind: 'failed', payload: JSON.stringify({ errorType, errorMessage }) };
}
