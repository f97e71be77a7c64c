/** SignalWire's Compatibility API, as https://signalwire.com/docs/compatibility-api/rest/faxes documents it. */
import { createHmac } from 'node:crypto';
import type { Answer, Line, ProviderDefinition, SimulatedFax } from './definition.js';

export const signalWireCredentials = {
  space: 'example',
  project_id: 'b3877c40-da60-4998-90ad-b792e98472ac',
  api_token: 'PT0123456789',
  signing_key: 'PSK_0123456789',
  from: '+13103383454',
};

const faxes = `/api/laml/2010-04-01/Accounts/${signalWireCredentials.project_id}/Faxes`;

const failure = (error_message: string) => ({ status: 'failed', error_code: '1', error_message });
const refusal = (status: number, message: string): Answer => ({ status, body: { code: String(status), message, status } });

export const signalWireDefinition: ProviderDefinition = {
  id: 'signalwire',
  ends: {
    success: { status: 'delivered', num_pages: '2', price: '0.02', price_unit: 'USD' },
    busy: { status: 'busy' },
    no_answer: { status: 'no-answer' },
    no_carrier: failure('Fax transmission not established'),
    cut: failure('The call dropped prematurely'),
    cancelled: { status: 'canceled' },
    'unknown-word': { status: 'teleported' },
  },
  refusals: { credentials: refusal(401, 'Unauthorized'), other: refusal(422, 'Invalid parameter') },
  // The calls of a space are counted by the second; when to come again is not documented, and told here as others tell it.
  throttled: { ...refusal(429, 'Too many requests'), headers: { 'retry-after': '7' } },
  unauthorized: refusal(401, 'Unauthorized'),
  authorized: ({ headers }) => headers['authorization'] === `Basic ${btoa(`${signalWireCredentials.project_id}:${signalWireCredentials.api_token}`)}`,
  isSend: ({ method, url }) => method === 'POST' && url.pathname === faxes,
  numberIn(beginning) {
    const [, digits] = /(?:^|&)To=%2B(\d+)(?:&|$)/.exec(beginning) ?? [];
    return digits === undefined ? undefined : `+${digits}`;
  },
  readSend({ body }) {
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('From') !== signalWireCredentials.from) throw new Error('From is required');
    const callback = form.get('StatusCallback');
    const callbackUrl = callback === null ? undefined : new URL(callback);
    return { to: form.get('To') ?? '', attempt: callbackUrl?.searchParams.get('attempt') ?? undefined, callbackUrl, document: new URL(form.get('MediaUrl') ?? '') };
  },
  newSid: (count) => `b3877c40-da60-4998-90ad-${count.toString(16).padStart(12, '0')}`,
  accepted: (fax) => ({ status: 201, body: faxOf(fax, 'queued') }),
  answer({ method, url, body }, line): Answer {
    if (method === 'GET' && url.pathname === faxes) {
      const to = url.searchParams.get('To');
      const after = Date.parse(url.searchParams.get('DateCreatedAfter') ?? '1970-01-01');
      const found = [...line.faxes.values()].filter((fax) => (to === null || fax.to === to) && fax.takenAt >= after);
      return { status: 200, body: { uri: faxes, page: 0, page_size: 1000, next_page_uri: null, faxes: found.map((fax) => faxOf(fax, line.stateOf(fax))) } };
    }
    const fax = line.faxes.get(url.pathname.slice(faxes.length + 1));
    if (fax === undefined) return refusal(404, 'Not found');
    if (method === 'GET') return { status: 200, body: faxOf(fax, line.stateOf(fax)) };
    if (new URLSearchParams(body.toString('utf8')).get('Status') !== 'canceled' || typeof line.stateOf(fax) !== 'string') return refusal(422, 'Cannot be updated');
    fax.cancelled = true;
    return { status: 200, body: faxOf(fax, line.stateOf(fax)) };
  },
  callback(fax, line) {
    const { status, error_code, error_message, num_pages } = faxOf(fax, line.stateOf(fax));
    const fields = Object.entries({ FaxSid: fax.sid, AccountSid: signalWireCredentials.project_id, From: signalWireCredentials.from, To: fax.to, Direction: 'outbound', FaxStatus: status, ErrorCode: error_code, ErrorMessage: error_message, NumPages: num_pages });
    const form = new Map(fields.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
    const signed = [...form.keys()].sort().reduce((text, name) => `${text}${name}${form.get(name) ?? ''}`, fax.callbackUrl?.href ?? '');
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-signalwire-signature': createHmac('sha1', signalWireCredentials.signing_key).update(signed).digest('base64') },
      body: Buffer.from(new URLSearchParams([...form]).toString()),
    };
  },
};

function faxOf(fax: SimulatedFax, state: ReturnType<Line['stateOf']>): Record<string, unknown> {
  return {
    account_sid: signalWireCredentials.project_id,
    date_created: new Date(fax.takenAt).toISOString(),
    direction: 'outbound',
    from: signalWireCredentials.from,
    to: fax.to,
    num_pages: null,
    price: null,
    price_unit: null,
    sid: fax.sid,
    error_code: null,
    error_message: null,
    ...(typeof state === 'string' ? { status: state === 'queued' ? 'queued' : 'sending' } : signalWireDefinition.ends[state.end]),
  };
}
