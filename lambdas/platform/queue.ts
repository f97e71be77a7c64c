/** SQS by signed calls. A message whose answer got lost is sent again, so it may come twice. */
import { withRetries } from './retry.js';
import { callJson } from './signed-request.js';

/** SQS delays no longer; what is due later is somebody else's to remember. */
export const longestDelaySeconds = 900;

/** Calls an operation on a queue, such as SendMessage. @throws AwsCallError where SQS refuses */
export function callQueue(operation: string, queueUrl: string, input: object): Promise<unknown> {
  return withRetries(() =>
    callJson({ service: 'sqs', target: `AmazonSQS.${operation}`, jsonVersion: '1.0', input: { QueueUrl: queueUrl, ...input }, endpoint: queueUrl }),
  );
}
