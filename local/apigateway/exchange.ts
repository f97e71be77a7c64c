/** One request on its way through the gateway: what was asked, and what each step found out. `$context` reads it. */
import type { GatewayResponseType } from './gateway-response-types.js';

/** What is the same for every request of the stage. */
export interface StageIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
  readonly stage: string;
  readonly deploymentId: string;
  /** null where the stage has none, as the proxy event says it. */
  readonly stageVariables: Readonly<Record<string, string>> | null;
}

export interface ParsedRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly method: string;
  /** Without the stage and the query, percent-encoded as sent. */
  readonly path: string;
  readonly protocol: string;
  readonly domainName: string;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly traceId: string;
  /** As functions see them: API Gateway's own are added, hop-by-hop ones are gone, the case is the client's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  /** The client's, by lower-case name; the last of equal names. */
  readonly headersByLowerCaseName: ReadonlyMap<string, string>;
  readonly query: ParsedQuery | null;
}

export interface ParsedQuery {
  /** The last value of each name. */
  readonly single: Readonly<Record<string, string>>;
  readonly multiple: Readonly<Record<string, readonly string[]>>;
}

export interface AuthorizerFacts {
  principalId?: string;
  /** The context that the authorizer returned, as strings. */
  context: Readonly<Record<string, string>>;
  usageIdentifierKey?: string;
  /** Milliseconds; a cached answer takes none. */
  integrationLatency: number;
  /** Of the Lambda invocation: 200 where the service could be called. */
  integrationStatus?: number;
  /** Of the authorization: 200, 401, 403 or 500. */
  status?: number;
  error?: string;
}

export interface Exchange {
  readonly stage: StageIdentity;
  readonly request: ParsedRequest;
  resourceId?: string;
  resourcePath?: string;
  /** As AWS gives them to functions: percent-encoded. null where the path has none. */
  pathParameters: Readonly<Record<string, string>> | null;
  authorizer?: AuthorizerFacts;
  apiKey?: { readonly id?: string; readonly value: string };
  integration?: { latency: number; status?: number; error?: string };
  error?: { readonly type: GatewayResponseType; readonly message: string | null; readonly validation?: string };
  status?: number;
  responseLength?: number;
  /** Milliseconds from the first byte of the request to the end of the answer. */
  responseLatency?: number;
}

/** The path as the deployed URL has it, with the stage. */
export function pathWithStage({ stage, request }: Exchange): string {
  return `/${stage.stage}${request.path}`;
}

/** `$context.requestTime`: the Apache log format, in UTC. */
export function requestTime(milliseconds: number): string {
  const [, day = '', month = '', year = '', time = ''] = new Date(milliseconds).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
