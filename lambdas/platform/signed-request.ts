/**
 * Calls of AWS's JSON protocols without an SDK: its clients cost the authorizer's start 25 to 80 ms, and every other function
 * more than the rest of its work (docs/adr/0010-no-sdk-in-the-way-of-a-fax.md).
 */
import { jsonMember } from './json-member.js';
import { exchange } from './signed-exchange.js';

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
  readonly service: 'dynamodb' | 'secretsmanager' | 'logs' | 'sqs';
  /** The operation's full target, such as DynamoDB_20120810.GetItem. */
  readonly target: string;
  readonly jsonVersion: '1.0' | '1.1';
  readonly input: unknown;
  /** Where the service answers on AWS, if not at its region's own address. */
  readonly endpoint?: string;
  /** Ends the call earlier than its own patience. */
  readonly signal?: AbortSignal;
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
  const code = jsonMember(error, 'code');
  return code === 'ECONNRESET' || code === 'EPIPE';
}

async function callOnce({ service, target, jsonVersion, input, endpoint, signal }: JsonCall): Promise<unknown> {
  const { status, text } = await exchange({
    service,
    method: 'POST',
    address: new URL('/', process.env['AWS_ENDPOINT_URL'] ?? endpoint ?? `https://${service}.${process.env['AWS_REGION'] ?? ''}.amazonaws.com`),
    headers: { 'Content-Type': `application/x-amz-json-${jsonVersion}`, 'X-Amz-Target': target },
    body: JSON.stringify(input),
    patienceSeconds: 5,
    ...(signal === undefined ? {} : { signal }),
  });
  if (status < 200 || status >= 300) throw refusal(status, text);
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return parsed;
}

/** A gateway in between answers with what is no JSON: the status is what is known then. */
function refusal(status: number, text: string): AwsCallError {
  const body = parsedOrNothing(text);
  const type = memberText(body, '__type').split('#').at(-1) ?? '';
  return new AwsCallError(type === '' ? 'UnknownError' : type, status, memberText(body, 'message') || memberText(body, 'Message'));
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberText(body: unknown, name: string): string {
  const value = jsonMember(body, name);
  return typeof value === 'string' ? value : '';
}
