/**
 * The events that functions get: proxy integrations (payload 1.0) and REQUEST authorizers.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
import { type AuthorizerFacts, type Exchange, pathWithStage, requestTime } from './exchange.js';

/** The JSON of a proxy event. An empty body is null; a binary one travels as base64. */
export function proxyEvent(exchange: Exchange, body: Buffer, binary: boolean): string {
  const { request, stage } = exchange;
  const encoded = binary && body.length > 0;
  return JSON.stringify({
    resource: exchange.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: request.multiValueHeaders,
    queryStringParameters: request.query?.single ?? null,
    multiValueQueryStringParameters: request.query?.multiple ?? null,
    pathParameters: exchange.pathParameters,
    stageVariables: stage.stageVariables,
    requestContext: requestContext(exchange, exchange.authorizer),
    body: body.length === 0 ? null : body.toString(encoded ? 'base64' : 'utf8'),
    isBase64Encoded: encoded,
  });
}

/** The JSON of a REQUEST authorizer's event: no body, and empty objects where a proxy event has null. */
export function requestAuthorizerEvent(exchange: Exchange, methodArn: string): string {
  const { request, stage } = exchange;
  return JSON.stringify({
    type: 'REQUEST',
    methodArn,
    resource: exchange.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: request.multiValueHeaders,
    queryStringParameters: request.query?.single ?? {},
    multiValueQueryStringParameters: request.query?.multiple ?? {},
    pathParameters: exchange.pathParameters ?? {},
    stageVariables: stage.stageVariables ?? {},
    requestContext: requestContext(exchange, undefined),
  });
}

function requestContext(exchange: Exchange, authorizer: AuthorizerFacts | undefined): Readonly<Record<string, unknown>> {
  const { request, stage, apiKey } = exchange;
  return {
    resourceId: exchange.resourceId,
    ...(authorizer === undefined
      ? {}
      : {
          authorizer: {
            ...authorizer.context,
            ...(authorizer.principalId === undefined ? {} : { principalId: authorizer.principalId }),
            integrationLatency: authorizer.integrationLatency,
          },
        }),
    resourcePath: exchange.resourcePath,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: requestTime(request.receivedAt),
    path: pathWithStage(exchange),
    accountId: stage.accountId,
    protocol: request.protocol,
    stage: stage.stage,
    domainPrefix: request.domainName.split('.', 1)[0],
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: request.userAgent,
      user: null,
      ...(apiKey === undefined ? {} : { apiKey: apiKey.value, ...(apiKey.id === undefined ? {} : { apiKeyId: apiKey.id }) }),
    },
    domainName: request.domainName,
    deploymentId: stage.deploymentId,
    apiId: stage.apiId,
  };
}
