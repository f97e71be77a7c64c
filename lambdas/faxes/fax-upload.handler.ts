/** Serves POST /fax. */
import { checkDocument } from '../documents/check-document.js';
import { readPrivateHosts } from '../outcomes/notify-url.js';
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { settingsReader } from '../settings/settings-reader.js';
import { fileSizeLimit } from '../settings/settings.js';
import { acceptFax, type FaxAcceptance } from './accept-fax.js';
import { deleteDocument, putDocument } from './document-store.js';
import { readFaxForm } from './fax-form.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { dynamoJobStore } from './job-store.js';
import { presentFax } from './present.js';
import { providerOrderReader } from './provider-order-reader.js';
import { nudge } from './send-queue.js';

const environment = readEnvironment('fax-upload');
const settings = settingsReader(environment.SETTINGS_TABLE);
const deployedMaxFileSizeMb = wholeNumber(environment.MAX_FILE_SIZE_MB);
const acceptance: FaxAcceptance = {
  store: dynamoJobStore(environment.FAXES_TABLE),
  checkDocument,
  putDocument: (key, pdf, sha256) => putDocument(environment.DOCUMENTS_BUCKET, key, pdf, sha256),
  deleteDocument: (key) => deleteDocument(environment.DOCUMENTS_BUCKET, key),
  nudge: (id) => nudge(environment.SEND_QUEUE, id),
  providers: providerOrderReader(environment),
  defaultCountry: environment.DEFAULT_COUNTRY,
  sending: environment.SENDING === 'on' ? 'on' : 'off',
  retentionDays: wholeNumber(environment.JOB_RETENTION_DAYS),
  documentRetentionDays: wholeNumber(environment.DOCUMENT_RETENTION_DAYS),
  privateNotifyHosts: readPrivateHosts(environment.PRIVATE_NOTIFY_HOSTS),
};

export const handler = apiHandler<'fax-upload'>(
  {
    sendFax: async (request) => {
      const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
      const maxFileBytes = fileSizeLimit(await settings(), deployedMaxFileSizeMb) * 1024 * 1024;
      const form = await readFaxForm(request.headers['content-type'], request.bytes, { maxFileBytes });
      return { status: 202, body: presentFax(await acceptFax({ ...request, form, idempotencyKey }, acceptance)) };
    },
  },
  keyGate(environment),
);
