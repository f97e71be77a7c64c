/** How the other parts of the local cloud (API Gateway, event sources, schedules) invoke a Lambda function. */

export type InvocationOutcome =
  /** The handler returned; `payload` is its JSON. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** The handler threw, or its process ended: `FunctionError: Unhandled`. */
  | { readonly kind: 'failed'; readonly payload: string }
  | { readonly kind: 'timed-out'; readonly payload: string }
  /** No environment free under the concurrency limit. */
  | { readonly kind: 'throttled' };

/** Who invokes: a service checked against the function's resource policy (AWS::Lambda::Permission), or a role by its own policies. */
export type Invoker =
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn: string }
  | { readonly kind: 'role'; readonly roleArn: string; /** For which resource, e.g. the schedule: trust policies may ask. */ readonly sourceArn?: string }
  | { readonly kind: 'event-source-mapping' }
  | { readonly kind: 'administrator' };

export interface FunctionInvoker {
  /**
   * Invokes by function ARN or name and waits for the outcome.
   * @throws AwsError AccessDeniedException, ResourceNotFoundException
   */
  invoke(functionArn: string, payload: string, invoker: Invoker): Promise<InvocationOutcome>;
}
