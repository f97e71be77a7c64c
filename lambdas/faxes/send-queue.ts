/** The queue of nudges: "look at this job". A message carries no more than the job's id, and may come twice or late. */
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isJobId, type JobId } from '../contract/identifiers.js';

const client = new SQSClient({});

/** SQS delays no longer; what is due later is the sweeper's. */
const longestDelaySeconds = 900;

/** Nudges the sender about a job, after `delaySeconds` (at most 15 minutes). */
export async function nudge(queueUrl: string, id: JobId, delaySeconds = 0): Promise<void> {
  await client.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: bodyOf(id), DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), longestDelaySeconds) }),
  );
}

/** Nudges the sender about up to ten jobs. @throws Error when any of them was not taken */
export async function nudgeTen(queueUrl: string, ids: readonly JobId[]): Promise<void> {
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: ids.map((id, index) => ({ Id: String(index), MessageBody: bodyOf(id) })) }),
  );
  if (Failed.length > 0) throw new Error(`${Failed.length} nudges were not taken: ${Failed[0]?.Message ?? ''}`);
}

/** Reads a message. @throws Error for one that is not ours: it ends in the dead-letter queue, where a person finds it */
export function readNudge(body: string): JobId {
  const message: unknown = JSON.parse(body);
  if (typeof message === 'object' && message !== null && 'v' in message && message.v === 1 && 'jobId' in message) {
    const { jobId } = message;
    if (typeof jobId === 'string' && isJobId(jobId)) return jobId;
  }
  throw new Error('The message is no nudge of version 1');
}

function bodyOf(id: JobId): string {
  return JSON.stringify({ v: 1, jobId: id });
}
