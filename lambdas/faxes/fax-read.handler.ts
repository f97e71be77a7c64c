/** Serves what reads faxes: GET /fax/{id}, its document, and the administrators' list. */
import { auditPublisher } from '../audit/publish-events.js';
import { silencedBy } from '../audit/silence.js';
import { keyGate } from '../limits/key-gate.js';
import { signingSecretOf } from '../outcomes/notice-signature.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { cachedSecret } from '../platform/secrets.js';
import { settingsReader } from '../settings/settings-reader.js';
import { presignDocument } from './document-reader.js';
import { dynamoFaxListing } from './fax-listing-store.js';
import { dynamoJobStore } from './job-store.js';
import { listFaxes, type FaxListing } from './list-faxes.js';
import { presentJob } from './present.js';
import { findJob, getFax, listFaxJobs, openFaxDocument, type FaxReading } from './read-faxes.js';

const environment = readEnvironment('fax-read');
const settings = settingsReader(environment.SETTINGS_TABLE);
const deployedTokenMinutes = wholeNumber(environment.DOCUMENT_TOKEN_MINUTES);
const reading: FaxReading = {
  store: dynamoJobStore(environment.FAXES_TABLE),
  presign: (key, options) => presignDocument(environment.DOCUMENTS_BUCKET, key, options),
  tokenSecret: cachedSecret(environment.DOCUMENT_TOKEN_SECRET, 300),
  tokenMinutes: async () => (await settings()).pdfTokenTtlMinutes ?? deployedTokenMinutes,
  retentionDays: wholeNumber(environment.JOB_RETENTION_DAYS),
  publish: auditPublisher(environment, silencedBy(settings)),
};
const listing: FaxListing = { store: dynamoFaxListing(environment.FAXES_TABLE), retentionDays: reading.retentionDays };

const noticeSecret = cachedSecret(environment.OUTCOME_SIGNING_SECRET, 300);

export const handler = apiHandler<'fax-read'>(
  {
    listFaxes: async ({ caller, query, now }) => ({ status: 200, body: await listFaxes({ caller, query, now }, listing) }),
    getFax: async (request) => ({ status: 200, body: await getFax(request, reading) }),
    getFaxDocument: async (request) => ({
      status: 302,
      headers: { Location: await openFaxDocument({ ...request, token: request.query.token }, reading) },
    }),
    listFaxJobs: async ({ query, now }) => ({ status: 200, body: await listFaxJobs(query, now, reading) }),
    getNoticeSecret: async ({ caller: { owner } }) => ({ status: 200, body: { owner, secret: signingSecretOf(owner, await noticeSecret()) } }),
    getFaxJob: async ({ id }) => ({ status: 200, body: presentJob(await findJob(id, reading.store)) }),
  },
  keyGate(environment),
);
