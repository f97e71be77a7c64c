/**
 * Reads what a proxied function returned. Every field may be absent, but no other field may stand beside them;
 * anything malformed is AWS's 502.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Answer } from './gateway-responses.js';
import { responseHeaderName } from './headers.js';

export type ProxyResponse =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Not the format; says what is wrong with it. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** isBase64Encoded, the client accepts binary, and the body is no base64. */
  | { readonly kind: 'not-base64' };

const fields = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

class Malformed extends Error {}

/** @param acceptsBinary whether the first media type of the client's Accept is one of the API's binaryMediaTypes */
export function readProxyResponse(payload: string, acceptsBinary: boolean): ProxyResponse {
  try {
    const response = parse(payload);
    const status = statusCode(response['statusCode']);
    const headers = mergedHeaders(response);
    const body = response['body'] ?? '';
    if (typeof body !== 'string') throw new Malformed('body is not a string');
    const encoded = response['isBase64Encoded'] ?? false;
    if (typeof encoded !== 'boolean') throw new Malformed('isBase64Encoded is not true or false');
    if (!encoded || !acceptsBinary) return { kind: 'answer', answer: { status, headers, body } };
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(body)) return { kind: 'not-base64' };
    return { kind: 'answer', answer: { status, headers, body: Buffer.from(body, 'base64') } };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function parse(payload: string): Readonly<Record<string, unknown>> {
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    throw new Malformed('it is not JSON');
  }
  if (!isRecord(response)) throw new Malformed('it is not an object');
  for (const name of Object.keys(response))
    if (!fields.has(name)) throw new Malformed(`it has the unknown field ${JSON.stringify(name)}`);
  return response;
}

function statusCode(value: unknown): number {
  if (value === undefined || value === null) return 200;
  const status = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  // 1xx would not be a final answer in HTTP.
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw new Malformed(`statusCode is ${JSON.stringify(value)}`);
  return status;
}

/** `multiValueHeaders` wins over `headers` for the same name; names are case-sensitive here, as on AWS. */
function mergedHeaders(response: Readonly<Record<string, unknown>>): string[] {
  const single = response['headers'] ?? {};
  const multiple = response['multiValueHeaders'] ?? {};
  if (!isRecord(single) || !isRecord(multiple)) throw new Malformed('headers and multiValueHeaders must be objects');
  const merged: string[] = [];
  const add = (name: string, value: unknown): void => {
    const sent = responseHeaderName(name);
    if (sent === undefined) return;
    merged.push(sent, headerText(sent, value));
  };
  for (const [name, value] of Object.entries(single)) if (!Object.hasOwn(multiple, name)) add(name, value);
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values)) throw new Malformed(`multiValueHeaders.${name} is not a list`);
    for (const value of values) add(name, value);
  }
  const hasType = merged.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type');
  if (!hasType) merged.push('Content-Type', 'application/json');
  return merged;
}

function headerText(name: string, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new Malformed(`the header ${name} is neither text, a number, nor true or false`);
  const text = String(value);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
  } catch {
    throw new Malformed(`the header ${JSON.stringify(name)} has characters that HTTP does not allow`);
  }
  return text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
