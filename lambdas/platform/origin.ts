/** Where a request came from, out of what API Gateway tells a function and the authorizer about it. */
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Origin } from '../audit/event.js';

/** A client writes what it likes into its user agent, and as long as it likes. */
const userAgentLength = 200;

export function originOf(event: Pick<APIGatewayProxyEvent, 'httpMethod' | 'resource' | 'requestContext'> | APIGatewayRequestAuthorizerEvent): Origin {
  const { identity, requestId } = event.requestContext;
  return {
    source_ip: identity.sourceIp,
    user_agent: (identity.userAgent ?? '').slice(0, userAgentLength),
    request_id: requestId,
    method: event.httpMethod,
    route: event.resource,
  };
}
