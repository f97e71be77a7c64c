/** What API Gateway itself answers when it refuses or fails: each of its response types, in the contract's shape. */
import { ResponseType, type GatewayResponseOptions } from 'aws-cdk-lib/aws-apigateway';
import { errors, type ErrorBody, type ErrorCode } from '../lambdas/contract/errors.js';
import { exposedHeaders } from '../lambdas/contract/exposed-headers.js';

interface Answer {
  readonly type: ResponseType;
  readonly code: ErrorCode;
  /** Keeps API Gateway's own status: a default stands for several. */
  readonly keepStatus?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * All but REQUEST_TOO_LARGE, which AWS answers in its own words whatever a template says:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const answers: Readonly<Record<string, Answer>> = {
  ApiConfigurationError: { type: ResponseType.API_CONFIGURATION_ERROR, code: 'internal_error' },
  AuthorizerConfigurationError: { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, code: 'internal_error' },
  AuthorizerFailure: { type: ResponseType.AUTHORIZER_FAILURE, code: 'internal_error' },
  BadRequestBody: { type: ResponseType.BAD_REQUEST_BODY, code: 'bad_request' },
  BadRequestParameters: { type: ResponseType.BAD_REQUEST_PARAMETERS, code: 'bad_request' },
  Default4xx: { type: ResponseType.DEFAULT_4XX, code: 'bad_request', keepStatus: true },
  Default5xx: { type: ResponseType.DEFAULT_5XX, code: 'internal_error', keepStatus: true },
  ExpiredToken: { type: ResponseType.EXPIRED_TOKEN, code: 'forbidden' },
  IntegrationFailure: { type: ResponseType.INTEGRATION_FAILURE, code: 'bad_gateway' },
  IntegrationTimeout: { type: ResponseType.INTEGRATION_TIMEOUT, code: 'gateway_timeout' },
  InvalidApiKey: { type: ResponseType.INVALID_API_KEY, code: 'forbidden' },
  InvalidSignature: { type: ResponseType.INVALID_SIGNATURE, code: 'forbidden' },
  MissingAuthenticationToken: { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, code: 'not_found' },
  QuotaExceeded: { type: ResponseType.QUOTA_EXCEEDED, code: 'quota_exceeded', headers: { 'Retry-After': '3600' } },
  ResourceNotFound: { type: ResponseType.RESOURCE_NOT_FOUND, code: 'not_found' },
  Throttled: { type: ResponseType.THROTTLED, code: 'rate_limited', headers: { 'Retry-After': '1' } },
  Unauthorized: { type: ResponseType.UNAUTHORIZED, code: 'unauthorized', headers: { 'WWW-Authenticate': 'Bearer realm="faxbot", error="invalid_token"' } },
  UnsupportedMediaType: { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, code: 'unsupported_media_type' },
  WafFiltered: { type: ResponseType.WAF_FILTERED, code: 'forbidden' },
};

/** All gateway responses by construct id. */
export function gatewayResponses(): Readonly<Record<string, GatewayResponseOptions>> {
  const fixed = Object.entries(answers).map(([id, { type, code, keepStatus, headers }]): [string, GatewayResponseOptions] => [
    id,
    {
      type,
      ...(keepStatus === true ? {} : { statusCode: String(errors[code].status) }),
      responseHeaders: quoted({ ...commonHeaders, ...headers }),
      templates: { 'application/json': JSON.stringify({ detail: errors[code].detail, code } satisfies ErrorBody) },
    },
  ]);
  return {
    ...Object.fromEntries(fixed),
    // The authorizer denies with the words for the caller in its context.
    AccessDenied: {
      type: ResponseType.ACCESS_DENIED,
      statusCode: '403',
      responseHeaders: quoted({ ...commonHeaders, 'WWW-Authenticate': 'Bearer realm="faxbot", error="insufficient_scope"' }),
      templates: { 'application/json': '{"detail":"$context.authorizer.detail","code":"$context.authorizer.code"}' },
    },
  };
}

const commonHeaders = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposedHeaders, 'Cache-Control': 'no-store' };

/** API Gateway wants a literal in single quotes. */
function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
