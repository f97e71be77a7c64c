/** StartMessageMoveTask: dead letters go back to the queues that they came from, or to one that is named. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';
import type { Message } from './message.js';
import { authorizeKey, operation, type Call, type SqsState } from './operation.js';
import type { Queue } from './queue.js';
import { invalidParameter } from './sqs-errors.js';

export const startMessageMoveTask = operation(
  z.strictObject({ SourceArn: z.string(), DestinationArn: z.string().optional() }),
  async (state, { SourceArn, DestinationArn }, call) => {
    for (const action of ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
      state.authorize(call.principal, action, SourceArn);
    const source = existingQueue(state, SourceArn);
    const sources = state.queues.sourcesOf(source);
    if (sources.length === 0) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    authorizeKey(state, call.principal, source, 'kms:Decrypt');
    const named = DestinationArn === undefined ? undefined : existingQueue(state, DestinationArn);
    for (const destination of named === undefined ? sources : [named]) authorizeSending(state, call, destination);

    const destinationOf = (message: Message): Queue | undefined =>
      named ?? (message.deadLetterSourceArn === undefined ? undefined : state.queues.withArn(message.deadLetterSourceArn));
    const startedAt = state.clock.now();
    // A moved message is a new one: its id, its age and its receive count begin again.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    const moved = await source.moveVisible(destinationOf, ({ deadLetterSourceArn: _, ...message }) => ({
      ...message,
      messageId: randomUUID(),
      sentAt: state.clock.now(),
      deliverableAt: state.clock.now(),
    }));
    const taskHandle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn, startedAt, moved })).toString('base64');
    return { TaskHandle: taskHandle };
  },
);

function existingQueue(state: SqsState, arn: string): Queue {
  const queue = state.queues.withArn(arn);
  if (queue === undefined)
    throw new AwsError('ResourceNotFoundException', `The resource that you specified for the ARN ${arn} doesn't exist.`, 404);
  return queue;
}

function authorizeSending(state: SqsState, call: Call, destination: Queue): void {
  state.authorize(call.principal, 'sqs:SendMessage', destination.configuration.arn);
  authorizeKey(state, call.principal, destination, 'kms:GenerateDataKey', 'kms:Decrypt');
}
