/** One signed request to AWS and its answer, over a connection that is kept for the next one. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { sign } from 'aws4';

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

export interface SignedRequest {
  /** The name that signs, such as dynamodb. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** How long the connection may stay silent. */
  readonly patienceSeconds: number;
  /** Ends it earlier. */
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request and reads its answer, whatever its status. @throws the socket's own error where there is no answer */
export function exchange({ service, method, address, headers, body, patienceSeconds, signal }: SignedRequest): Promise<Answer> {
  const path = `${address.pathname}${address.search}`;
  const signed = sign(
    {
      service,
      region: process.env['AWS_REGION'] ?? '',
      method,
      host: address.host,
      path,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
    },
    ownCredentials(),
  );
  const secure = address.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        agent: secure ? agents['https:'] : agents['http:'],
        host: address.hostname,
        port: address.port,
        method,
        path: signed.path ?? path,
        headers: signed.headers,
        timeout: patienceSeconds * 1000,
        ...(signal === undefined ? {} : { signal }),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error(`${address.host} did not answer within ${patienceSeconds} s`), { code: 'ETIMEDOUT' })));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The function's own credentials, which Lambda puts into its environment. */
export function ownCredentials(): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken } = process.env;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
