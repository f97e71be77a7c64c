/** A provider that is described by a manifest instead of a program (docs/guides/provider-manifest.md). */
import { readManifestWebhook } from './manifest-webhook.js';
import { at, reportOf, textAt } from './manifest-report.js';
import { fillRequest } from './manifest-request.js';
import type { Manifest, ManifestRequest } from './manifest-schema.js';
import type { Values } from './manifest-template.js';
import { jsonOf, sidOf, submissionOutcome } from './provider-answer.js';
import { withCallbackPassword } from './provider-callback-password.js';
import type { Adapter, Connection } from './provider-configuration.js';
import { providerExchange, type Exchange } from './provider-exchange.js';
import type { FaxProvider, FindOutcome, Submission } from './provider.js';
import { mayBeCalled, publicLookup } from './public-lookup.js';

/** How long a question may take. */
const patienceMilliseconds = 20_000;
const usualPollSeconds = 60;

/** Clocks differ by less. */
const clockTolerance = 120_000;

/** The manifest as an adapter: its secrets and settings are the fields that a person fills in. */
export function manifestAdapter(manifest: Manifest): Adapter {
  const { id, name, secrets = {}, settings = {} } = manifest;
  const fields = [
    ...Object.entries(secrets).map(([field, { words }]) => ({ name: field, description: words, secret: true, required: true })),
    ...Object.entries(settings).map(([field, { words }]) => ({ name: field, description: words, secret: false, required: true })),
  ];
  return {
    id,
    name,
    fields,
    create(values, connection) {
      const given: ReadonlyMap<string, unknown> = new Map(typeof values === 'object' && values !== null ? Object.entries(values) : []);
      const problems = [...new Set([...fields.map((field) => field.name), ...given.keys()])].flatMap((field) => {
        const message = problemOf(given.get(field), Object.hasOwn(secrets, field) ? {} : settings[field]);
        return message === undefined ? [] : [{ field, message }];
      });
      if (problems.length > 0) return { problems };
      const configured: Values = Object.fromEntries([...given].flatMap(([field, value]) => (typeof value === 'string' ? [[`${Object.hasOwn(secrets, field) ? 'secret' : 'setting'}.${field}`, value]] : [])));
      return manifestProvider(manifest, configured, connection);
    },
  };
}

function problemOf(value: unknown, field: { readonly choices?: readonly string[] | undefined } | undefined): string | undefined {
  if (field === undefined) return 'is not a field of this provider';
  if (typeof value !== 'string' || !/^[ -~]{1,1024}$/.test(value)) return 'must be 1 to 1024 printable characters';
  return field.choices === undefined || field.choices.includes(value) ? undefined : `must be one of ${field.choices.join(', ')}`;
}

