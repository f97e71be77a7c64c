/** Hands what a provider reported to the sender, by the send queue. */
import type { AttemptId } from '../contract/identifiers.js';
import { withRetries } from '../platform/retry.js';
import { callJson } from '../platform/signed-request.js';
import type { ProviderStatus } from '../providers/provider.js';

/** What a provider said about one attempt: no document and no number. */
export interface Heard {
  readonly provider: string;
  readonly attemptId: AttemptId;
  readonly providerSid: string;
  readonly reported?: ProviderStatus;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A message may come twice: it makes the sender ask the provider, no more. */
export async function tellSender(queueUrl: string, heard: Heard): Promise<void> {
  const jobId = heard.attemptId.slice(0, heard.attemptId.indexOf('-'));
  const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify({ v: 1, jobId, heard }) };
  await withRetries(() => callJson({ service: 'sqs', target: 'AmazonSQS.SendMessage', jsonVersion: '1.0', input, endpoint: queueUrl }));
}
