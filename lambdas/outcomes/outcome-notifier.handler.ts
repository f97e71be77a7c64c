/** Tells outcomes: works the queue of notices, each on its own. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { readEnvironment } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { cachedSecret } from '../platform/secrets.js';
import { readPrivateHosts } from './notify-url.js';
import { readNotice } from './notice-message.js';
import { queueNotice } from './notice-queue.js';
import { outcomePublisher } from './outcome-topic-store.js';
import { postNotice } from './post-notice.js';
import { tellOutcome, type Telling } from './tell-outcome.js';

const environment = readEnvironment('outcome-notifier');
const privateHosts = readPrivateHosts(environment.PRIVATE_NOTIFY_HOSTS);
const telling: Telling = {
  publish: outcomePublisher(environment.OUTCOMES_TOPIC),
  post: (post) => postNotice({ ...post, guarded: !privateHosts.has(post.url.hostname) }),
  stackSecret: cachedSecret(environment.OUTCOME_SIGNING_SECRET, 300),
  putBack: (notice) => queueNotice(environment.OUTCOME_QUEUE, notice, Date.now()),
  clock: Date.now,
  random: Math.random,
};

const processor = new BatchProcessor(EventType.SQS);

async function tellRecord(record: SQSRecord): Promise<void> {
  try {
    await tellOutcome(readNotice(record.body), telling);
  } catch (error) {
    log.error('A notice could not be told and comes back', { message_id: record.messageId, error: error instanceof Error ? error : new Error(String(error)) });
    throw error;
  }
}

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, tellRecord, processor, { context, throwOnFullBatchFailure: false });
