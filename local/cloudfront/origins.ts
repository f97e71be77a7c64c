/** The origins of a distribution: a bucket of the stack, or the stack's own REST API. */
import { request as send, Agent, type IncomingMessage } from 'node:http';
import type { DistributionOrigin } from '../s3/distribution-origin.js';
import { edgeError, type EdgeAnswer } from './answer.js';
import type { OriginConfig } from './distribution-properties.js';
import { headerList, rawHeaders, toOrigin, toViewer, valueOf, withHeader, type HeaderList } from './headers.js';
import type { ViewerRequest } from './viewer-request.js';

export interface OriginCall {
  readonly request: ViewerRequest;
  /** The viewer's message, for its body. */
  readonly message: IncomingMessage;
  /** Whether the origin gets what the viewer sent besides method and path. */
  readonly forwardsViewer: boolean;
  readonly via: string;
  readonly requestId: string;
}

export interface Origin {
  readonly kind: 'bucket' | 'api';
  answer(call: OriginCall): Promise<EdgeAnswer>;
  close(): void;
}

const bucketDomain = /^([a-z0-9.-]+)\.s3(?:\.[a-z0-9-]+)?\.amazonaws\.com$/;
const apiDomain = /^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/;
/** A bucket is asked under the conditions of the viewer; CloudFront answers most of them itself, from what it keeps. */
const conditional = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/**
 * @param signedFor the distribution's ARN where an origin access control signs
 * @throws Error where the domain name is no bucket of the stack
 */
export function bucketOrigin(config: OriginConfig, buckets: DistributionOrigin, signedFor: string | undefined): Origin {
  const bucketName = bucketDomain.exec(config.DomainName)?.[1] ?? '';
  if (!buckets.hasBucket(bucketName)) throw new Error(`the origin ${config.DomainName} is no bucket of the stack`);
  return {
    kind: 'bucket',
    async answer({ request: { method, path, headers } }) {
      const key = decoded(`${config.OriginPath}${path}`.slice(1));
      if (key === undefined || (method !== 'GET' && method !== 'HEAD')) return edgeError(400, 'Bad request.');
      const conditions = conditional.flatMap((name) => {
        const value = valueOf(headers, name);
        // What was compressed has a weak tag of the same text.
        return value === undefined ? [] : [[name, value.replaceAll('W/', '')] as const];
      });
      const { status, headers: answered = {}, body } = await buckets.read({ bucketName, key, method, headers: Object.fromEntries(conditions), signedFor });
      const list = toViewer(Object.entries(answered));
      const from = status < 400 ? 'Miss from cloudfront' : 'Error from cloudfront';
      if (body === undefined) return { status, headers: list, from };
      if (typeof body !== 'string') return { status, headers: list, body, from };
      return { status, headers: withHeader(list, 'content-length', String(Buffer.byteLength(body))), body: Buffer.from(body), from };
    },
    close: () => undefined,
  };
}

/**
 * @param endpointUrl where the deployed address of the API answers by its host name
 * @throws Error where the domain name is none of API Gateway's
 */
export function apiOrigin(config: OriginConfig, endpointUrl: string): Origin {
  if (!apiDomain.test(config.DomainName)) throw new Error(`the origin ${config.DomainName} is no REST API; the local cloud calls no other hosts`);
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpointUrl);
  return {
    kind: 'api',
    answer(call) {
      const { request, message, forwardsViewer } = call;
      const query = forwardsViewer && request.query !== '' ? `?${request.query}` : '';
      return new Promise((resolve) => {
        const onward = send(
          { agent, hostname, port, method: request.method, path: `${config.OriginPath}${request.path}${query}`, headers: rawHeaders(headersOf(config, call)), setHost: false },
          (answer) => {
            const status = answer.statusCode ?? 502;
            resolve({ status, headers: toViewer(headerList(answer.rawHeaders)), body: answer, from: status < 400 ? 'Miss from cloudfront' : 'Error from cloudfront' });
          },
        );
        onward.on('error', () => {
          resolve(edgeError(502, 'The origin closed the connection.'));
        });
        // Whoever left needs no answer.
        message.once('close', () => {
          if (!message.complete) onward.destroy();
        });
        message.pipe(onward);
      });
    },
    close: () => {
      agent.destroy();
    },
  };
}

/** What the origin sees: custom headers take the place of the viewer's. */
function headersOf(config: OriginConfig, { request, message, forwardsViewer, via, requestId }: OriginCall): HeaderList {
  const sent = forwardsViewer ? toOrigin(request.headers) : request.headers.filter(([name]) => /^content-(length|type)$/i.test(name));
  const length = message.headers['transfer-encoding'] === undefined ? sent : withHeader(sent, 'Transfer-Encoding', 'chunked');
  const forwardedFor = valueOf(request.headers, 'x-forwarded-for');
  const ours: HeaderList = [
    ['Host', config.DomainName],
    ['Via', via],
    ['X-Amz-Cf-Id', requestId],
    ['X-Forwarded-For', forwardedFor === undefined ? request.viewerAddress : `${forwardedFor}, ${request.viewerAddress}`],
    ...(valueOf(sent, 'user-agent') === undefined ? [['User-Agent', 'Amazon CloudFront'] as const] : []),
    ...config.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue] as const),
  ];
  return ours.reduce((list, [name, value]) => withHeader(list, name, value), length);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
