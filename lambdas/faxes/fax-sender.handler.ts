/** The sender: works the nudges of the send queue, a batch at a time, each job on its own. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { auditPublisher } from '../audit/publish-events.js';
import { silencedBy } from '../audit/silence.js';
import { outcomeAnnouncer } from '../outcomes/announce-outcomes.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { providerDirectory } from '../providers/provider-directory.js';
import { settingsReader } from '../settings/settings-reader.js';
import { callbackAddresses } from '../webhooks/callback-address.js';
import { dynamoDestinationLeaseStore } from './destination-lease-store.js';
import { openDocument, presignDocument } from './document-reader.js';
import { hear } from './hear.js';
import { dynamoJobStore } from './job-store.js';
import { nudge, readNudge, tellSender } from './send-queue.js';
import type { Sending } from './sending.js';
import { workJob } from './work-job.js';

const environment = readEnvironment('fax-sender');
const settings = settingsReader(environment.SETTINGS_TABLE);
const sending: Sending = {
  store: dynamoJobStore(environment.FAXES_TABLE),
  leases: dynamoDestinationLeaseStore(environment.FAXES_TABLE),
  providers: providerDirectory(environment),
  openDocument: (key) => openDocument(environment.DOCUMENTS_BUCKET, key),
  documentUrl: (key) => presignDocument(environment.DOCUMENTS_BUCKET, key, { seconds: 3600, fileName: 'fax.pdf' }),
  callbackUrl: callbackAddresses({ gateway: environment.GATEWAY_URL, endpoints: environment.PROVIDER_ENDPOINTS, onOneMachine: process.env['AWS_ENDPOINT_URL'] !== undefined }),
  nudge: (id, delaySeconds) => nudge(environment.SEND_QUEUE, id, delaySeconds),
  hearLater: (heard, delaySeconds) => tellSender(environment.SEND_QUEUE, heard, delaySeconds),
  publish: auditPublisher(environment, silencedBy(settings)),
  announce: outcomeAnnouncer(environment.OUTCOME_QUEUE),
  redialRules: async () => (await settings()).redial,
  sending: environment.SENDING === 'on' ? 'on' : 'off',
  claimSeconds: wholeNumber(environment.CLAIM_SECONDS),
  clock: Date.now,
  random: Math.random,
};

const processor = new BatchProcessor(EventType.SQS);

async function workRecord(record: SQSRecord): Promise<void> {
  try {
    const { jobId, heard } = readNudge(record.body);
    await (heard === undefined ? workJob(jobId, sending) : hear(heard, sending));
  } catch (error) {
    log.error('A nudge could not be worked and comes back', { message_id: record.messageId, error: error instanceof Error ? error : new Error(String(error)) });
    throw error;
  }
}

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, workRecord, processor, { context, throwOnFullBatchFailure: false });
