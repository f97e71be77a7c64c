/**
 * Documo mFax, as a manifest. Read in Documo's documentation: the hosts and the raw key behind `Basic`. Read in programs
 * that use it, and tried by nobody here: the fields of a send, the status call and its words. Its result codes are not
 * verified, so a failure stays uncertain until a person looks (or, with pages that arrived, is partial). Its webhooks
 * are set up for an account, not for a fax, and carry no secret of an attempt: the gateway asks instead.
 */
import type { Manifest } from './manifest-schema.js';

export const documoManifest: Manifest = {
  manifest: 1,
  id: 'documo',
  name: 'Documo mFax',
  baseUrl: 'https://{{setting.host}}',
  hosts: ['api.documo.com', 'api.sandbox.documo.com'],
  settings: { host: { words: 'Where the account is: api.documo.com, or api.sandbox.documo.com to try', choices: ['api.documo.com', 'api.sandbox.documo.com'] } },
  secrets: { api_key: { words: 'An API key of the account, as Documo shows it' } },
  send: {
    request: {
      method: 'POST',
      path: '/v1/faxes',
      headers: { Authorization: 'Basic {{secret.api_key}}' },
      body: { kind: 'multipart', fields: { faxNumber: '{{to}}', coverPage: 'false', attachments: '{{document}}' } },
    },
    id: '/messageId',
    refused: { '400': 'other', '401': 'credentials', '403': 'credentials' },
  },
  statuses: { scheduled: 'in_progress', processing: 'in_progress', transmitting: 'in_progress', success: 'success', failed: 'uncertain', cancelled: 'cancelled' },
  status: {
    request: { method: 'GET', path: '/v1/fax/{{provider_id}}/info', headers: { Authorization: 'Basic {{secret.api_key}}' } },
    pollSeconds: 30,
    word: '/status',
    reason: '/resultCode',
    pagesSent: '/pagesComplete',
  },
  // A fax that nobody has: the key is right where Documo gets as far as missing it.
  validate: {
    request: { method: 'GET', path: '/v1/fax/00000000-0000-4000-8000-000000000000/info', headers: { Authorization: 'Basic {{secret.api_key}}' } },
    valid: [200, 404],
  },
};
