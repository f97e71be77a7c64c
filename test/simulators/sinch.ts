/** Sinch Fax API v3, as https://developers.sinch.com/docs/fax/api-reference/ documents it. */
import * as z from 'zod';
import { formOf } from './callback.js';
import type { Answer, Line, ProviderDefinition, SimulatedFax } from './definition.js';

export const sinchCredentials = { project_id: 'e15b2651-daac-4ccb-92e8-e3066d1d033b', key_id: 'key-1', key_secret: 'secret-1' };

const faxes = `/projects/${sinchCredentials.project_id}/faxes`;

const failure = (errorType: string, errorCode: number, errorMessage: string, pagesSentSuccessfully = 0) => ({ status: 'FAILURE', errorType, errorCode, errorMessage, pagesSentSuccessfully });

const sendSchema = z.object({
  to: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  callbackUrl: z.string().optional(),
  maxRetries: z.literal(0),
  files: z.tuple([z.object({ file: z.base64(), fileType: z.literal('PDF') })]),
});

export const sinchDefinition: ProviderDefinition = {
  id: 'sinch',
  ends: {
    success: { status: 'COMPLETED', pagesSentSuccessfully: 2, price: { amount: '0.09', currencyCode: 'USD' } },
    busy: failure('CALL_ERROR', 17, 'Busy'),
    no_answer: failure('CALL_ERROR', 16, 'Ring Timeout'),
    no_carrier: failure('CALL_ERROR', 30, 'No answer from the fax machine'),
    congestion: failure('CALL_ERROR', 15, 'Congestion'),
    number: failure('CALL_ERROR', 34, 'Phone number not operational'),
    document: failure('DOCUMENT_CONVERSION_ERROR', 133, 'Failed to normalize PDF document'),
    partial: failure('FAX_ERROR', 8, 'No response after sending a page', 1),
    cut: failure('FAX_ERROR', 8, 'No response after sending a page'),
    cancelled: failure('FAX_ERROR', 75, 'Cancelled'),
    'unknown-word': { status: 'TELEPORTED' },
  },
  refusals: {
    number: { status: 422, body: { code: '422', error: 'Invalid parameters', details: { fieldViolations: [{ field: 'to', description: 'The (+15551) is not a valid phone number' }] } } },
    credentials: { status: 401, body: '' },
    funds: { status: 402, body: { code: '402', error: 'Payment required', message: 'You have reached 0 balance on your account please make a payment.' } },
    document: { status: 422, body: { code: '422', error: 'Invalid parameters', details: { fieldViolations: [{ field: 'files', description: 'is no PDF' }] } } },
    other: { status: 400, body: { code: '400', error: 'Bad Request' } },
  },
  throttled: { status: 429, headers: { 'retry-after': '7' }, body: { error: 'Too Many Requests' } },
  unauthorized: { status: 401, body: '' },
  authorized: ({ headers }) => headers['authorization'] === `Basic ${btoa(`${sinchCredentials.key_id}:${sinchCredentials.key_secret}`)}`,
  isSend: ({ method, url }) => method === 'POST' && url.pathname === faxes,
  numberIn: (beginning) => /"to":"(\+\d+)"/.exec(beginning)?.[1],
  readSend({ body }) {
    const { to, labels, callbackUrl, files } = sendSchema.parse(JSON.parse(body.toString('utf8')));
    return { to, attempt: labels?.['attempt'], callbackUrl: callbackUrl === undefined ? undefined : new URL(callbackUrl), document: Buffer.from(files[0].file, 'base64') };
  },
  newSid: (count) => `01F3J0G1M4WQR6HGY6HCF${count.toString().padStart(12, '0')}`,
  accepted: (fax) => ({ status: 200, body: { ...faxOf(fax, 'queued') } }),
  answer({ method, url }, line): Answer {
    if (method !== 'GET') return { status: 404, body: { code: '404', error: 'Not found' } };
    if (url.pathname === faxes) {
      const to = url.searchParams.get('to');
      const found = [...line.faxes.values()].filter((fax) => to === null || fax.to.startsWith(to));
      return { status: 200, body: { faxes: found.map((fax) => faxOf(fax, line.stateOf(fax))), pageNumber: 1, totalPages: 1, pageSize: 1000, totalItems: found.length } };
    }
    const fax = line.faxes.get(url.pathname.slice(faxes.length + 1));
    return fax === undefined ? { status: 404, body: { code: '404', error: 'Not found' } } : { status: 200, body: faxOf(fax, line.stateOf(fax)) };
  },
  callback(fax, line) {
    const event = { event: 'FAX_COMPLETED', eventTime: new Date().toISOString(), fax: JSON.stringify(faxOf(fax, line.stateOf(fax))) };
    const { type, body } = formOf(event, { name: 'file', content: Buffer.from('%PDF-1.4 of the fax') });
    return { headers: { 'content-type': type }, body };
  },
};

function faxOf(fax: SimulatedFax, state: ReturnType<Line['stateOf']>): Record<string, unknown> {
  return {
    id: fax.sid,
    direction: 'OUTBOUND',
    to: fax.to,
    numberOfPages: 2,
    createTime: new Date(fax.takenAt).toISOString(),
    maxRetries: 0,
    ...(fax.attempt === undefined ? {} : { labels: { attempt: fax.attempt } }),
    ...(typeof state === 'string' ? { status: state === 'queued' ? 'QUEUED' : 'IN_PROGRESS' } : sinchDefinition.ends[state.end]),
  };
}