/** @param configured the secrets and settings, by their placeholders */
function manifestProvider(manifest: Manifest, configured: Values, { endpoint, callbackKey }: Connection): FaxProvider {
  const { id, name, send, status, cancel, find, webhook, validate } = manifest;

  /** One request of the manifest. What can't be filled in or must not be called was never connected. */
  const ask = async (request: ManifestRequest, values: Values, signal: AbortSignal, document?: Submission['document']): Promise<Exchange> => {
    const filled = fillRequest(manifest, request, { ...configured, ...values }, endpoint, document);
    if (filled.kind === 'impossible') {
      document?.stream.destroy();
      return { kind: 'not_connected', error: filled.error };
    }
    const { headers, ...rest } = filled.request;
    const call = { ...rest, headers: { accept: 'application/json', ...headers }, signal };
    // Who deploys the stack names the endpoint, and may name one in the stack's own network.
    if (endpoint !== undefined) return providerExchange(call);
    return mayBeCalled(call.url) ? providerExchange({ ...call, lookup: publicLookup }) : { kind: 'not_connected', error: `${call.url.host} is not on the public internet` };
  };
  const question = (request: ManifestRequest, values: Values) => ask(request, values, AbortSignal.timeout(patienceMilliseconds));

  return {
    id,

    async send({ attemptId, to, document, documentUrl, callbackUrl, signal, now }) {
      const wanted = (placeholder: string) => JSON.stringify(send.request).includes(`{{${placeholder}}}`);
      if (!wanted('document')) document.stream.destroy();
      const exchange = await ask(
        send.request,
        {
          ...numberValues(to),
          attempt: attemptId,
          callback_url: callbackUrl === undefined ? undefined : withCallbackPassword(callbackUrl, callbackKey, attemptId).href,
          document_url: wanted('document_url') ? documentUrl().href : undefined,
        },
        signal,
        document,
      );
      return submissionOutcome(exchange, {
        name,
        pollAfterSeconds: status?.pollSeconds ?? usualPollSeconds,
        accepted: (answer) => sidOf(textAt(answer, send.id)),
        refused: (code) => send.refused?.[String(code)],
        now,
      });
    },

    ...(status === undefined
      ? {}
      : {
          async status(providerSid: string) {
            const exchange = await question(status.request, { provider_id: providerSid });
            if (exchange.kind !== 'answer') throw new Error(exchange.error);
            if (exchange.status < 200 || exchange.status >= 300) throw new Error(`${name} answered ${exchange.status}`);
            return reportOf(jsonOf(exchange), status, manifest, status.pollSeconds ?? usualPollSeconds);
          },
        }),

    ...(cancel === undefined
      ? {}
      : {
          async cancel(providerSid: string) {
            const exchange = await question(cancel.request, { provider_id: providerSid });
            if (exchange.kind !== 'answer') return { kind: 'refused' as const, error: exchange.error };
            return exchange.status >= 200 && exchange.status < 300 ? { kind: 'requested' as const } : { kind: 'refused' as const, error: `${name} answered ${exchange.status}` };
          },
        }),

    ...(find === undefined
      ? {}
      : {
          async find({ attemptId, to, startedAt, until }) {
            const times = { started_at: new Date(startedAt - clockTolerance).toISOString(), until: new Date(until + clockTolerance).toISOString() };
            const exchange = await question(find.request, { ...numberValues(to), attempt: attemptId, ...times });
            if (exchange.kind !== 'answer') return { kind: 'unknown', error: exchange.error };
            const items = exchange.status >= 200 && exchange.status < 300 ? at(jsonOf(exchange), find.items) : undefined;
            return Array.isArray(items) ? findIn(items, attemptId, find, name) : { kind: 'unknown', error: `${name} answered ${exchange.status} without a list` };
          },
        }),

    ...(webhook === undefined ? {} : { readWebhook: (request) => readManifestWebhook(request, webhook, manifest, callbackKey) }),

    async validate() {
      if (validate === undefined) return { kind: 'unreachable', error: 'The manifest names no request that tells whether the credentials are right' };
      const exchange = await question(validate.request, {});
      if (exchange.kind !== 'answer') return { kind: 'unreachable', error: exchange.error };
      const error = `${name} answered ${exchange.status}`;
      if (exchange.status === 401 || exchange.status === 403) return { kind: 'invalid', error };
      const right = validate.valid?.includes(exchange.status) ?? (exchange.status >= 200 && exchange.status < 300);
      return right ? { kind: 'valid' } : { kind: 'unreachable', error };
    },
  } satisfies FaxProvider;
}

function numberValues(to: string): Values {
  return { to, to_digits: to.slice(1) };
}

/** "None" only where the whole list is there, and every fax in it says that it is another attempt's. */
function findIn(items: readonly unknown[], attemptId: string, { id, attempt, pageSize }: NonNullable<Manifest['find']>, name: string): FindOutcome {
  const ours = items.find((item) => textAt(item, attempt) === attemptId);
  const providerSid = sidOf(textAt(ours, id));
  if (providerSid !== undefined) return { kind: 'found', providerSid };
  if (ours !== undefined || items.some((item) => textAt(item, attempt) === undefined)) return { kind: 'unknown', error: `${name} lists a fax that names no attempt` };
  return items.length < pageSize ? { kind: 'none' } : { kind: 'unknown', error: `${name} lists more than can be read` };
}
