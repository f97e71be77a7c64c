/** Reads a request as API Gateway does, by the entrance that it came through. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ParsedRequest, StageIdentity } from './exchange.js';
import { byLowerCaseName, forwardedHeaders } from './headers.js';
import { extendedRequestId, traceId } from './identifiers.js';
import { parseQuery } from './query-string.js';
import { withoutStage } from './routing.js';

/**
 * `own-port`: the server of the data plane, which is both a custom domain and the deployed address.
 * `execute-api`: the deployed address alone, by its host name; on AWS that is always https.
 */
export type Entrance = 'own-port' | 'execute-api';

const overridingMethods = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Path and query of a request target, which may also be a whole URL. */
export function targetOf(url: string): readonly [path: string, query: string | undefined] {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  return [path === '' && target !== url ? '/' : path, mark === -1 ? undefined : target.slice(mark + 1)];
}

/** @param now milliseconds since 1970 */
export function parseRequest(
  message: IncomingMessage,
  path: string,
  query: string | undefined,
  stage: StageIdentity,
  entrance: Entrance,
  now: number,
): ParsedRequest {
  const { rawHeaders, socket } = message;
  const headersByLowerCaseName = byLowerCaseName(rawHeaders);
  const header = (name: string) => headersByLowerCaseName.get(name);
  const sourceIp = (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const forwardedFor = header('x-forwarded-for');
  const trace = traceId(header('x-amzn-trace-id'), now);
  const override = header('x-http-method-override')?.toUpperCase();
  const [port, protocol] = entrance === 'execute-api' ? ['443', 'https'] : [String(socket.localPort ?? 80), 'http'];
  return {
    requestId: randomUUID(),
    extendedRequestId: extendedRequestId(),
    receivedAt: now,
    method: override !== undefined && overridingMethods.has(override) ? override : (message.method ?? 'GET'),
    path: withoutStage(path, stage.stage) ?? path,
    protocol: `HTTP/${message.httpVersion}`,
    domainName: header('host') ?? '',
    sourceIp,
    userAgent: header('user-agent') ?? null,
    traceId: trace,
    headersByLowerCaseName,
    query: parseQuery(query),
    ...forwardedHeaders(rawHeaders, {
      'X-Amzn-Trace-Id': trace,
      'X-Forwarded-For': forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`,
      'X-Forwarded-Port': port,
      'X-Forwarded-Proto': protocol,
    }),
  };
}
