/**
 * A bucket's CORS rules: which preflight passes and which headers an answer gets. Pure.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
import { AwsError } from '../cloud/service.js';

export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

type Headers = Readonly<Record<string, string>>;

/**
 * The headers that answer a preflight.
 * @throws AwsError AccessForbidden, BadRequest
 */
export function preflightHeaders(rules: readonly CorsRule[], headers: Headers): Record<string, string> {
  const { origin } = headers;
  const method = headers['access-control-request-method'];
  if (origin === undefined || method === undefined)
    throw new AwsError('BadRequest', 'Insufficient information. Origin request header needed.', 400);
  if (rules.length === 0)
    throw new AwsError('AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.', 403);
  const requested = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = rules.find(
    (candidate) =>
      allows(candidate, origin, method) &&
      requested.every((name) => candidate.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (rule === undefined)
    throw new AwsError(
      'AccessForbidden',
      'CORSResponse: This CORS request is not allowed: no rule of the bucket has this origin, method and these headers.',
      403,
    );
  return {
    ...ruleHeaders(rule, origin),
    ...(requested.length > 0 ? { 'access-control-allow-headers': requested.join(', ') } : {}),
  };
}

/** The headers that an actual answer gets; none where the request is not from a page or no rule fits. */
export function corsHeaders(rules: readonly CorsRule[], method: string, headers: Headers): Record<string, string> {
  const { origin } = headers;
  const rule = origin === undefined ? undefined : rules.find((candidate) => allows(candidate, origin, method));
  return rule === undefined || origin === undefined ? {} : ruleHeaders(rule, origin);
}

function allows(rule: CorsRule, origin: string, method: string): boolean {
  return rule.allowedMethods.includes(method) && rule.allowedOrigins.some((pattern) => matches(pattern, origin));
}

function ruleHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const everyone = rule.allowedOrigins.includes('*');
  return {
    'access-control-allow-origin': everyone ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(everyone ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(rule.exposedHeaders.length > 0 ? { 'access-control-expose-headers': rule.exposedHeaders.join(', ') } : {}),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** A pattern of a rule has at most one `*`. */
function matches(pattern: string, value: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === value;
  const tail = pattern.slice(star + 1);
  return value.length >= pattern.length - 1 && value.startsWith(pattern.slice(0, star)) && value.endsWith(tail);
}
