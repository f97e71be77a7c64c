/** Telnyx Programmable Fax v2, as https://developers.telnyx.com/api-reference/programmable-fax-commands documents it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Answer, Line, ProviderDefinition, SimulatedFax } from './definition.js';
import { readForm } from './read-form.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

export const telnyxCredentials = {
  api_key: 'KEY0123456789',
  public_key: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64'),
  connection_id: '1234567890123456789',
  from: '+13125790015',
};

const failure = (failure_reason: string) => ({ status: 'failed', failure_reason });
const refusal = (status: number, code: string, title: string, pointer?: string): Answer => ({
  status,
  body: { errors: [{ code, title, detail: title, ...(pointer === undefined ? {} : { source: { pointer } }) }] },
});
const notFound = refusal(404, '10005', 'Resource not found');

export const telnyxDefinition: ProviderDefinition = {
  id: 'telnyx',
  ends: {
    success: { status: 'delivered' },
    busy: failure('user_busy'),
    no_answer: failure('receiver_no_answer'),
    no_carrier: failure('fax_initial_communication_timeout'),
    congestion: failure('user_channel_limit_exceeded'),
    number: failure('receiver_unallocated_number'),
    document: failure('file_format_invalid'),
    cut: failure('fax_signaling_error'),
    cancelled: failure('sender_canceled'),
    'unknown-word': { status: 'teleported' },
  },
  refusals: {
    number: refusal(422, '10015', 'Invalid parameter', '/to'),
    credentials: refusal(401, '10009', 'Authentication failed'),
    document: refusal(422, '10015', 'Invalid parameter', '/contents'),
    other: refusal(422, '10015', 'Invalid parameter', '/quality'),
  },
  throttled: { ...refusal(429, '10011', 'Too many requests'), headers: { 'retry-after': '7' } },
  unauthorized: refusal(401, '10009', 'Authentication failed'),
  authorized: ({ headers }) => headers['authorization'] === `Bearer ${telnyxCredentials.api_key}`,
  isSend: ({ method, url }) => method === 'POST' && url.pathname === '/faxes',
  numberIn: (beginning) => /name="to"\r\n\r\n(\+\d+)\r\n/.exec(beginning)?.[1],
  async readSend({ headers, body }) {
    const { fields, file } = await readForm(headers['content-type'] ?? '', body, 'contents');
    if (fields.get('connection_id') !== telnyxCredentials.connection_id || fields.get('from') !== telnyxCredentials.from) throw new Error('connection_id and from are required');
    const [state, callback] = [fields.get('client_state'), fields.get('webhook_url')];
    return {
      to: fields.get('to') ?? '',
      attempt: state === undefined ? undefined : atob(state),
      callbackUrl: callback === undefined ? undefined : new URL(callback),
      document: file,
    };
  },
  newSid: (count) => `c62be5bc-9b13-4b6c-abda-${count.toString(16).padStart(12, '0')}`,
  accepted: (fax) => ({ status: 202, body: { data: faxOf(fax, 'queued') } }),
  answer({ method, url }, line): Answer {
    const query = url.searchParams;
    if (method === 'GET' && url.pathname === `/fax_applications/${telnyxCredentials.connection_id}`) return { status: 200, body: { data: { id: telnyxCredentials.connection_id, record_type: 'fax_application' } } };
    if (method === 'GET' && url.pathname === '/faxes') {
      const [after, before] = [Date.parse(query.get('filter[created_at][gte]') ?? ''), Date.parse(query.get('filter[created_at][lte]') ?? '')];
      const [size, page] = [Number(query.get('page[size]') ?? 20), Number(query.get('page[number]') ?? 1)];
      const found = [...line.faxes.values()].filter((fax) => fax.to === query.get('filter[to][eq]') && fax.takenAt >= after && fax.takenAt <= before);
      return {
        status: 200,
        body: {
          data: found.slice((page - 1) * size, page * size).map((fax) => faxOf(fax, line.stateOf(fax))),
          meta: { total_results: found.length, page_number: page, page_size: size, total_pages: Math.ceil(found.length / size) },
        },
      };
    }
    const [, sid = '', cancel] = /^\/faxes\/([0-9a-f-]+)(\/actions\/cancel)?$/.exec(url.pathname) ?? [];
    const fax = line.faxes.get(sid);
    if (fax === undefined) return notFound;
    if (cancel === undefined) return { status: 200, body: { data: faxOf(fax, line.stateOf(fax)) } };
    if (typeof line.stateOf(fax) !== 'string') return refusal(422, '10015', 'The fax is done');
    fax.cancelled = true;
    return { status: 202, body: { data: { result: 'ok' } } };
  },
  signsTime: true,
  signsBodyAlone: true,
  callback(fax, line) {
    const state = line.stateOf(fax);
    const { id, status, failure_reason, ...rest } = faxOf(fax, state);
    const payload = { ...rest, fax_id: id, status, ...(failure_reason === null ? {} : { failure_reason }), ...(status === 'delivered' ? { page_count: 2, call_duration_secs: 79 } : {}) };
    const event = { data: { event_type: `fax.${String(status)}`, id: '3320554f-6b74-4138-a74b-a1e2ec7eaf8b', occurred_at: new Date().toISOString(), payload, record_type: 'event' }, meta: { attempt: 1 } };
    const [body, timestamp] = [JSON.stringify(event), String(Math.floor(Date.now() / 1000))];
    const signature = sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString('base64');
    return { headers: { 'content-type': 'application/json', 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature }, body: Buffer.from(body) };
  },
};

function faxOf(fax: SimulatedFax, state: ReturnType<Line['stateOf']>): Record<string, unknown> {
  return {
    record_type: 'fax',
    id: fax.sid,
    connection_id: telnyxCredentials.connection_id,
    direction: 'outbound',
    from: telnyxCredentials.from,
    to: fax.to,
    client_state: fax.attempt === undefined ? '' : btoa(fax.attempt),
    created_at: new Date(fax.takenAt).toISOString(),
    failure_reason: null,
    ...(typeof state === 'string' ? { status: state === 'queued' ? 'queued' : 'sending' } : telnyxDefinition.ends[state.end]),
  };
}
