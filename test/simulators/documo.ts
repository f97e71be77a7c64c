/** Documo mFax v1, as its documentation and programs that use it tell; what nobody verified is not simulated. */
import type { Answer, Line, ProviderDefinition, SimulatedFax } from './definition.js';
import { readForm } from './read-form.js';

export const documoCredentials = { api_key: 'eyJhbGciOiJIUzI1NiJ9.key-1', host: 'api.documo.com' };

const refusal = (status: number, message: string): Answer => ({ status, body: { error: { name: 'Error', message } } });

export const documoDefinition: ProviderDefinition = {
  id: 'documo',
  ends: {
    success: { status: 'success', resultCode: '0', pagesComplete: 2 },
    partial: { status: 'failed', resultCode: '8', pagesComplete: 1 },
    cut: { status: 'failed', resultCode: '8', pagesComplete: 0 },
    cancelled: { status: 'cancelled' },
    'unknown-word': { status: 'teleported' },
  },
  refusals: { credentials: refusal(401, 'Unauthorized'), other: refusal(400, 'Bad request') },
  throttled: { ...refusal(429, 'Too many requests'), headers: { 'retry-after': '7' } },
  unauthorized: refusal(401, 'Unauthorized'),
  authorized: ({ headers }) => headers['authorization'] === `Basic ${documoCredentials.api_key}`,
  isSend: ({ method, url }) => method === 'POST' && url.pathname === '/v1/faxes',
  numberIn: (beginning) => /name="faxNumber"\r\n\r\n(\+\d+)\r\n/.exec(beginning)?.[1],
  async readSend({ headers, body }) {
    const { fields, file } = await readForm(headers['content-type'] ?? '', body, 'attachments');
    if (fields.get('coverPage') !== 'false') throw new Error('A cover page was asked for');
    return { to: fields.get('faxNumber') ?? '', attempt: undefined, callbackUrl: undefined, document: file };
  },
  newSid: (count) => `b2de69f9-8807-457c-8b8b-${count.toString(16).padStart(12, '0')}`,
  accepted: (fax, line) => ({ status: 200, body: faxOf(fax, line.stateOf(fax)) }),
  answer({ method, url }, line): Answer {
    const [, sid = ''] = /^\/v1\/fax\/([0-9a-f-]+)\/info$/.exec(url.pathname) ?? [];
    const fax = method === 'GET' ? line.faxes.get(sid) : undefined;
    return fax === undefined ? refusal(404, 'Not found') : { status: 200, body: faxOf(fax, line.stateOf(fax)) };
  },
};

function faxOf(fax: SimulatedFax, state: ReturnType<Line['stateOf']>): Record<string, unknown> {
  return {
    messageId: fax.sid,
    direction: 'outbound',
    faxNumber: fax.to,
    pagesCount: 2,
    pagesComplete: 0,
    resultCode: null,
    createdDate: new Date(fax.takenAt).toISOString(),
    ...(typeof state === 'string' ? { status: 'processing' } : documoDefinition.ends[state.end]),
  };
}
