/** Calls a Lambda function as API Gateway does: as the service, within a time, and with one warning for a missing permission. */
import type { FunctionInvoker, InvocationOutcome } from '../cloud/function-invoker.js';
import { AwsError } from '../cloud/service.js';

export type CallOutcome =
  | InvocationOutcome
  /** The gateway waited long enough; the function goes on. */
  | { readonly kind: 'no-answer-in-time' }
  /** No AWS::Lambda::Permission for this caller, or no such function. */
  | { readonly kind: 'not-invocable' }
  /** Lambda's limit for a synchronous payload. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken' };

/** 6 MB for the whole event. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const payloadLimit = 6 * 1024 * 1024;

export class FunctionCaller {
  readonly #warned = new Set<string>();

  constructor(private readonly functions: FunctionInvoker) {}

  /** Never throws. `timeout` in milliseconds; `sourceArn` is what the function's permission names. */
  async call(functionArn: string, event: string, sourceArn: string, timeout: number): Promise<CallOutcome> {
    if (Buffer.byteLength(event) > payloadLimit) return { kind: 'too-large' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<CallOutcome>((resolve) => {
      timer = setTimeout(resolve, timeout, { kind: 'no-answer-in-time' });
    });
    try {
      return await Promise.race([this.#invoke(functionArn, event, sourceArn), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says on the console what AWS would write into an execution log; the same thing (by `key`) only once. */
  warnOnce(warning: string, key = warning): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    console.warn(warning);
  }

  async #invoke(functionArn: string, event: string, sourceArn: string): Promise<CallOutcome> {
    try {
      return await this.functions.invoke(functionArn, event, {
        kind: 'service',
        principal: 'apigateway.amazonaws.com',
        sourceArn,
      });
    } catch (error) {
      if (error instanceof AwsError && error.status === 413) return { kind: 'too-large' };
      const notInvocable = error instanceof AwsError && /^(AccessDenied|ResourceNotFound)/.test(error.code);
      this.#explain(functionArn, sourceArn, notInvocable, error);
      return { kind: notInvocable ? 'not-invocable' : 'broken' };
    }
  }

  #explain(functionArn: string, sourceArn: string, notInvocable: boolean, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const warning = notInvocable
      ? `API Gateway may not invoke ${functionArn}: it needs an AWS::Lambda::Permission for apigateway.amazonaws.com with a SourceArn that covers ${sourceArn} (${reason})`
      : `API Gateway could not invoke ${functionArn}: ${reason}`;
    this.warnOnce(warning, notInvocable ? functionArn : warning);
  }
}
