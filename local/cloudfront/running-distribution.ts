/**
 * A distribution at work: behaviour by path, method, viewer-request function, origin, headers of the answer, compression.
 * Nothing is cached: each request asks its origin.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { targetOf } from '../apigateway/parse-request.js';
import { hasBody } from '../apigateway/request-body.js';
import { edgeError, type EdgeAnswer } from './answer.js';
import { compressionFor } from './compression.js';
import type { BehaviorConfig, DistributionConfig } from './distribution-properties.js';
import type { EdgeFunction } from './edge-function.js';
import { headerList, valueOf, withHeader, type HeaderList } from './headers.js';
import { cachePolicies } from './managed-policies.js';
import type { Origin } from './origins.js';
import { normalizedPath, pathPattern } from './path-pattern.js';
import type { ResponseHeadersPolicy } from './response-headers.js';
import { functionRequestOf, outcomeOf, spread, type FunctionOutcome, type FunctionResponse, type ViewerRequest } from './viewer-request.js';

export interface DistributionParts {
  readonly id: string;
  readonly domainName: string;
  readonly config: DistributionConfig;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly functions: ReadonlyMap<string, EdgeFunction>;
  readonly responseHeadersPolicies: ReadonlyMap<string, ResponseHeadersPolicy>;
  /** Says something to the person at the machine; it may come in floods. */
  readonly tell: (line: string) => void;
}

interface Behavior {
  readonly config: BehaviorConfig;
  readonly matches: (path: string) => boolean;
  readonly origin: Origin;
  readonly viewerRequest: EdgeFunction | undefined;
  readonly responseHeaders: ResponseHeadersPolicy | undefined;
  readonly compresses: boolean;
}

/** An answer as it goes over the wire. */
export interface SentAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Readable | undefined;
  /** What the body goes through. */
  readonly encoder: Transform | undefined;
}

export class RunningDistribution {
  readonly #behaviors: readonly Behavior[];

  /** @throws Error for origins, functions and policies that the stack does not have */
  constructor(private readonly parts: DistributionParts) {
    const { CacheBehaviors: others, DefaultCacheBehavior: last } = parts.config;
    this.#behaviors = [...others.map((config) => this.#behavior(config, pathPattern(config.PathPattern))), this.#behavior(last, () => true)];
  }

  close(): void {
    for (const origin of this.parts.origins.values()) origin.close();
  }

  async answer(message: IncomingMessage): Promise<SentAnswer> {
    const [path, query = ''] = targetOf(message.url ?? '/');
    const method = message.method ?? 'GET';
    const requestId = `${randomBytes(40).toString('base64url')}==`;
    const viewerAddress = (message.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
    const viewer: ViewerRequest = { method, path, query, headers: headerList(message.rawHeaders), viewerAddress };
    const behavior = this.#behaviors.find(({ matches }) => matches(normalizedPath(path)));
    const refusal = refusalOf(viewer, message, behavior);
    const via = `1.1 ${this.parts.id.toLowerCase()}.cloudfront.net (CloudFront)`;
    const answer = refusal ?? (behavior === undefined ? edgeError(404, 'Not found.') : await this.#answerOf(behavior, viewer, message, via, requestId));
    const headers = refusal === undefined ? (behavior?.responseHeaders?.applyTo(answer.headers) ?? answer.headers) : answer.headers;
    const compression = behavior?.compresses === true && method === 'GET' ? compressionFor(valueOf(viewer.headers, 'accept-encoding'), answer.status, headers) : undefined;
    const ours: HeaderList = [['Via', via], ['X-Cache', answer.from], ['X-Amz-Cf-Id', requestId]];
    return {
      status: answer.status,
      headers: ours.reduce((list, [name, value]) => withHeader(list, name, value), compression?.headers ?? headers),
      body: Buffer.isBuffer(answer.body) ? Readable.from([answer.body]) : answer.body,
      encoder: compression?.encoder,
    };
  }

  async #answerOf(behavior: Behavior, viewer: ViewerRequest, message: IncomingMessage, via: string, requestId: string): Promise<EdgeAnswer> {
    let outcome: FunctionOutcome;
    try {
      outcome = this.#outcome(behavior, viewer, requestId);
    } catch (error) {
      this.parts.tell(`A CloudFront function failed on ${viewer.path}: ${error instanceof Error ? error.message : String(error)}`);
      return edgeError(503, 'The CloudFront function associated with the CloudFront distribution is invalid or could not run.', 'FunctionExecutionError from cloudfront');
    }
    if (outcome.kind === 'response') return generated(outcome.response);
    const { request } = outcome;
    const root = this.parts.config.DefaultRootObject;
    const rooted = request.path === '/' && root !== '' ? { ...request, path: `/${root}` } : request;
    return behavior.origin.answer({ request: rooted, message, forwardsViewer: behavior.config.OriginRequestPolicyId !== undefined, via, requestId });
  }

  #outcome({ viewerRequest }: Behavior, viewer: ViewerRequest, requestId: string): FunctionOutcome {
    if (viewerRequest === undefined) return { kind: 'request', request: viewer };
    const { id: distributionId, domainName: distributionDomainName } = this.parts;
    return outcomeOf(viewerRequest.run(functionRequestOf(viewer), viewer.viewerAddress, { distributionDomainName, distributionId, requestId }), viewer);
  }

  #behavior(config: BehaviorConfig, matches: (path: string) => boolean): Behavior {
    const origin = found(this.parts.origins, config.TargetOriginId, 'origin');
    if (origin.kind === 'bucket' && (config.OriginRequestPolicyId !== undefined || config.AllowedMethods.some((method) => method !== 'GET' && method !== 'HEAD')))
      throw new Error('a bucket as an origin takes only GET and HEAD here, and no origin request policy');
    const [association] = config.FunctionAssociations;
    return {
      config,
      matches,
      origin,
      viewerRequest: association === undefined ? undefined : found(this.parts.functions, association.FunctionARN, 'function'),
      responseHeaders:
        config.ResponseHeadersPolicyId === undefined ? undefined : found(this.parts.responseHeadersPolicies, config.ResponseHeadersPolicyId, 'response headers policy'),
      compresses: config.Compress && cachePolicies[config.CachePolicyId]?.compresses === true,
    };
  }
}

function refusalOf({ method, path }: ViewerRequest, message: IncomingMessage, behavior: Behavior | undefined): EdgeAnswer | undefined {
  if (!path.startsWith('/')) return edgeError(400, 'Bad request.');
  if (behavior !== undefined && !behavior.config.AllowedMethods.some((allowed) => allowed === method))
    return edgeError(403, 'This distribution is not configured to allow the HTTP request method that was used for this request.');
  if (method === 'GET' && hasBody(message)) return edgeError(403, 'A GET request must not have a body.');
  return undefined;
}

function generated({ statusCode, headers, body }: FunctionResponse): EdgeAnswer {
  const content = body === undefined ? Buffer.alloc(0) : typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.data, body.encoding === 'text' ? 'utf8' : 'base64');
  return { status: statusCode, headers: withHeader(spread(headers), 'content-length', String(content.length)), body: content, from: 'FunctionGeneratedResponse from cloudfront' };
}

function found<Value>(map: ReadonlyMap<string, Value>, id: string, what: string): Value {
  const value = map.get(id);
  if (value === undefined) throw new Error(`the stack has no ${what} ${id}`);
  return value;
}
