/** SignalWire's Compatibility API. https://signalwire.com/docs/compatibility-api/rest/faxes/send-fax */
import * as z from 'zod/mini';
import { jsonMember } from '../platform/json-member.js';
import { formBody } from './form-body.js';
import { basicAuthorization, credentialVerdict, jsonOf, sidOf, submissionOutcome } from './provider-answer.js';
import { describeAdapter, type Connection } from './provider-configuration.js';
import { providerExchange, type Exchange, type RequestBody } from './provider-exchange.js';
import type { Cost, FailureCause, FaxProvider, FindOutcome, FindQuery, ProviderStatus } from './provider.js';
import { signalWirePollSeconds, signalWireStatus } from './signalwire-status.js';
import { readSignalWireWebhook } from './signalwire-webhook.js';

const name = 'SignalWire';

/** How long a question may take. */
const patienceMilliseconds = 20_000;

/** Clocks differ by less. */
const clockTolerance = 120_000;
const day = 86_400_000;

const printable = z.string('must be a text').check(z.regex(/^[!-~]{1,256}$/, 'must be printable characters'));
const configurationSchema = z.strictObject({
  space: z.string('must be a text').check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name before .signalwire.com, in lower case')),
  project_id: z.string('must be a text').check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the id of a project')),
  api_token: printable,
  signing_key: printable,
  from: z.string('must be a text').check(z.regex(/^\+\d{6,20}$/, 'must be + and 6 to 20 digits')),
});
type Configuration = z.output<typeof configurationSchema>;

/** SignalWire fetches the document by its address, and keeps no tag of a fax: the attempt stands in the callback's address alone. */
export function signalWire({ space, project_id, api_token, signing_key, from }: Configuration, { endpoint }: Connection): FaxProvider {
  const base = (endpoint ?? new URL(`https://${space}.signalwire.com`)).href.replace(/\/$/, '');
  const faxes = `${base}/api/laml/2010-04-01/Accounts/${project_id}/Faxes`;
  const headers = { authorization: basicAuthorization(project_id, api_token), accept: 'application/json' };
  const ask = (method: 'GET' | 'POST', address: string, body?: RequestBody): Promise<Exchange> =>
    providerExchange({ method, url: new URL(address), headers, ...(body === undefined ? {} : { body }), signal: AbortSignal.timeout(patienceMilliseconds) });

  return {
    id: 'signalwire',

    async send({ to, document, documentUrl, callbackUrl, signal, now }) {
      // It is fetched by its address instead.
      document.stream.destroy();
      const body = formBody([
        ['To', to],
        ['From', from],
        ['MediaUrl', documentUrl().href],
        ...(callbackUrl === undefined ? [] : [['StatusCallback', callbackUrl.href] as const]),
      ]);
      const exchange = await providerExchange({ method: 'POST', url: new URL(faxes), headers, body, signal });
      return submissionOutcome(exchange, { name, pollAfterSeconds: signalWirePollSeconds, accepted: (answer) => sidOf(jsonMember(answer, 'sid')), refused: refusalOf, now });
    },

    async status(providerSid) {
      const exchange = await ask('GET', `${faxes}/${encodeURIComponent(providerSid)}`);
      const fax = exchange.kind === 'answer' && exchange.status === 200 ? jsonOf(exchange) : undefined;
      const reported = jsonMember(fax, 'sid') === providerSid ? statusOf(fax) : undefined;
      if (reported === undefined) throw new Error(exchange.kind === 'answer' ? `${name} answered ${exchange.status} without the fax` : exchange.error);
      return reported;
    },

    async cancel(providerSid) {
      const exchange = await ask('POST', `${faxes}/${encodeURIComponent(providerSid)}`, formBody([['Status', 'canceled']]));
      if (exchange.kind !== 'answer') return { kind: 'refused', error: exchange.error };
      return exchange.status >= 200 && exchange.status < 300 ? { kind: 'requested' } : { kind: 'refused', error: `${name} answered ${exchange.status}` };
    },

    async find(query) {
      // The filter goes by days in SignalWire's examples; the exact time is compared here.
      const after = new Date(query.startedAt - day).toISOString().slice(0, 10);
      const exchange = await ask('GET', `${faxes}?${new URLSearchParams({ To: query.to, DateCreatedAfter: after, PageSize: '1000' }).toString()}`);
      if (exchange.kind !== 'answer') return { kind: 'unknown', error: exchange.error };
      const answer = exchange.status === 200 ? jsonOf(exchange) : undefined;
      const list = jsonMember(answer, 'faxes');
      if (!Array.isArray(list)) return { kind: 'unknown', error: `${name} answered ${exchange.status} without a list` };
      return typeof jsonMember(answer, 'next_page_uri') === 'string' ? { kind: 'unknown', error: `${name} lists more than can be read` } : findIn(list, query);
    },

    readWebhook: (request) => readSignalWireWebhook(request, signing_key),

    // A listing of one: the token needs the right to fax for it.
    validate: async () => credentialVerdict(await ask('GET', `${faxes}?PageSize=1`), { name, invalid: [401, 403, 404] }),
  };
}

