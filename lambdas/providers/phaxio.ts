/** Phaxio API v2.1. https://www.phaxio.com/docs/api/v2.1 */
import * as z from 'zod/mini';
import { jsonMember } from '../platform/json-member.js';
import { multipartBody } from './multipart-body.js';
import { phaxioStatus } from './phaxio-status.js';
import { attemptOfTag, readPhaxioWebhook } from './phaxio-webhook.js';
import { basicAuthorization, credentialVerdict, jsonOf, sidOf, submissionOutcome } from './provider-answer.js';
import { describeAdapter, type Connection } from './provider-configuration.js';
import { providerExchange, type Exchange } from './provider-exchange.js';
import type { FailureCause, FaxProvider, FindOutcome } from './provider.js';

const name = 'Phaxio';
const officialAddress = new URL('https://api.phaxio.com/v2.1');

/** How long a question may take. */
const patienceMilliseconds = 20_000;
const pollAfterSeconds = 30;

/** Clocks differ by less. */
const clockTolerance = 120_000;

const secret = z.string('must be a text').check(z.regex(/^[!-~]{1,256}$/, 'must be printable characters'));
const configurationSchema = z.strictObject({
  api_key: secret,
  api_secret: secret,
  callback_token: secret,
  caller_id: z.optional(z.string('must be a text').check(z.regex(/^\+\d{6,20}$/, 'must be + and 6 to 20 digits'))),
  header_text: z.optional(z.string('must be a text').check(z.maxLength(50, 'must be at most 50 characters'))),
});
type Configuration = z.output<typeof configurationSchema>;

export function phaxio({ api_key, api_secret, callback_token, caller_id, header_text }: Configuration, { endpoint }: Connection): FaxProvider {
  const base = (endpoint ?? officialAddress).href.replace(/\/$/, '');
  const headers = { authorization: basicAuthorization(api_key, api_secret), accept: 'application/json' };
  const ask = (method: 'GET' | 'POST', path: string): Promise<Exchange> =>
    providerExchange({ method, url: new URL(`${base}${path}`), headers, signal: AbortSignal.timeout(patienceMilliseconds) });

  return {
    id: 'phaxio',

    async send({ attemptId, to, document, callbackUrl, signal, now }) {
      const fields: readonly (readonly [string, string])[] = [
        ['to', to],
        ['tag[attempt]', attemptId],
        ...(callbackUrl === undefined ? [] : [['callback_url', callbackUrl.href] as const]),
        ...(caller_id === undefined ? [] : [['caller_id', caller_id] as const]),
        ...(header_text === undefined ? [] : [['header_text', header_text] as const]),
      ];
      const body = multipartBody(fields, { name: 'file', fileName: 'fax.pdf', type: 'application/pdf', document });
      const exchange = await providerExchange({ method: 'POST', url: new URL(`${base}/faxes`), headers, body, signal });
      return submissionOutcome(exchange, { name, pollAfterSeconds, accepted: acceptedFax, refused: refusalOf, now });
    },

    async status(providerSid) {
      const exchange = await ask('GET', `/faxes/${encodeURIComponent(providerSid)}`);
      const fax = exchange.kind === 'answer' && exchange.status === 200 ? jsonMember(jsonOf(exchange), 'data') : undefined;
      if (sidOf(jsonMember(fax, 'id')) !== providerSid) throw new Error(exchange.kind === 'answer' ? `${name} answered ${exchange.status} without the fax` : exchange.error);
      return phaxioStatus(fax);
    },

    async cancel(providerSid) {
      const exchange = await ask('POST', `/faxes/${encodeURIComponent(providerSid)}/cancel`);
      if (exchange.kind !== 'answer') return { kind: 'refused', error: exchange.error };
      return exchange.status === 200 && jsonMember(jsonOf(exchange), 'success') === true
        ? { kind: 'requested' }
        : { kind: 'refused', error: `${name} answered ${exchange.status}` };
    },

    async find({ attemptId, to, startedAt, until }) {
      const query = new URLSearchParams({
        direction: 'sent',
        phone_number: to,
        created_after: new Date(startedAt - clockTolerance).toISOString(),
        created_before: new Date(until + clockTolerance).toISOString(),
      });
      // By the number and the time, and not by the tag: a fax whose tag was lost would be taken for none.
      const exchange = await ask('GET', `/faxes?${query.toString()}&per_page=1000`);
      if (exchange.kind !== 'answer') return { kind: 'unknown', error: exchange.error };
      return findIn(exchange.status === 200 ? jsonOf(exchange) : undefined, attemptId, exchange.status);
    },

    readWebhook: (request) => readPhaxioWebhook(request, callback_token),

    // It tells the balance, and nothing else of the account.
    validate: async () => credentialVerdict(await ask('GET', '/account/status'), { name, invalid: [401, 403] }),
  };
}

function acceptedFax(body: unknown): string | undefined {
  return jsonMember(body, 'success') === true ? sidOf(jsonMember(jsonMember(body, 'data'), 'id')) : undefined;
}

/** Phaxio documents 401, 404 and 422. Which field a 422 is about stands in its message alone: where that can't be read, it is `other`. */
function refusalOf(status: number, body: unknown): FailureCause | undefined {
  switch (status) {
    case 401:
      return 'credentials';
    case 404:
      return 'other';
    case 422: {
      const message = String(jsonMember(body, 'message'));
      if (/phone number|recipient/i.test(message)) return 'number';
      if (/balance|funds/i.test(message)) return 'funds';
      return /\bfile\b|content/i.test(message) ? 'document' : 'other';
    }
    default:
      return undefined;
  }
}

/** "None" only where the whole list is there, and every fax in it says that it is another one's. */
function findIn(answer: unknown, attemptId: string, status: number): FindOutcome {
  const list = jsonMember(answer, 'data');
  if (jsonMember(answer, 'success') !== true || !Array.isArray(list)) return { kind: 'unknown', error: `${name} answered ${status} without a list` };
  const faxes: readonly unknown[] = list;
  const providerSid = sidOf(jsonMember(faxes.find((fax) => attemptOfTag(fax) === attemptId), 'id'));
  if (providerSid !== undefined) return { kind: 'found', providerSid };
  if (faxes.some((fax) => attemptOfTag(fax) === undefined)) return { kind: 'unknown', error: `${name} lists a fax of that time without a tag` };
  const total = jsonMember(jsonMember(answer, 'paging'), 'total');
  return typeof total === 'number' && total <= faxes.length ? { kind: 'none' } : { kind: 'unknown', error: `${name} does not say that this is the whole list` };
}

export const phaxioAdapter = describeAdapter({
  id: 'phaxio',
  name,
  schema: configurationSchema,
  fields: {
    api_key: { description: 'The API key, in Phaxio’s console under API credentials', secret: true, required: true },
    api_secret: { description: 'The API secret, beside the key', secret: true, required: true },
    callback_token: { description: 'The callback token, under Callbacks: it proves that a report is Phaxio’s', secret: true, required: true },
    caller_id: { description: 'A number of your account’s, with +, that the receiver sees; without it Phaxio chooses', secret: false, required: false },
    header_text: { description: 'At most 50 characters that stand at the top of each page', secret: false, required: false },
  },
  create: phaxio,
});
