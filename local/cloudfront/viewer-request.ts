/** A viewer's request, and how a CloudFront Function sees and changes it (event structure 1.0). Pure. */
import * as z from 'zod';
import { valueOf, type HeaderList } from './headers.js';

export interface ViewerRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, without its question mark; '' for none. */
  readonly query: string;
  readonly headers: HeaderList;
  readonly viewerAddress: string;
}

const value = z.strictObject({ value: z.string(), multiValue: z.array(z.strictObject({ value: z.string() })).optional() });
const values = z.record(z.string(), value);
type Values = z.infer<typeof values>;

const functionRequest = z.strictObject({
  method: z.string(),
  uri: z.string().startsWith('/'),
  querystring: values,
  headers: values,
  cookies: values,
});
type FunctionRequest = z.infer<typeof functionRequest>;

const functionResponse = z.strictObject({
  statusCode: z.int().min(200).max(599),
  statusDescription: z.string().optional(),
  headers: values.default({}),
  body: z.union([z.string(), z.strictObject({ encoding: z.enum(['text', 'base64']), data: z.string() })]).optional(),
});
export type FunctionResponse = z.infer<typeof functionResponse>;

export type FunctionOutcome = { readonly kind: 'request'; readonly request: ViewerRequest } | { readonly kind: 'response'; readonly response: FunctionResponse };

/** The request as a function gets it: names of headers in lower case, cookies apart, nothing decoded. */
export function functionRequestOf({ method, path, query, headers }: ViewerRequest): FunctionRequest {
  return {
    method,
    uri: path,
    querystring: gathered(pairs(query, '&')),
    headers: gathered(headers.filter(([name]) => name.toLowerCase() !== 'cookie').map(([name, text]) => [name.toLowerCase(), text])),
    cookies: gathered(pairs(valueOf(headers, 'cookie') ?? '', ';')),
  };
}

/**
 * What a function made of a request.
 * @throws ZodError, or Error for what a function may not change
 */
export function outcomeOf(returned: unknown, before: ViewerRequest): FunctionOutcome {
  if (typeof returned === 'object' && returned !== null && 'statusCode' in returned) return { kind: 'response', response: functionResponse.parse(returned) };
  const { method, uri, querystring, headers, cookies } = functionRequest.parse(returned);
  const given = functionRequestOf(before);
  if (method !== before.method) throw new Error('a function must not change the method');
  if (headers['host']?.value !== given.headers['host']?.value) throw new Error('a function must not change the header host');
  const list = spread(headers);
  return {
    kind: 'request',
    request: {
      ...before,
      path: uri,
      query: isSame(querystring, given.querystring) ? before.query : joined(querystring, '&'),
      headers: Object.keys(cookies).length === 0 ? list : [...list, ['cookie', isSame(cookies, given.cookies) ? (valueOf(before.headers, 'cookie') ?? '') : joined(cookies, '; ')]],
    },
  };
}

/** A function's values as headers. */
export function spread(found: Values): HeaderList {
  return Object.entries(found).flatMap(([name, { value: only, multiValue }]) => (multiValue ?? [{ value: only }]).map(({ value: text }) => [name, text] as const));
}

function gathered(list: HeaderList): Values {
  const byName = new Map<string, string[]>();
  for (const [name, text] of list) byName.set(name, [...(byName.get(name) ?? []), text]);
  return Object.fromEntries(
    [...byName].map(([name, texts]) => [name, { value: texts[0] ?? '', ...(texts.length > 1 ? { multiValue: texts.map((text) => ({ value: text })) } : {}) }]),
  );
}

function pairs(text: string, separator: string): HeaderList {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals === -1 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
    });
}

function joined(found: Values, separator: string): string {
  return spread(found).map(([name, text]) => `${name}=${text}`).join(separator);
}

function isSame(one: Values, other: Values): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
