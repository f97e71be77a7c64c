/** A request of a manifest with its values put in: where it goes, and what it carries. */
import { Readable } from 'node:stream';
import type { Manifest, ManifestBody, ManifestRequest } from './manifest-schema.js';
import { fill, type Values } from './manifest-template.js';

export interface Document {
  readonly stream: Readable;
  readonly bytes: number;
}

export type Parts =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string }
  | { readonly kind: 'multipart'; readonly fields: readonly (readonly [string, string])[]; readonly file: string | undefined }
  /** JSON with the document as base64 in it. */
  | { readonly kind: 'json_document'; readonly before: string; readonly after: string };

export interface FilledRequest {
  readonly method: ManifestRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Parts;
}

export type Filled = { readonly kind: 'request'; readonly request: FilledRequest } | { readonly kind: 'impossible'; readonly error: string };

/** Stands for the document in JSON that is written before the document is read. */
const documentMark = '\u0000document\u0000';

/**
 * @param values of every placeholder that this call knows; a field whose placeholder has none is left out
 * @param origin in place of the manifest's own (a region's endpoint, a simulator)
 */
export function fillRequest(manifest: Manifest, request: ManifestRequest, values: Values, origin: string | undefined): Filled {
  const base = origin ?? fill(manifest.baseUrl, values);
  const path = fill(request.path, values, encodeURIComponent);
  if (base === undefined || path === undefined) return impossible('The address of the request has a part without a value');
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || (origin === undefined && !isListed(url, manifest.hosts))) return impossible('The host of the request is not one of the manifest’s hosts');
  // A path that a value leads out of (`..`) is not the path of the manifest.
  if (path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return impossible('The path of the request leads elsewhere');
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of filledFields(request.query ?? {}, values)) url.searchParams.append(name, value);
  const headers = Object.fromEntries([...filledFields(request.headers ?? {}, values), ...authorizationOf(manifest, values)]);
  if (Object.values(headers).some((value) => !/^[\t\x20-\x7e]*$/.test(value))) return impossible('A header’s value holds characters that no header may hold');
  return { kind: 'request', request: { method: request.method, url, headers, parts: partsOf(request.body, values) } };
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
  const pair = `${fill(authorization.user, values) ?? ''}:${fill(authorization.password, values) ?? ''}`;
  return [['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]];
}

function filledFields(fields: Readonly<Record<string, string>>, values: Values): [string, string][] {
  return Object.entries(fields).flatMap(([name, template]): [string, string][] => {
    const value = fill(template, values);
    return value === undefined ? [] : [[name, value]];
  });
}

function partsOf(body: ManifestBody | undefined, values: Values): Parts {
  switch (body?.kind) {
    case undefined:
      return { kind: 'none' };
    case 'multipart': {
      const [file] = Object.entries(body.fields).find(([, template]) => template === '{{document}}') ?? [];
      const fields = Object.fromEntries(Object.entries(body.fields).filter(([name]) => name !== file));
      return { kind: 'multipart', fields: filledFields(fields, values), file };
    }
    case 'form':
      return { kind: 'text', contentType: 'application/x-www-form-urlencoded', text: new URLSearchParams(filledFields(body.fields, values)).toString() };
    case 'json': {
      const text = JSON.stringify(filledJson(body.value, { ...values, document: documentMark }));
      const [before = '', after] = text.split(JSON.stringify(documentMark).slice(1, -1));
      return after === undefined ? { kind: 'text', contentType: 'application/json', text } : { kind: 'json_document', before, after };
    }
  }
}

function filledJson(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((inner: unknown) => filledJson(inner, values)).filter((inner) => inner !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filledJson(inner, values)]));
}

/** How many bytes base64 makes of so many. */
export function base64Bytes(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** The document as base64 between two texts, never whole in memory. */
export function jsonDocument(before: string, document: Readable, after: string): Readable {
  return Readable.from(encoded(before, document, after));
}

async function* encoded(before: string, document: AsyncIterable<Buffer | string>, after: string): AsyncGenerator<Buffer> {
  yield Buffer.from(before);
  let rest = Buffer.alloc(0);
  for await (const chunk of document) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.subarray(0, whole).toString('base64'));
  }
  yield Buffer.from(rest.toString('base64') + after);
}
