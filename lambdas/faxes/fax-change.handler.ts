/** Serves what changes a fax after it was accepted: cancelling, sending again, settling what is uncertain, asking now. */
import { auditPublisher } from '../audit/publish-events.js';
import { silencedBy } from '../audit/silence.js';
import { outcomeAnnouncer } from '../outcomes/announce-outcomes.js';
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { settingsReader } from '../settings/settings-reader.js';
import { cancelFax } from './cancel-fax.js';
import { copyDocument } from './document-store.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { dynamoJobStore } from './job-store.js';
import { presentDetail, presentJob } from './present.js';
import { providerOrderReader } from './provider-order-reader.js';
import { refreshJob, type JobRefreshing } from './refresh-job.js';
import { resendFax, type FaxResending } from './resend-fax.js';
import { resolveJob, type JobResolving } from './resolve-job.js';
import { nudge } from './send-queue.js';

const environment = readEnvironment('fax-change');
const changing: JobResolving & JobRefreshing & FaxResending = {
  store: dynamoJobStore(environment.FAXES_TABLE),
  publish: auditPublisher(environment, silencedBy(settingsReader(environment.SETTINGS_TABLE))),
  announce: outcomeAnnouncer(environment.OUTCOME_QUEUE),
  nudge: (id) => nudge(environment.SEND_QUEUE, id),
  copyDocument: (from, to) => copyDocument(environment.DOCUMENTS_BUCKET, from, to),
  // Each provider that the gateway knows by itself has a call for its status.
  canBeAsked: () => Promise.resolve(true),
  providers: providerOrderReader(environment),
  defaultCountry: environment.DEFAULT_COUNTRY,
  sending: environment.SENDING === 'on' ? 'on' : 'off',
  retentionDays: wholeNumber(environment.JOB_RETENTION_DAYS),
  documentRetentionDays: wholeNumber(environment.DOCUMENT_RETENTION_DAYS),
};

export const handler = apiHandler<'fax-change'>(
  {
    cancelFax: async (request) => ({ status: 200, body: presentDetail(await cancelFax(request, changing)) }),
    resendFax: async (request) => {
      const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
      return { status: 202, body: presentDetail(await resendFax({ ...request, idempotencyKey }, changing)) };
    },
    resolveFaxJob: async (request) => ({ status: 200, body: presentJob(await resolveJob(request, changing)) }),
    refreshFaxJob: async (request) => ({ status: 200, body: presentJob(await refreshJob(request, changing)) }),
  },
  keyGate(environment),
);
