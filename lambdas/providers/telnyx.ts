/** Telnyx Programmable Fax, API v2. https://developers.telnyx.com/api-reference/programmable-fax-commands/send-a-fax */
import * as z from 'zod/mini';
import { jsonMember } from '../platform/json-member.js';
import { multipartBody } from './multipart-body.js';
import { credentialVerdict, jsonOf, sidOf, submissionOutcome } from './provider-answer.js';
import { describeAdapter, type Connection } from './provider-configuration.js';
import { providerExchange, type Exchange } from './provider-exchange.js';
import type { FailureCause, FaxProvider, FindOutcome } from './provider.js';
import { telnyxPollSeconds, telnyxStatus } from './telnyx-status.js';
import { attemptOf, isTelnyxPublicKey, readTelnyxWebhook, telnyxFaxOf } from './telnyx-webhook.js';

const name = 'Telnyx';
const officialAddress = new URL('https://api.telnyx.com/v2');

/** How long a question may take. */
const patienceMilliseconds = 20_000;

/** Clocks differ by less. */
const clockTolerance = 120_000;

/** What a listing is asked for; how many pages are read of it. */
const pageSize = 100;
const mostPages = 10;

const configurationSchema = z.strictObject({
  api_key: z.string('must be a text').check(z.regex(/^[!-~]{1,256}$/, 'must be printable characters')),
  public_key: z.string('must be a text').check(z.refine(isTelnyxPublicKey, 'must be the public key as the portal shows it: 44 characters that end in =')),
  connection_id: z.string('must be a text').check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the id of a fax application')),
  from: z.string('must be a text').check(z.regex(/^\+\d{6,20}$/, 'must be + and 6 to 20 digits')),
});
type Configuration = z.output<typeof configurationSchema>;

/** Telnyx dials once: it never tries a failed fax again by itself. */
export function telnyx({ api_key, public_key, connection_id, from }: Configuration, { endpoint }: Connection): FaxProvider {
  const base = (endpoint ?? officialAddress).href.replace(/\/$/, '');
  const headers = { authorization: `Bearer ${api_key}`, accept: 'application/json' };
  const ask = (method: 'GET' | 'POST', path: string): Promise<Exchange> =>
    providerExchange({ method, url: new URL(`${base}${path}`), headers, signal: AbortSignal.timeout(patienceMilliseconds) });

  return {
    id: 'telnyx',

    async send({ attemptId, to, document, callbackUrl, signal, now }) {
      const fields: readonly (readonly [string, string])[] = [
        ['connection_id', connection_id],
        ['from', from],
        ['to', to],
        ['client_state', Buffer.from(attemptId).toString('base64')],
        ...(callbackUrl === undefined ? [] : [['webhook_url', callbackUrl.href] as const]),
      ];
      const body = multipartBody(fields, { name: 'contents', fileName: 'fax.pdf', type: 'application/pdf', document });
      const exchange = await providerExchange({ method: 'POST', url: new URL(`${base}/faxes`), headers, body, signal });
      return submissionOutcome(exchange, { name, pollAfterSeconds: telnyxPollSeconds, accepted: acceptedFax, refused: refusalOf, now });
    },

    async status(providerSid) {
      const exchange = await ask('GET', `/faxes/${encodeURIComponent(providerSid)}`);
      const data = exchange.kind === 'answer' && exchange.status === 200 ? jsonMember(jsonOf(exchange), 'data') : undefined;
      const fax = jsonMember(data, 'id') === providerSid ? telnyxFaxOf(data) : undefined;
      if (fax === undefined) throw new Error(exchange.kind === 'answer' ? `${name} answered ${exchange.status} without the fax` : exchange.error);
      return telnyxStatus(fax);
    },

    async cancel(providerSid) {
      const exchange = await ask('POST', `/faxes/${encodeURIComponent(providerSid)}/actions/cancel`);
      if (exchange.kind !== 'answer') return { kind: 'refused', error: exchange.error };
      return exchange.status >= 200 && exchange.status < 300 ? { kind: 'requested' } : { kind: 'refused', error: `${name} answered ${exchange.status}` };
    },

    async find({ attemptId, to, startedAt, until }) {
      const query = new URLSearchParams({
        'filter[direction][eq]': 'outbound',
        'filter[to][eq]': to,
        'filter[created_at][gte]': new Date(startedAt - clockTolerance).toISOString(),
        'filter[created_at][lte]': new Date(until + clockTolerance).toISOString(),
        'page[size]': String(pageSize),
      });
      for (let page = 1; page <= mostPages; page += 1) {
        const exchange = await ask('GET', `/faxes?${query.toString()}&page%5Bnumber%5D=${page}`);
        const list = exchange.kind === 'answer' && exchange.status === 200 ? jsonMember(jsonOf(exchange), 'data') : undefined;
        if (!Array.isArray(list)) return { kind: 'unknown', error: exchange.kind === 'answer' ? `${name} answered ${exchange.status} without a list` : exchange.error };
        const found = findIn(list, attemptId);
        if (found !== undefined) return found;
        if (list.length < pageSize) return { kind: 'none' };
      }
      return { kind: 'unknown', error: `${name} lists more than can be read` };
    },

    readWebhook: (request) => readTelnyxWebhook(request, public_key),

    // The application that faxes go out by: it tells a wrong key from a wrong application.
    validate: async () => credentialVerdict(await ask('GET', `/fax_applications/${connection_id}`), { name, invalid: [401, 403, 404] }),
  };
}

