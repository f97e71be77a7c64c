/** Where a request came from, out of what API Gateway and the authorizer tell about it. */
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Origin } from '../audit/event.js';

/** A client writes what it likes into its user agent, and as long as it likes. */
const userAgentLength = 200;

interface RequestContext {
  readonly identity: { readonly sourceIp: string };
  readonly authorizer?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The authorizer's word to the functions on where a request came from. They look at no header for it: a client writes those. */
export function addressContext(address: string): Record<string, string> {
  return { clientAddress: address };
}

/** What a function knows of its request's address: the authorizer's word; of an operation that it does not see, API Gateway's. */
export function addressOf({ authorizer, identity }: RequestContext): string {
  const address: unknown = authorizer?.['clientAddress'];
  return typeof address === 'string' ? address : identity.sourceIp;
}

export function originOf(event: Pick<APIGatewayProxyEvent, 'httpMethod' | 'resource' | 'requestContext'> | APIGatewayRequestAuthorizerEvent, address: string): Origin {
  const { identity, requestId } = event.requestContext;
  return {
    source_ip: address,
    user_agent: (identity.userAgent ?? '').slice(0, userAgentLength),
    request_id: requestId,
    method: event.httpMethod,
    route: event.resource,
  };
}
