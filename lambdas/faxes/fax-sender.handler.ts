/** The sender: works the nudges of the send queue, a batch at a time, each job on its own. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { auditPublisher } from '../audit/publish-events.js';
import { silencedBy } from '../audit/silence.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { chooseProvider } from '../providers/choose-provider.js';
import { settingsReader } from '../settings/settings-reader.js';
import { openDocument, presignDocument } from './document-reader.js';
import { dynamoJobStore } from './job-store.js';
import { nudge, readNudge } from './send-queue.js';
import { workJob, type Sending } from './work-job.js';

const environment = readEnvironment('fax-sender');
const sending: Sending = {
  store: dynamoJobStore(environment.FAXES_TABLE),
  provider: chooseProvider(environment),
  openDocument: (key) => openDocument(environment.DOCUMENTS_BUCKET, key),
  documentUrl: (key) => presignDocument(environment.DOCUMENTS_BUCKET, key, { seconds: 3600, fileName: 'fax.pdf' }),
  nudge: (id, delaySeconds) => nudge(environment.SEND_QUEUE, id, delaySeconds),
  publish: auditPublisher(environment, silencedBy(settingsReader(environment.SETTINGS_TABLE))),
  sending: environment.SENDING === 'on' ? 'on' : 'off',
  claimSeconds: wholeNumber(environment.CLAIM_SECONDS),
  clock: Date.now,
};

const processor = new BatchProcessor(EventType.SQS);

async function workRecord(record: SQSRecord): Promise<void> {
  try {
    await workJob(readNudge(record.body), sending);
  } catch (error) {
    log.error('A nudge could not be worked and comes back', { message_id: record.messageId, error: error instanceof Error ? error : new Error(String(error)) });
    throw error;
  }
}

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, workRecord, processor, { context, throwOnFullBatchFailure: false });
