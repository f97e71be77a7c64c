/** The address that a request reached, as its caller wrote it: for links that the caller can open, and for signatures over it. */
import type { APIGatewayProxyEvent } from 'aws-lambda';

type Called = Pick<APIGatewayProxyEvent, 'headers' | 'path' | 'multiValueQueryStringParameters'> & {
  readonly requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'path' | 'domainName'>;
};

/** What the caller put in front of the operation's path: the stage, or nothing behind a domain of one's own. */
export function baseUrlOf(event: Called): string {
  const sent = event.requestContext.path;
  return `${originOf(event)}${sent.endsWith(event.path) ? sent.slice(0, sent.length - event.path.length) : ''}`;
}

/**
 * The whole address. API Gateway hands the query on decoded: it is the caller's own text again where no value needs an
 * encoding, as in the callback addresses that this gateway gives out (lambdas/webhooks/callback-address.ts).
 * @throws TypeError where the request names a host that is none
 */
export function calledAddress(event: Called): URL {
  const address = new URL(`${originOf(event)}${event.requestContext.path}`);
  for (const [name, values = []] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values) address.searchParams.append(name, value);
  }
  return address;
}

function originOf({ headers, requestContext }: Called): string {
  const host = headers['Host'] ?? headers['host'] ?? requestContext.domainName ?? '';
  return `${headers['X-Forwarded-Proto'] ?? headers['x-forwarded-proto'] ?? 'https'}://${host}`;
}
