/** A request to this stack's own gateway, as any client would make it. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface GatewayReply {
  readonly status: number;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
}

const patienceMilliseconds = 10_000;

/**
 * Reads `path` with an API key.
 * @param gateway the gateway's address, https://<api>.execute-api.<region>.<suffix>/<stage>. On one machine its host is
 * reached at AWS_ENDPOINT_URL, which stands for every host of AWS.
 * @throws the socket's own error when the gateway can't be reached
 */
export function readFromGateway(gateway: string, path: string, key: string): Promise<GatewayReply> {
  const address = new URL(`${gateway}${path}`);
  const endpoint = new URL(process.env['AWS_ENDPOINT_URL'] ?? address.origin);
  const send = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        host: endpoint.hostname,
        port: endpoint.port,
        path: address.pathname,
        headers: { Host: address.host, 'X-API-Key': key, Accept: 'application/json' },
        agent: false,
        timeout: patienceMilliseconds,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) }));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`The gateway did not answer within ${patienceMilliseconds / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