/** SignalWire's documentation names no body of a refusal that tells the parameters apart, so a 400 or 422 is `other`. */
function refusalOf(status: number): FailureCause | undefined {
  switch (status) {
    case 400:
    case 422:
      return 'other';
    case 401:
    case 403:
    case 404:
      return 'credentials';
    case 402:
      return 'funds';
    default:
      return undefined;
  }
}

function statusOf(fax: unknown): ProviderStatus | undefined {
  const [status, message, pages] = [jsonMember(fax, 'status'), jsonMember(fax, 'error_message'), jsonMember(fax, 'num_pages')];
  if (typeof status !== 'string') return undefined;
  const counted = typeof pages === 'number' || typeof pages === 'string' ? String(pages) : '';
  return signalWireStatus({
    status,
    errorMessage: typeof message === 'string' ? message : undefined,
    pages: /^\d{1,6}$/.test(counted) ? Number(counted) : undefined,
    cost: costOf(jsonMember(fax, 'price'), jsonMember(fax, 'price_unit')),
  });
}

function costOf(price: unknown, currency: unknown): Cost | undefined {
  const amount = typeof price === 'number' ? String(price) : price;
  if (typeof amount !== 'string' || typeof currency !== 'string') return undefined;
  return /^\d{1,9}(?:\.\d{1,9})?$/.test(amount) && /^[A-Z]{3}$/.test(currency) ? { amount, currency } : undefined;
}

/** A fax says nothing of its attempt: none at that time is none, but one is not yet this one. A callback or a person tells. */
function findIn(faxes: readonly unknown[], { startedAt, until }: FindQuery): FindOutcome {
  const near = faxes.filter((fax) => {
    const created = Date.parse(String(jsonMember(fax, 'date_created')));
    return jsonMember(fax, 'direction') !== 'inbound' && !(created < startedAt - clockTolerance || created > until + clockTolerance);
  });
  return near.length === 0 ? { kind: 'none' } : { kind: 'unknown', error: `${name} lists ${near.length} to that number at that time, and tells no attempt` };
}

export const signalWireAdapter = describeAdapter({
  id: 'signalwire',
  name,
  schema: configurationSchema,
  fields: {
    space: { description: 'The name of your space: what stands before .signalwire.com', secret: false, required: true },
    project_id: { description: 'The project’s id, in the space under API', secret: false, required: true },
    api_token: { description: 'An API token of that project with the right to fax', secret: true, required: true },
    signing_key: { description: 'The signing key, beside the tokens: it proves that a report is SignalWire’s', secret: true, required: true },
    from: { description: 'A number of that project, with +, that the receiver sees', secret: false, required: true },
  },
  create: signalWire,
});
