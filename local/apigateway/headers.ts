/**
 * What API Gateway does to headers between the client and a function.
 * The table: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */

const droppedFromRequest = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
  'x-http-method-override',
]);

/** Names that AWS writes in one way, whatever the client sent. */
const fixedCase = new Map([
  ['authorization', 'Authorization'],
  ['host', 'Host'],
  ['user-agent', 'User-Agent'],
  ['x-amzn-trace-id', 'X-Amzn-Trace-Id'],
  ['x-forwarded-for', 'X-Forwarded-For'],
  ['x-forwarded-port', 'X-Forwarded-Port'],
  ['x-forwarded-proto', 'X-Forwarded-Proto'],
]);

const droppedFromResponse = new Set([
  'expect',
  'host',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

// Content-Length is not in AWS's table, yet a function's own comes back remapped; the real one counts the real body.
const remappedInResponse = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'max-forwards',
  'server',
  'user-agent',
  'www-authenticate',
]);

export interface ForwardedHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
}

/** The total size of all header values that AWS takes, in bytes. */
export const headerValuesLimit = 10_240;

export function headerValuesSize(rawHeaders: readonly string[]): number {
  let size = 0;
  for (let index = 1; index < rawHeaders.length; index += 2) size += rawHeaders[index]?.length ?? 0;
  return size;
}

/** Headers by lower-case name; the last of equal names. */
export function byLowerCaseName(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    found.set((rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '');
  return found;
}

/**
 * The headers that functions see. `added` (X-Forwarded-*, X-Amzn-Trace-Id, in their final case) replace the client's.
 */
export function forwardedHeaders(rawHeaders: readonly string[], added: Readonly<Record<string, string>>): ForwardedHeaders {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const lowerCase = sent.toLowerCase();
    const name = fixedCase.get(lowerCase) ?? sent;
    if (droppedFromRequest.has(lowerCase) || Object.hasOwn(added, name)) continue;
    if (lowerCase === 'authorization' && value.startsWith('AWS4-HMAC-SHA256')) continue;
    set(headers, name, value);
    const values = Object.hasOwn(multiValueHeaders, name) ? multiValueHeaders[name] : undefined;
    if (values === undefined) set(multiValueHeaders, name, [value]);
    else values.push(value);
  }
  for (const [name, value] of Object.entries(added)) {
    headers[name] = value;
    multiValueHeaders[name] = [value];
  }
  return { headers, multiValueHeaders };
}

/** A function's response header as the client gets it: the name, perhaps remapped, or undefined where AWS drops it. */
export function responseHeaderName(name: string): string | undefined {
  const lowerCase = name.toLowerCase();
  if (droppedFromResponse.has(lowerCase)) return undefined;
  return remappedInResponse.has(lowerCase) ? `x-amzn-Remapped-${name}` : name;
}

/** Assigns also where the name is `__proto__`, which a client may well send. */
function set<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  else record[name] = value;
}
