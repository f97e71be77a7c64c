/** Delivers a provider's report to a callback address, as the provider would. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface CallbackReply {
  readonly status: number;
  readonly text: string;
  /** From the first byte sent to the end of the answer. */
  readonly milliseconds: number;
}

export interface Callback {
  /** As the gateway gave it out. What stands in it as `user:password@` is sent as Basic authentication. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** The local cloud's AWS endpoint, which stands for every host of AWS; without one, the address's own host is called. */
  readonly awsEndpoint?: string | undefined;
}

const hostsOfAws = '.amazonaws.com';
const patienceMilliseconds = 30_000;

/** @throws the socket's own error when nobody answers */
export function deliverCallback({ url, headers, body, awsEndpoint }: Callback): Promise<CallbackReply> {
  const there = awsEndpoint !== undefined && url.hostname.endsWith(hostsOfAws) ? new URL(awsEndpoint) : url;
  const send = there.protocol === 'https:' ? httpsRequest : httpRequest;
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        host: there.hostname,
        port: there.port,
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { Host: url.host, ...authorizationOf(url), ...headers, 'Content-Length': Buffer.byteLength(body) },
        agent: false,
        timeout: patienceMilliseconds,
      },
      (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 0, text: bytes.toString('utf8'), milliseconds: performance.now() - begin }),
          reject,
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url.host} did not answer within ${patienceMilliseconds / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The name and password of an address as the header that a client makes of them. */
export function authorizationOf(url: URL): Record<string, string> {
  return url.username === '' ? {} : { authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}` };
}