function acceptedFax(body: unknown): string | undefined {
  return sidOf(jsonMember(jsonMember(body, 'data'), 'id'));
}

/** Telnyx documents 401, 403, 404 and 422; of 422, and of 400 beside it, the pointer to the parameter says which it was. */
function refusalOf(status: number, body: unknown): FailureCause | undefined {
  switch (status) {
    case 401:
    case 403:
    case 404:
      return 'credentials';
    case 400:
    case 422: {
      const errors = jsonMember(body, 'errors');
      const pointers: readonly unknown[] = Array.isArray(errors) ? errors.map((error: unknown) => jsonMember(jsonMember(error, 'source'), 'pointer')) : [];
      const names = pointers.map((pointer) => (typeof pointer === 'string' ? pointer.split('/').at(-1) : undefined));
      if (names.includes('to')) return 'number';
      if (names.includes('connection_id') || names.includes('from')) return 'credentials';
      return names.includes('contents') ? 'document' : 'other';
    }
    default:
      return undefined;
  }
}

/** Undefined where the page is read and every fax in it says that it is another one's. */
function findIn(faxes: readonly unknown[], attemptId: string): FindOutcome | undefined {
  const ours = faxes.find((fax) => attemptOf(jsonMember(fax, 'client_state')) === attemptId);
  const providerSid = sidOf(jsonMember(ours, 'id'));
  if (providerSid !== undefined) return { kind: 'found', providerSid };
  const doubtful = ours !== undefined || faxes.some((fax) => typeof jsonMember(fax, 'client_state') !== 'string');
  return doubtful ? { kind: 'unknown', error: `${name} lists a fax of that time without its client_state` } : undefined;
}

export const telnyxAdapter = describeAdapter({
  id: 'telnyx',
  name,
  schema: configurationSchema,
  fields: {
    api_key: { description: 'An API key, in Telnyx’s portal under API Keys', secret: true, required: true },
    public_key: { description: 'The public key, in the portal under Keys & Credentials: it proves that a report is Telnyx’s', secret: false, required: true },
    connection_id: { description: 'The id of the fax application that faxes go out by, in the portal under Programmable Fax', secret: false, required: true },
    from: { description: 'A number of that application, with +, that the receiver sees', secret: false, required: true },
  },
  create: telnyx,
});
