/** What every SQS operation has to hand, and how its input is checked: an unknown parameter is an error, never ignored. */
import type { ZodType } from 'zod';
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError, type Authorize, type Principal } from '../cloud/service.js';
import type { Clock } from './clock.js';
import type { Queue } from './queue.js';
import { queueNameOfUrl, type Queues } from './queues.js';
import { invalidParameter, unsupported } from './sqs-errors.js';

export interface SqsState {
  readonly identity: StackIdentity;
  readonly authorize: Authorize;
  readonly queues: Queues;
  readonly clock: Clock;
}

export interface Call {
  readonly principal: Principal;
  /** Aborted when the client has gone away. */
  readonly gone: AbortSignal;
}

export type Operation = (state: SqsState, input: unknown, call: Call) => Promise<object>;

/** An operation whose input is parsed first. */
export function operation<Input>(
  schema: ZodType<Input>,
  run: (state: SqsState, input: Input, call: Call) => object | Promise<object>,
): Operation {
  return async (state, input, call) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(state, parsed.data, call);
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys') throw unsupported(`the parameter ${[...issue.path, issue.keys[0]].join('.')}`);
    throw invalidParameter(`The parameter ${issue?.path.join('.') ?? ''} is invalid: ${issue?.message ?? ''}`);
  };
}

/**
 * The queue that a URL names, after the permission for the action on it.
 * @throws AwsError AccessDenied, QueueDoesNotExist, InvalidAddress
 */
export function authorizedQueue(state: SqsState, call: Call, queueUrl: string, action: string): Queue {
  const name = queueNameOfUrl(queueUrl);
  const { partition, region, accountId } = state.identity;
  state.authorize(call.principal, action, `arn:${partition}:sqs:${region}:${accountId}:${name}`);
  return state.queues.named(name);
}

/**
 * The permissions on a queue's own key that SQS asks for in the caller's name.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#sqs-what-permissions-for-sse
 * @throws AwsError KmsAccessDenied
 */
export function authorizeKey(
  state: Pick<SqsState, 'authorize'>,
  principal: Principal,
  queue: Queue,
  ...actions: readonly ('kms:GenerateDataKey' | 'kms:Decrypt')[]
): void {
  const { kmsKeyArn } = queue.configuration;
  if (kmsKeyArn === undefined) return;
  for (const action of actions)
    try {
      state.authorize(principal, action, kmsKeyArn);
    } catch (error) {
      if (error instanceof AwsError) throw new AwsError('KmsAccessDenied', error.message, 400);
      throw error;
    }
}
