/** Is a value a manifest? The shape first, then what a shape can't say; each problem names the way to its field. */
import { fieldProblems, type FieldProblem } from '../platform/field-problems.js';
import { manifestSchema, type Manifest, type ManifestBody, type ManifestRequest } from './manifest-schema.js';
import { isPublicAddress } from './public-address.js';
import { placeholdersOf, type GatewayPlaceholder } from './manifest-template.js';

export type ReadManifest = { readonly kind: 'valid'; readonly manifest: Manifest } | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/** What stands in a template's place, and where that place is. */
interface Place {
  readonly field: string;
  readonly template: string;
  /** The gateway's placeholders that may stand there. */
  readonly may: readonly GatewayPlaceholder[];
  /** A path or a query ends up in somebody's log. */
  readonly secrets: boolean;
}

type Call = 'send' | 'status' | 'cancel' | 'find' | 'validate';

/** What a call knows. */
const known: Readonly<Record<Call, readonly GatewayPlaceholder[]>> = {
  send: ['to', 'to_digits', 'attempt', 'document', 'callback_url', 'document_url'],
  status: ['provider_id'],
  cancel: ['provider_id'],
  find: ['to', 'to_digits', 'attempt', 'started_at', 'until'],
  validate: [],
};

/** Names whose value is a credential: it belongs into a secret. */
const credentialName = /^(?:proxy-)?authorization$|^cookie$|(?:^|[-_])(?:api[-_]?key|key|token|secret|password|passwd)$|apikey$/i;

/** Headers that the gateway writes itself. */
const ownHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type', 'transfer-encoding', 'connection', 'expect', 'upgrade']);

/** @param value parsed JSON, of whoever wrote the manifest */
export function readManifest(value: unknown): ReadManifest {
  const read = manifestSchema.safeParse(value);
  if (!read.success) {
    // A name that is wrong (of a header, of a status) carries its words one level deeper than a value.
    const issues = read.error.issues.map((issue) => (issue.code === 'invalid_key' ? { ...issue, message: issue.issues[0]?.message ?? issue.message } : issue));
    return { kind: 'invalid', problems: fieldProblems(issues).map(ofManifest) };
  }
  const problems = problemsOf(read.data);
  return problems.length === 0 ? { kind: 'valid', manifest: read.data } : { kind: 'invalid', problems };
}

function ofManifest({ field, message }: FieldProblem): FieldProblem {
  if (message === 'is not a field of this operation') return { field, message: 'is not a field of a manifest' };
  return { field: field === 'body' ? 'manifest' : field, message: message === 'Invalid input' ? 'is missing or of the wrong kind' : message };
}

function problemsOf(manifest: Manifest): FieldProblem[] {
  const calls = requestsOf(manifest);
  return [
    ...hostProblems(manifest),
    ...Object.keys(manifest.settings ?? {}).flatMap((name) => (Object.hasOwn(manifest.secrets ?? {}, name) ? [{ field: `settings.${name}`, message: 'there is a secret of that name' }] : [])),
    ...placesOf(manifest, calls).flatMap((place) => placeProblems(place, manifest)),
    ...calls.flatMap(([call, request]) => requestProblems(`${call}.request`, request)),
    ...sendProblems(manifest.send.request),
    ...(calls.some(([call]) => call === 'status') || manifest.webhook !== undefined ? [] : [{ field: 'status', message: 'is missing, and there is no webhook: nobody would ever know how a fax ended' }]),
    ...(manifest.status !== undefined && !uses(manifest.status.request, 'provider_id') ? [{ field: 'status.request', message: 'must name the fax by {{provider_id}}' }] : []),
    ...(manifest.cancel !== undefined && !uses(manifest.cancel.request, 'provider_id') ? [{ field: 'cancel.request', message: 'must name the fax by {{provider_id}}' }] : []),
    ...reasonProblems(manifest),
  ];
}

function requestsOf(manifest: Manifest): [Call, ManifestRequest][] {
  const calls: readonly Call[] = ['send', 'status', 'cancel', 'find', 'validate'];
  return calls.flatMap((call) => {
    const request = manifest[call]?.request;
    return request === undefined ? [] : [[call, request]];
  });
}

function hostProblems({ hosts }: Manifest): FieldProblem[] {
  return hosts.flatMap((host, index) => {
    const name = host.replace(/:\d+$/, '');
    // A name is checked again with each request, by the addresses that it has then.
    const fixed = /^[\d.]+$/.test(name) ? isPublicAddress(name) : /\.[a-z]/.test(name) && !/\.(?:local|localhost|internal|home\.arpa)$/.test(name);
    return fixed ? [] : [{ field: `hosts.${index}`, message: 'must be a host of the public internet' }];
  });
}

