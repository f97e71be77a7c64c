/**
 * One signed call to an AWS service over node:https, for the authorizer: its cold start decides, and the SDK's clients
 * cost it 25 to 80 ms (docs/adr/0003-authorizer-without-sdk.md).
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { sign } from 'aws4';
import { jsonMember } from './json-member.js';

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/** A refusal by the service: `code` is the exception's name, such as ResourceNotFoundException. */
export class AwsCallError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'AwsCallError';
  }
}

export interface JsonCall {
  readonly service: 'dynamodb' | 'secretsmanager' | 'logs';
  /** The operation's full target, such as DynamoDB_20120810.GetItem. */
  readonly target: string;
  readonly jsonVersion: '1.0' | '1.1';
  readonly input: unknown;
}

/**
 * Calls an operation of an AWS JSON protocol and returns the parsed answer.
 * A connection that died while the function was frozen is tried once more on a new one, so use it for calls that may be
 * repeated only.
 * @throws AwsCallError when the service refuses; the socket's own error when it can't be reached
 */
export async function callJson(call: JsonCall): Promise<unknown> {
  try {
    return await callOnce(call);
  } catch (error) {
    if (isStaleConnection(error)) return callOnce(call);
    throw error;
  }
}

function isStaleConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function callOnce(call: JsonCall): Promise<unknown> {
  const region = process.env['AWS_REGION'] ?? '';
  const endpoint = new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://${call.service}.${region}.amazonaws.com`);
  const body = JSON.stringify(call.input);
  const signed = sign(
    {
      service: call.service,
      region,
      method: 'POST',
      path: '/',
      host: endpoint.host,
      body,
      headers: { 'Content-Type': `application/x-amz-json-${call.jsonVersion}`, 'X-Amz-Target': call.target },
    },
    ownCredentials(),
  );
  const secure = endpoint.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        agent: secure ? agents['https:'] : agents['http:'],
        host: endpoint.hostname,
        port: endpoint.port,
        method: 'POST',
        path: '/',
        headers: signed.headers,
        timeout: 5_000,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = answer.statusCode ?? 0;
          try {
            const parsed: unknown = text === '' ? {} : JSON.parse(text);
            if (status >= 200 && status < 300) resolve(parsed);
            else reject(refusal(status, parsed));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error(`${call.target} did not answer within 5 s`), { code: 'ETIMEDOUT' })));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The function's own credentials, which Lambda puts into its environment. */
export function ownCredentials(): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken } = process.env;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function refusal(status: number, body: unknown): AwsCallError {
  const type = memberText(body, '__type').split('#').at(-1) ?? '';
  return new AwsCallError(type === '' ? 'UnknownError' : type, status, memberText(body, 'message') || memberText(body, 'Message'));
}

function memberText(body: unknown, name: string): string {
  const value = jsonMember(body, name);
  return typeof value === 'string' ? value : '';
}
