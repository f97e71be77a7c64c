/** The wire format of API Gateway's control plane: REST paths, JSON bodies, errors by x-amzn-ErrorType. */
import type { ServerResponse } from 'node:http';
import { type Authorize, AwsError, type AwsService, type Principal, type SignedRequest } from '../cloud/service.js';

export interface RestCall {
  readonly principal: Principal;
  /** The `{name}` segments of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body; an empty one is an empty object. */
  readonly body: unknown;
}

export interface RestOperation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Such as `/usageplans/{planId}/keys`. */
  readonly path: string;
  /** Query parameters that it knows; another one is an error. */
  readonly query: readonly string[];
  readonly status: number;
  /** The result becomes the JSON of the answer; undefined: no body. */
  run(call: RestCall): unknown;
}

/**
 * A service of such operations. Each is authorized as `apigateway:<METHOD>` on the path,
 * as AWS does: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
export function restJsonService(
  signingName: string,
  region: string,
  authorize: Authorize,
  operations: readonly RestOperation[],
): AwsService {
  const routes = operations.map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`),
  }));

  const answer = async (request: SignedRequest): Promise<{ readonly status: number; readonly result: unknown }> => {
    for (const { operation, pattern } of routes) {
      const match = operation.method === request.method ? pattern.exec(request.path) : null;
      if (match === null) continue;
      authorize(
        request.principal,
        `${signingName}:${request.method}`,
        `arn:aws:${signingName}:${region}::${decodeURIComponent(request.path)}`,
      );
      for (const name of request.query.keys())
        if (!operation.query.includes(name)) throw notBuilt(`the parameter ${name} of ${operation.name}`);
      const parameters = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      const result = await operation.run({
        principal: request.principal,
        parameters,
        query: request.query,
        body: bodyOf(request),
      });
      return { status: operation.status, result };
    }
    throw notBuilt(`the operation ${request.method} ${request.path} of API Gateway`);
  };

  return {
    signingName,
    async handle(request, response) {
      try {
        const { status, result } = await answer(request);
        send(response, status, result, { 'x-amzn-RequestId': request.requestId });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        send(
          response,
          error.status,
          { message: error.message },
          { 'x-amzn-RequestId': request.requestId, 'x-amzn-ErrorType': error.code },
        );
      }
    },
  };
}

/** 501, since AWS clients retry the other errors of a server. */
export function notBuilt(what: string): AwsError {
  return new AwsError('NotImplemented', `The local cloud does not build ${what}.`, 501);
}

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message, 400);
}

function bodyOf({ body }: SignedRequest): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON', 400);
  }
}

function send(response: ServerResponse, status: number, result: unknown, headers: Readonly<Record<string, string>>): void {
  const text = result === undefined ? '' : JSON.stringify(result);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
