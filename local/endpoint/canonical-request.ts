/**
 * The canonical request of Signature Version 4, from a request as it came over the wire. Pure.
 * The signers on npm only sign; a check needs exactly the headers that the client signed, and the path as it was sent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
import { createHash } from 'node:crypto';

export interface CanonicalParts {
  readonly method: string;
  /** As sent, percent-encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** S3 encodes a path once and leaves dots alone; all others normalize it and encode it twice. */
  readonly service: string;
  /** A presigned URL's own signature is no part of what it signs. */
  readonly presigned: boolean;
}

/** The hex SHA-256 of the canonical request. */
export function canonicalRequestHash(parts: CanonicalParts): string {
  const headers = parts.signedHeaders
    .map((name) => `${name}:${(parts.headers[name] ?? '').trim().replace(/ {2,}/g, ' ')}\n`)
    .join('');
  const canonical = [
    parts.method,
    canonicalPath(parts.path, parts.service),
    canonicalQuery(parts.rawQuery, parts.presigned),
    headers,
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
  // Node hands out header bytes as latin1; what was signed are those bytes.
  return createHash('sha256').update(canonical, 'latin1').digest('hex');
}

const plainPath = /^[A-Za-z0-9\-._~/]*$/;

function canonicalPath(path: string, service: string): string {
  if (service === 's3') return plainPath.test(path) ? path : path.split('/').map((segment) => encode(decode(segment))).join('/');
  const normalized = path.includes('//') || path.includes('/.') ? normalize(path) : path;
  return plainPath.test(normalized) ? normalized : normalized.split('/').map(encode).join('/');
}

function normalize(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(rawQuery: string, presigned: boolean): string {
  if (rawQuery === '') return '';
  return rawQuery
    .split('&')
    .filter((part) => part !== '' && !(presigned && part.startsWith('X-Amz-Signature=')))
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [encode(decodeQuery(name)), encode(decodeQuery(value))] as const;
    })
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** RFC 3986: everything but the unreserved characters. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function decodeQuery(value: string): string {
  return decode(value.replaceAll('+', ' '));
}