function placesOf(manifest: Manifest, calls: readonly [Call, ManifestRequest][]): Place[] {
  const { authorization } = manifest;
  const anywhere: Place[] = [{ field: 'baseUrl', template: manifest.baseUrl, may: [], secrets: false }];
  if (authorization?.kind === 'basic') {
    anywhere.push({ field: 'authorization.user', template: authorization.user, may: [], secrets: true }, { field: 'authorization.password', template: authorization.password, may: [], secrets: true });
  }
  if (authorization?.kind === 'bearer') anywhere.push({ field: 'authorization.token', template: authorization.token, may: [], secrets: true });
  return [
    ...anywhere,
    ...calls.flatMap(([call, request]): Place[] => {
      const at = `${call}.request`;
      const listed = (part: string, of: Readonly<Record<string, string>> | undefined, place: Pick<Place, 'may' | 'secrets'>) =>
        Object.entries(of ?? {}).map(([name, template]) => ({ field: `${at}.${part}.${name}`, template, ...place }));
      return [
        { field: `${at}.path`, template: request.path, may: known[call].filter((name) => name === 'provider_id' || name === 'attempt'), secrets: false },
        ...listed('query', request.query, { may: known[call].filter((name) => !['document', 'document_url', 'callback_url'].includes(name)), secrets: false }),
        ...listed('headers', request.headers, { may: known[call].filter((name) => name === 'attempt'), secrets: true }),
        ...Object.entries(bodyTexts(request.body)).map(([name, template]) => ({ field: `${at}.body.${name}`, template, may: known[call], secrets: true })),
      ];
    }),
  ];
}

/** Each text of a body, by the way to it. */
function bodyTexts(body: ManifestBody | undefined): Record<string, string> {
  if (body === undefined) return {};
  if (body.kind !== 'json') return Object.fromEntries(Object.entries(body.fields).map(([name, template]) => [`fields.${name}`, template]));
  const texts: [string, string][] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') texts.push([path, value]);
    else if (typeof value === 'object' && value !== null) for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
  };
  walk(body.value, 'value');
  return Object.fromEntries(texts);
}

function placeProblems({ field, template, may, secrets }: Place, manifest: Manifest): FieldProblem[] {
  const used = placeholdersOf(template);
  const problems = used.flatMap((one): FieldProblem[] => {
    switch (one.kind) {
      case 'unknown':
        return [{ field, message: one.text === undefined ? 'holds braces that are no placeholder' : `{{${one.text}}} is no placeholder` }];
      case 'gateway':
        return may.includes(one.name) ? [] : [{ field, message: `{{${one.name}}} can’t stand here` }];
      case 'secret':
        if (!secrets) return [{ field, message: 'a secret can’t stand here: addresses end up in logs' }];
        return Object.hasOwn(manifest.secrets ?? {}, one.name) ? [] : [{ field, message: `there is no ${one.name} in secrets` }];
      case 'setting':
        return Object.hasOwn(manifest.settings ?? {}, one.name) ? [] : [{ field, message: `there is no ${one.name} in settings` }];
    }
  });
  const name = field.split('.').at(-1) ?? '';
  const inline = secrets && (credentialName.test(name) || field === 'authorization.password') && !used.some(({ kind }) => kind === 'secret');
  return inline ? [...problems, { field, message: 'a credential must come from {{secret.NAME}}, never stand in the manifest' }] : problems;
}

function requestProblems(field: string, { method, headers, body }: ManifestRequest): FieldProblem[] {
  const documents = Object.entries(bodyTexts(body)).filter(([, template]) => template.includes('{{document}}'));
  return [
    ...Object.keys(headers ?? {}).flatMap((name) => (ownHeaders.has(name.toLowerCase()) ? [{ field: `${field}.headers.${name}`, message: 'the gateway writes this header itself' }] : [])),
    ...(method === 'GET' && body !== undefined ? [{ field: `${field}.body`, message: 'a GET has no body' }] : []),
    ...documents.flatMap(([name, template]) => (template === '{{document}}' ? [] : [{ field: `${field}.body.${name}`, message: '{{document}} must be the whole value' }])),
    ...(documents.length === 0 && body?.kind === 'multipart' ? [{ field: `${field}.body.kind`, message: 'multipart carries {{document}}: without it, use form or json' }] : []),
    ...(documents.length > 0 && body?.kind === 'form' ? [{ field: `${field}.body.kind`, message: 'a form can’t carry {{document}}: use multipart or json' }] : []),
  ];
}

function sendProblems(request: ManifestRequest): FieldProblem[] {
  const documents = Object.values(bodyTexts(request.body)).filter((template) => template.includes('{{document}}')).length;
  const addresses = uses(request, 'document_url') ? 1 : 0;
  return [
    ...(request.method === 'GET' ? [{ field: 'send.request.method', message: 'a fax is not sent with GET' }] : []),
    ...(uses(request, 'to') || uses(request, 'to_digits') ? [] : [{ field: 'send.request.body', message: 'must hold {{to}} or {{to_digits}}' }]),
    ...(documents + addresses === 1 ? [] : [{ field: 'send.request.body', message: 'must hold {{document}} or {{document_url}}, once' }]),
  ];
}

function reasonProblems({ statuses, reasons, status, webhook }: Manifest): FieldProblem[] {
  const words = Object.entries(statuses).filter(([, canonical]) => canonical === 'by_reason');
  if (words.length === 0) return [];
  const told = reasons !== undefined && [status, webhook].some((report) => report?.reason !== undefined);
  return told ? [] : words.map(([word]) => ({ field: `statuses.${word}`, message: 'by_reason needs reasons, and a pointer named reason' }));
}

function uses({ path, query, body }: ManifestRequest, name: GatewayPlaceholder): boolean {
  return [path, ...Object.values(query ?? {}), ...Object.values(bodyTexts(body))].some((template) => template.includes(`{{${name}}}`));
}
