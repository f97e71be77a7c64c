/** Phaxio API v2.1, as https://www.phaxio.com/docs/api/v2.1 documents it. */
import { createHash, createHmac } from 'node:crypto';
import { formOf } from './callback.js';
import type { Answer, Line, ProviderDefinition, SimulatedFax } from './definition.js';
import { readForm } from './read-form.js';

export const phaxioCredentials = { api_key: 'key-1', api_secret: 'secret-1', callback_token: 'token-1' };

const failure = (error_type: string, error_id: number, error_message: string) => ({ status: 'failure', error_type, error_id, error_message });
const notFound: Answer = { status: 404, body: { success: false, message: 'Not found' } };

export const phaxioDefinition: ProviderDefinition = {
  id: 'phaxio',
  ends: {
    success: { status: 'success', cost: 14 },
    busy: failure('lineError', 17, 'Busy'),
    no_answer: failure('lineError', 16, 'Ring Timeout'),
    no_carrier: failure('lineError', 30, 'No answer from the fax machine.'),
    congestion: failure('lineError', 15, 'Congestion'),
    number: failure('lineError', 34, 'Phone number not operational'),
    document: failure('documentConversionError', 133, 'Failed to normalize PDF document'),
    partial: { status: 'partialsuccess' },
    cut: failure('faxError', 8, 'No response after sending a page'),
    // What a cancelled fax says is not documented.
    cancelled: failure('faxError', 75, 'Cancelled'),
    'unknown-word': { status: 'teleported' },
  },
  refusals: {
    number: { status: 422, body: { success: false, message: 'The phone number is not valid' } },
    credentials: { status: 401, body: { success: false, message: 'Invalid API credentials' } },
    funds: { status: 422, body: { success: false, message: 'Your account balance is too low' } },
    document: { status: 422, body: { success: false, message: 'The file is missing' } },
    other: { status: 422, body: { success: false, message: 'Something else' } },
  },
  throttled: { status: 429, headers: { 'retry-after': '7' }, body: { success: false, message: 'Rate limited' } },
  unauthorized: { status: 401, body: { success: false, message: 'Invalid API credentials' } },
  authorized: ({ headers }) => headers['authorization'] === `Basic ${btoa(`${phaxioCredentials.api_key}:${phaxioCredentials.api_secret}`)}`,
  isSend: ({ method, url }) => method === 'POST' && url.pathname === '/faxes',
  numberIn: (beginning) => /name="to"\r\n\r\n(\+\d+)\r\n/.exec(beginning)?.[1],
  async readSend({ headers, body }) {
    const { fields, file } = await readForm(headers['content-type'] ?? '', body);
    const callback = fields.get('callback_url');
    return { to: fields.get('to') ?? '', attempt: fields.get('tag[attempt]'), callbackUrl: callback === undefined ? undefined : new URL(callback), document: file };
  },
  newSid: (count) => String(count),
  accepted: ({ sid }) => ({ status: 200, body: { success: true, message: 'Fax queued for sending', data: { id: Number(sid) } } }),
  answer({ method, url }, line): Answer {
    if (url.pathname === '/account/status') return { status: 200, body: { success: true, message: 'Account status retrieved successfully', data: { balance: 5050 } } };
    if (method === 'GET' && url.pathname === '/faxes') {
      const query = url.searchParams;
      const [after, before] = [Date.parse(query.get('created_after') ?? ''), Date.parse(query.get('created_before') ?? '')];
      const found = [...line.faxes.values()].filter((fax) => fax.to === query.get('phone_number') && fax.takenAt >= after && fax.takenAt <= before);
      return { status: 200, body: { success: true, message: 'Retrieved faxes successfully', data: found.map((fax) => faxOf(fax, line.stateOf(fax))), paging: { total: found.length, per_page: 1000, page: 1 } } };
    }
    const [, sid = '', cancel] = /^\/faxes\/(\d+)(\/cancel)?$/.exec(url.pathname) ?? [];
    const fax = line.faxes.get(sid);
    if (fax === undefined) return notFound;
    if (cancel === undefined) return { status: 200, body: { success: true, message: 'Retrieved fax successfully', data: faxOf(fax, line.stateOf(fax)) } };
    if (typeof line.stateOf(fax) !== 'string') return { status: 422, body: { success: false, message: 'The fax is done' } };
    fax.cancelled = true;
    return { status: 200, body: { success: true, message: 'Fax cancellation scheduled successfully.', data: { id: Number(sid) } } };
  },
  callback(fax, line) {
    const fields = { direction: 'sent', event_type: 'fax_completed', fax: JSON.stringify(faxOf(fax, line.stateOf(fax))), is_test: 'false', success: 'true' };
    const content = Buffer.from('%PDF-1.4 of the fax');
    const signed = [...Object.entries(fields).map(([name, value]) => name + value), `file${createHash('sha1').update(content).digest('hex')}`].join('');
    const { type, body } = formOf(fields, { name: 'file', content });
    return { headers: { 'content-type': type, 'x-phaxio-signature': createHmac('sha1', phaxioCredentials.callback_token).update(`${fax.callbackUrl?.href ?? ''}${signed}`).digest('hex') }, body };
  },
};

function faxOf(fax: SimulatedFax, state: ReturnType<Line['stateOf']>): Record<string, unknown> {
  return {
    id: Number(fax.sid),
    direction: 'sent',
    num_pages: 2,
    is_test: false,
    created_at: new Date(fax.takenAt).toISOString(),
    cost: null,
    error_type: null,
    error_id: null,
    error_message: null,
    tags: fax.attempt === undefined ? {} : { attempt: fax.attempt },
    recipients: [{ phone_number: fax.to, status: 'inprogress' }],
    ...(typeof state === 'string' ? { status: state === 'queued' ? 'queued' : 'inprogress' } : phaxioDefinition.ends[state.end]),
  };
}
