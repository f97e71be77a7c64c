/** Sinch Fax API v3. https://developers.sinch.com/docs/fax/api-reference/ */
import * as z from 'zod/mini';
import type { AttemptId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { readMultipartForm } from './multipart-form.js';
import { basicAuthorization, credentialVerdict, jsonOf, sidOf, submissionOutcome } from './provider-answer.js';
import { attemptOfCallback, withCallbackPassword } from './provider-callback-password.js';
import { describeAdapter, type Connection } from './provider-configuration.js';
import { providerExchange, type Exchange } from './provider-exchange.js';
import type { FailureCause, FaxProvider, FindOutcome, FindQuery, WebhookRequest, WebhookVerdict } from './provider.js';
import { sinchBody } from './sinch-body.js';
import { sinchStatus } from './sinch-status.js';

const name = 'Sinch';
const officialAddress = new URL('https://fax.api.sinch.com/v3');

/** How long a question may take. */
const patienceMilliseconds = 20_000;
const pollAfterSeconds = 30;

/** Clocks differ by less. */
const clockTolerance = 120_000;

/** What a listing gives at most. */
const pageSize = 1000;

const identifier = z.string('must be a text').check(z.regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be letters, digits, - and _'));
const configurationSchema = z.strictObject({
  project_id: identifier,
  key_id: identifier,
  key_secret: z.string('must be a text').check(z.regex(/^[!-~]{1,256}$/, 'must be printable characters')),
  from: z.optional(z.string('must be a text').check(z.regex(/^\+\d{6,20}$/, 'must be + and 6 to 20 digits'))),
  header_text: z.optional(z.string('must be a text').check(z.maxLength(50, 'must be at most 50 characters'))),
});
type Configuration = z.output<typeof configurationSchema>;

/** Sinch has no cancel. */
export function sinch({ project_id, key_id, key_secret, from, header_text }: Configuration, { endpoint, callbackKey }: Connection): FaxProvider {
  const faxes = `${(endpoint ?? officialAddress).href.replace(/\/$/, '')}/projects/${project_id}/faxes`;
  const headers = { authorization: basicAuthorization(key_id, key_secret), accept: 'application/json' };
  const ask = (address: string): Promise<Exchange> => providerExchange({ method: 'GET', url: new URL(address), headers, signal: AbortSignal.timeout(patienceMilliseconds) });

  return {
    id: 'sinch',

    async send({ attemptId, to, document, callbackUrl, signal, now }) {
      const body = sinchBody(
        {
          to,
          ...(from === undefined ? {} : { from }),
          ...(header_text === undefined ? {} : { headerText: header_text }),
          // The gateway decides by itself when a number is dialled again.
          maxRetries: 0,
          labels: { attempt: attemptId },
          ...(callbackUrl === undefined ? {} : { callbackUrl: withCallbackPassword(callbackUrl, callbackKey, attemptId).href }),
        },
        document,
      );
      const exchange = await providerExchange({ method: 'POST', url: new URL(faxes), headers, body, signal });
      return submissionOutcome(exchange, { name, pollAfterSeconds, accepted: acceptedFax, refused: refusalOf, now });
    },

    async status(providerSid) {
      const exchange = await ask(`${faxes}/${encodeURIComponent(providerSid)}`);
      const fax = exchange.kind === 'answer' && exchange.status === 200 ? jsonOf(exchange) : undefined;
      if (jsonMember(fax, 'id') !== providerSid) throw new Error(exchange.kind === 'answer' ? `${name} answered ${exchange.status} without the fax` : exchange.error);
      return sinchStatus(fax);
    },

    async find(query) {
      // By number alone, and not by time, whose filter is documented in two ways: without one, the week before is listed.
      const exchange = await ask(`${faxes}?direction=OUTBOUND&to=${encodeURIComponent(query.to)}&pageSize=${pageSize}`);
      if (exchange.kind !== 'answer') return { kind: 'unknown', error: exchange.error };
      const list = exchange.status === 200 ? jsonMember(jsonOf(exchange), 'faxes') : undefined;
      if (!Array.isArray(list)) return { kind: 'unknown', error: `${name} answered ${exchange.status} without a list` };
      return findIn(list, query);
    },

    readWebhook: (request) => readWebhook(request, callbackKey),

    validate: async () => credentialVerdict(await ask(`${faxes}?pageSize=1`), { name, invalid: [401, 403, 404] }),
  };
}

function acceptedFax(body: unknown): string | undefined {
  return sidOf(jsonMember(body, 'id'));
}

/** The refusals that Sinch documents: 400, 401, 402, 404 (of the project) and 422. */
function refusalOf(status: number, body: unknown): FailureCause | undefined {
  switch (status) {
    case 400:
      return 'other';
    case 401:
    case 404:
      return 'credentials';
    case 402:
      return 'funds';
    case 422: {
      const violations = jsonMember(jsonMember(body, 'details'), 'fieldViolations');
      const fields: readonly unknown[] = Array.isArray(violations) ? violations.map((one: unknown) => jsonMember(one, 'field')) : [];
      if (fields.includes('to')) return 'number';
      return fields.some((field) => typeof field === 'string' && /^(?:files?|contentUrl)\b/.test(field)) ? 'document' : 'other';
    }
    default:
      return undefined;
  }
}

/** "None" only where every fax that could be the attempt's says that it is another one's. */
function findIn(faxes: readonly unknown[], { attemptId, startedAt, until }: FindQuery): FindOutcome {
  const labelOf = (fax: unknown): unknown => jsonMember(jsonMember(fax, 'labels'), 'attempt');
  const ours = faxes.find((fax) => labelOf(fax) === attemptId);
  const providerSid = sidOf(jsonMember(ours, 'id'));
  if (providerSid !== undefined) return { kind: 'found', providerSid };
  if (ours !== undefined || faxes.length >= pageSize) return { kind: 'unknown', error: `${name} lists more than can be read` };
  const doubtful = faxes.some((fax) => {
    const created = Date.parse(String(jsonMember(fax, 'createTime')));
    return labelOf(fax) === undefined && !(created < startedAt - clockTolerance || created > until + clockTolerance);
  });
  return doubtful ? { kind: 'unknown', error: `${name} lists a fax of that time without a label` } : { kind: 'none' };
}

/** Sinch signs nothing: the address itself carries a password, and what the report says is only a reason to ask. */
function readWebhook(request: WebhookRequest, callbackKey: string): WebhookVerdict {
  const attemptId: AttemptId | undefined = attemptOfCallback(request, callbackKey);
  if (attemptId === undefined) return { kind: 'refused', reason: 'The password of the callback address is missing or wrong' };
  const { event, fax } = eventOf(request);
  const providerSid = sidOf(jsonMember(fax, 'id'));
  if (event !== 'FAX_COMPLETED' || providerSid === undefined) return { kind: 'ignored' };
  return { kind: 'event', providerSid, attemptId, reported: sinchStatus(fax) };
}

/** As a form with the fax in a part of JSON, which is usual, or as JSON. */
function eventOf({ headers, body }: WebhookRequest): { readonly event: unknown; readonly fax: unknown } {
  const parts = readMultipartForm(headers['content-type'] ?? '', body);
  if (parts === undefined) {
    const event = jsonOf({ text: body.toString('utf8') });
    return { event: jsonMember(event, 'event'), fax: jsonMember(event, 'fax') };
  }
  const text = (part: string): string => parts.find((one) => one.name === part && one.fileName === undefined)?.content.toString('utf8') ?? '';
  return { event: text('event'), fax: jsonOf({ text: text('fax') }) };
}

export const sinchAdapter = describeAdapter({
  id: 'sinch',
  name,
  schema: configurationSchema,
  fields: {
    project_id: { description: 'The project’s id, on the dashboard of Sinch Build under Settings, Projects', secret: false, required: true },
    key_id: { description: 'The id of an access key of that project, under Settings, Access keys', secret: false, required: true },
    key_secret: { description: 'The secret of that access key, which Sinch shows once', secret: true, required: true },
    from: { description: 'A fax number of the project’s, with +, that the receiver sees; without it the service’s own', secret: false, required: false },
    header_text: { description: 'At most 50 characters that stand at the top of each page', secret: false, required: false },
  },
  create: sinch,
});
