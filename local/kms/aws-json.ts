/** The wire format "AWS JSON 1.0 and 1.1": one POST per operation, named by the X-Amz-Target header. */
import type { ServerResponse } from 'node:http';
import type { ZodType } from 'zod';
import { AwsError, type AwsService, type Principal, type SignedRequest } from '../cloud/service.js';

export type JsonMembers = Readonly<Record<string, unknown>>;

/** Takes the parsed body (and, for who needs it, its text) and gives the members of the answer. */
export type JsonOperation = (input: JsonMembers, principal: Principal, text: string) => object | Promise<object>;

export interface JsonServiceDescription {
  readonly signingName: string;
  /** What stands before the dot in X-Amz-Target, such as `Logs_20140328`. */
  readonly targetPrefix: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** Operation → what to do instead. Operations that are in neither list get a general sentence. */
  readonly notBuilt?: Readonly<Record<string, string>>;
}

/** An error that carries members besides its code and message. */
export class AwsErrorWithMembers extends AwsError {
  constructor(
    code: string,
    message: string,
    status: number,
    readonly members: JsonMembers,
  ) {
    super(code, message, status);
  }
}

/** Something that AWS has and the local cloud has not. 501, since the AWS clients retry other server errors. */
export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The local cloud does not build ${what}.`, 501);
}

/**
 * An operation whose input is checked first: a parameter that the schema does not know is NotImplemented,
 * a wrong value is `invalidCode`.
 */
export function checkedOperation<Input>(
  name: string,
  invalidCode: string,
  schema: ZodType<Input>,
  run: (input: Input, principal: Principal) => object | Promise<object>,
): JsonOperation {
  return (input, principal) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, principal);
    for (const issue of parsed.error.issues)
      if (issue.code === 'unrecognized_keys')
        throw notImplemented(`the parameter ${[...issue.path, issue.keys[0]].join('.')} of ${name}`);
    const [issue] = parsed.error.issues;
    throw new AwsError(invalidCode, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`, 400);
  };
}

/** The AWS service that answers these operations on the endpoint. */
export function jsonService(description: JsonServiceDescription): AwsService {
  const contentType = `application/x-amz-json-${description.version}`;
  const operations = new Map(Object.entries(description.operations));
  return {
    signingName: description.signingName,
    async handle(request, response) {
      try {
        const operation = findOperation(description, operations, request);
        const text = request.body.toString('utf8');
        const answer = await operation(parseBody(text), request.principal, text);
        send(response, contentType, 200, JSON.stringify(answer));
      } catch (error) {
        // Every other error is rendered by the endpoint.
        if (!(error instanceof AwsErrorWithMembers)) throw error;
        response.setHeader('x-amzn-errortype', error.code);
        send(response, contentType, error.status, JSON.stringify({ __type: error.code, message: error.message, ...error.members }));
      }
    },
  };
}

function findOperation(
  description: JsonServiceDescription,
  operations: ReadonlyMap<string, JsonOperation>,
  request: SignedRequest,
): JsonOperation {
  const [prefix, name] = (request.headers['x-amz-target'] ?? '').split('.');
  if (request.method !== 'POST' || prefix !== description.targetPrefix || name === undefined)
    throw new AwsError('UnknownOperationException', `Expected a POST with X-Amz-Target ${description.targetPrefix}.Operation.`, 400);
  const operation = operations.get(name);
  if (operation !== undefined) return operation;
  const instead = description.notBuilt?.[name];
  throw notImplemented(`${description.signingName} ${name}${instead === undefined ? '' : `: ${instead}`}`);
}

function parseBody(text: string): JsonMembers {
  if (text === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.', 400);
  }
  if (!isMembers(parsed)) throw new AwsError('SerializationException', 'The body is not a JSON object.', 400);
  return parsed;
}

/** Whether a parsed JSON value is an object (not null, not an array). */
export function isMembers(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function send(response: ServerResponse, contentType: string, status: number, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
