/** A request of a manifest with its values put in: where it goes, and what it carries. */
import { formBody } from './form-body.js';
import { multipartBody } from './multipart-body.js';
import { basicAuthorization } from './provider-answer.js';
import type { RequestBody } from './provider-exchange.js';
import type { Submission } from './provider.js';
import type { Manifest, ManifestBody, ManifestRequest } from './manifest-schema.js';
import { fill, type Values } from './manifest-template.js';

export interface FilledRequest {
  readonly method: ManifestRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}

export type Filled = { readonly kind: 'request'; readonly request: FilledRequest } | { readonly kind: 'impossible'; readonly error: string };

/** Stands for the document in JSON that is written before the document is read. */
const documentMark = '\u0000document\u0000';

/**
 * @param values of every placeholder that this call knows; a field whose placeholder has none is left out
 * @param endpoint in place of the manifest's own (a region's, a simulator's)
 * @param document where the call carries one
 */
export function fillRequest(manifest: Manifest, request: ManifestRequest, values: Values, endpoint: URL | undefined, document?: Submission['document']): Filled {
  const base = endpoint?.href ?? fill(manifest.baseUrl, values);
  const path = fill(request.path, values, encodeURIComponent);
  if (base === undefined || path === undefined) return impossible('The address of the request has a part without a value');
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || (endpoint === undefined && !isListed(url, manifest.hosts))) return impossible('The host of the request is not one of the manifest’s hosts');
  // A path that a value leads out of (`..`) is not the path of the manifest.
  if (path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return impossible('The path of the request leads elsewhere');
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of filledFields(request.query ?? {}, values)) url.searchParams.append(name, value);
  const headers = Object.fromEntries([...filledFields(request.headers ?? {}, values), ...authorizationOf(manifest, values)]);
  if (Object.values(headers).some((value) => !/^[\t\x20-\x7e]*$/.test(value))) return impossible('A header’s value holds characters that no header may hold');
  return { kind: 'request', request: { method: request.method, url, headers, ...bodyOf(request.body, values, document) } };
}

function impossible(error: string): Filled {
  return { kind: 'impossible', error };
}

function isListed(url: URL, hosts: readonly string[]): boolean {
  return url.protocol === 'https:' && url.username === '' && url.password === '' && url.pathname === '/' && hosts.includes(url.host);
}

function authorizationOf({ authorization }: Manifest, values: Values): [string, string][] {
  if (authorization === undefined) return [];
  if (authorization.kind === 'bearer') return [['authorization', `Bearer ${fill(authorization.token, values) ?? ''}`]];
  return [['authorization', basicAuthorization(fill(authorization.user, values) ?? '', fill(authorization.password, values) ?? '')]];
}

function filledFields(fields: Readonly<Record<string, string>>, values: Values): [string, string][] {
  return Object.entries(fields).flatMap(([name, template]): [string, string][] => {
    const value = fill(template, values);
    return value === undefined ? [] : [[name, value]];
  });
}

function bodyOf(body: ManifestBody | undefined, values: Values, document: Submission['document'] | undefined): { readonly body?: RequestBody } {
  switch (body?.kind) {
    case undefined:
      return {};
    case 'multipart': {
      const isDocument = (template: string) => template === '{{document}}';
      const [name] = Object.entries(body.fields).find(([, template]) => isDocument(template)) ?? [];
      if (name === undefined || document === undefined) return {};
      const fields = filledFields(Object.fromEntries(Object.entries(body.fields).filter(([, template]) => !isDocument(template))), values);
      return { body: multipartBody(fields, { name, fileName: 'fax.pdf', type: 'application/pdf', document }) };
    }
    case 'form':
      return { body: formBody(filledFields(body.fields, values)) };
    case 'json': {
      const text = JSON.stringify(filledJson(body.value, { ...values, document: documentMark }));
      const [before = '', after] = text.split(JSON.stringify(documentMark).slice(1, -1));
      const [head, tail] = [Buffer.from(before), Buffer.from(after ?? '')];
      if (after === undefined || document === undefined) return { body: { type: 'application/json', bytes: head.length, chunks: [head] } };
      return { body: { type: 'application/json', bytes: head.length + 4 * Math.ceil(document.bytes / 3) + tail.length, chunks: encoded(head, document.stream, tail) } };
    }
  }
}

function filledJson(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((inner: unknown) => filledJson(inner, values)).filter((inner) => inner !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filledJson(inner, values)]));
}

/** The document as base64 between two texts, never whole in memory. */
async function* encoded(head: Buffer, document: AsyncIterable<Buffer>, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of document) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.subarray(0, whole).toString('base64'));
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'));
  yield tail;
}
