/**
 * `$context`: where each variable comes from. A name that AWS has and this machine can't fill (WAF, IAM callers ...)
 * reads as missing, as on AWS without that feature; a name that AWS doesn't have stops the start.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
import { type Exchange, pathWithStage, requestTime } from './exchange.js';

export type Variable = (exchange: Exchange) => string | undefined;

const variables: Readonly<Record<string, Variable>> = {
  accountId: ({ stage }) => stage.accountId,
  apiId: ({ stage }) => stage.apiId,
  deploymentId: ({ stage }) => stage.deploymentId,
  stage: ({ stage }) => stage.stage,
  domainName: ({ request }) => request.domainName,
  domainPrefix: ({ request }) => request.domainName.split('.', 1)[0],
  extendedRequestId: ({ request }) => request.extendedRequestId,
  requestId: ({ request }) => request.requestId,
  httpMethod: ({ request }) => request.method,
  path: pathWithStage,
  protocol: ({ request }) => request.protocol,
  requestTime: ({ request }) => requestTime(request.receivedAt),
  requestTimeEpoch: ({ request }) => String(request.receivedAt),
  resourceId: ({ resourceId }) => resourceId,
  resourcePath: ({ resourcePath }) => resourcePath,
  xrayTraceId: ({ request }) => request.traceId,

  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.userAgent': ({ request }) => request.userAgent ?? undefined,
  'identity.apiKey': ({ apiKey }) => apiKey?.value,
  'identity.apiKeyId': ({ apiKey }) => apiKey?.id,

  'authorize.error': ({ authorizer }) => authorizer?.error,
  'authorize.latency': ({ authorizer }) => number(authorizer?.integrationLatency),
  'authorize.status': ({ authorizer }) => number(authorizer?.status),
  'authorizer.error': ({ authorizer }) => authorizer?.error,
  'authorizer.integrationLatency': ({ authorizer }) => number(authorizer?.integrationLatency),
  'authorizer.integrationStatus': ({ authorizer }) => number(authorizer?.integrationStatus),
  'authorizer.latency': ({ authorizer }) => number(authorizer?.integrationLatency),
  'authorizer.status': ({ authorizer }) => number(authorizer?.status),
  'authorizer.principalId': ({ authorizer }) => authorizer?.principalId,

  'error.message': ({ error }) => error?.message ?? undefined,
  'error.messageString': ({ error }) => (error === undefined ? undefined : JSON.stringify(error.message)),
  'error.responseType': ({ error }) => error?.type,
  'error.validationErrorString': ({ error }) => error?.validation,

  'integration.error': ({ integration }) => integration?.error,
  'integration.integrationStatus': ({ integration }) => number(integration?.status),
  'integration.latency': ({ integration }) => number(integration?.latency),
  'integration.status': ({ integration }) => number(integration?.status),
  integrationErrorMessage: ({ integration }) => integration?.error,
  integrationLatency: ({ integration }) => number(integration?.latency),
  integrationStatus: ({ integration }) => number(integration?.status),

  responseLatency: ({ responseLatency }) => number(responseLatency),
  responseLength: ({ responseLength }) => number(responseLength),
  status: ({ status }) => number(status),
};

const missingHere =
  /^(?:waf\.(?:error|latency|status)|wafResponseCode|webaclArn|authenticate\.(?:error|latency|status)|identity\.(?:accessKey|accountId|caller|user|userArn|principalOrgId|vpcId|vpceId|cognito[A-Za-z]+|clientCert\.[A-Za-z.]+)|authorizer\.(?:requestId|claims\.[\w:-]+)|integration\.requestId|customDomain\.basePathMatched|awsEndpointRequestId2?|isCanaryRequest|tlsVersion|cipherSuite)$/;

/**
 * Reads `$context.<name>` from an exchange; undefined as a value means missing.
 * @throws Error for a name that AWS doesn't have
 */
export function contextVariable(name: string): Variable {
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (known !== undefined) return known;
  if (missingHere.test(name)) return () => undefined;
  if (/^authorizer\.[\w-]+$/.test(name)) {
    const property = name.slice('authorizer.'.length);
    return ({ authorizer }) =>
      authorizer !== undefined && Object.hasOwn(authorizer.context, property) ? authorizer.context[property] : undefined;
  }
  throw new Error(`API Gateway has no variable $context.${name}`);
}

function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
