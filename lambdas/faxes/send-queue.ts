/**
 * The queue of nudges: "look at this job". A message carries the job's id, and what a provider reported where one did; it may
 * come twice or late.
 */
import { isJobId, type JobId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { withRetries } from '../platform/retry.js';
import { callJson } from '../platform/signed-request.js';
import { jobIdOf, readHeard, type Heard } from './heard.js';

export interface Nudge {
  readonly jobId: JobId;
  readonly heard: Heard | undefined;
}

/** SQS delays no longer; what is due later is the sweeper's. */
const longestDelaySeconds = 900;

/** Nudges the sender about a job, after `delaySeconds` (at most 15 minutes). */
export async function nudge(queueUrl: string, id: JobId, delaySeconds = 0): Promise<void> {
  await call('SendMessage', queueUrl, { MessageBody: bodyOf(id), DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), longestDelaySeconds) });
}

/** Nudges the sender about up to ten jobs. @throws Error when any of them was not taken */
export async function nudgeTen(queueUrl: string, ids: readonly JobId[]): Promise<void> {
  const answer = await call('SendMessageBatch', queueUrl, { Entries: ids.map((id, index) => ({ Id: String(index), MessageBody: bodyOf(id) })) });
  const failed = jsonMember(answer, 'Failed');
  if (Array.isArray(failed) && failed.length > 0) throw new Error(`${failed.length} nudges were not taken: ${String(jsonMember(failed[0], 'Message'))}`);
}

/** Tells the sender what a provider reported, after `delaySeconds` (at most 15 minutes). */
export async function tellSender(queueUrl: string, heard: Heard, delaySeconds = 0): Promise<void> {
  await call('SendMessage', queueUrl, { MessageBody: JSON.stringify({ v: 1, jobId: jobIdOf(heard.attemptId), heard }), DelaySeconds: delaySeconds });
}

/** Reads a message. @throws Error for one that is not ours: it ends in the dead-letter queue, where a person finds it */
export function readNudge(body: string): Nudge {
  const message: unknown = JSON.parse(body);
  if (typeof message === 'object' && message !== null && 'v' in message && message.v === 1 && 'jobId' in message) {
    const { jobId } = message;
    if (typeof jobId === 'string' && isJobId(jobId)) return { jobId, heard: 'heard' in message ? readHeard(message.heard) : undefined };
  }
  throw new Error('The message is no nudge of version 1');
}

/** A message whose answer got lost is sent again: it may come twice, and the second finds nothing to do. */
function call(operation: string, queueUrl: string, input: object): Promise<unknown> {
  return withRetries(() =>
    callJson({ service: 'sqs', target: `AmazonSQS.${operation}`, jsonVersion: '1.0', input: { QueueUrl: queueUrl, ...input }, endpoint: queueUrl }),
  );
}

function bodyOf(id: JobId): string {
  return JSON.stringify({ v: 1, jobId: id });
}
