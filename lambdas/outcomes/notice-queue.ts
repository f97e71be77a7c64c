/** The queue of notices. */
import { callQueue, longestDelaySeconds } from '../platform/queue.js';
import { writeNotice, type Notice } from './notice-message.js';

/** Queues a notice, delayed until it may be tried or as long as SQS can. A message whose answer got lost comes twice. */
export async function queueNotice(queueUrl: string, notice: Notice, now: number): Promise<void> {
  const delay = Math.ceil(Math.max(0, notice.notBefore - now) / 1000);
  await callQueue('SendMessage', queueUrl, { MessageBody: writeNotice(notice), DelaySeconds: Math.min(delay, longestDelaySeconds) });
}
