/** Requests as API Gateway hands them to the authorizer and to the functions, with the headers that real ones have. */
import { operations, type OperationId } from '../lambdas/contract/operations.js';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/api';

export interface GatewayRequest {
  readonly operation: OperationId;
  readonly id?: string;
  readonly apiKey?: string;
  readonly contentType?: string;
  readonly body?: Buffer;
}

/** The event of a REQUEST authorizer. */
export function authorizerEvent(request: GatewayRequest): object {
  const common = commonEvent(request);
  return { type: 'REQUEST', methodArn: `${arn}/${common.httpMethod}${common.path}`, ...common };
}

/** The event of a proxy integration. @param context what the authorizer gave, as strings */
export function proxyEvent(request: GatewayRequest, context: Readonly<Record<string, string>>): object {
  const common = commonEvent(request);
  return {
    ...common,
    requestContext: { ...common.requestContext, authorizer: { principalId: 'bench', integrationLatency: 5, ...context } },
    body: request.body?.toString('base64') ?? null,
    isBase64Encoded: request.body !== undefined,
  };
}

function commonEvent({ operation, id, apiKey, contentType }: GatewayRequest) {
  const { method, path: resource } = operations[operation];
  const path = resource.replace('{id}', id ?? '');
  const headers = {
    Accept: '*/*',
    'Accept-Encoding': 'gzip, br',
    'CloudFront-Forwarded-Proto': 'https',
    Host: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
    'User-Agent': 'curl/8.5.0',
    Via: '2.0 abcdef.cloudfront.net (CloudFront)',
    'X-Amzn-Trace-Id': 'Root=1-6740aaaa-0123456789abcdef01234567',
    'X-Forwarded-For': '203.0.113.7, 70.132.1.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    ...(apiKey === undefined ? {} : { 'X-API-Key': apiKey }),
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
  };
  return {
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: id === undefined ? null : { id },
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdef1234',
      domainName: headers.Host,
      httpMethod: method,
      identity: { sourceIp: '203.0.113.7', userAgent: headers['User-Agent'] },
      path: `/api${path}`,
      protocol: 'HTTP/1.1',
      requestId: '2a6f5a4e-5a0c-4f0e-9a39-0c4d4c1f9a11',
      requestTimeEpoch: 1_764_000_000_000,
      resourceId: 'abc123',
      resourcePath: resource,
      stage: 'api',
    },
  };
}
