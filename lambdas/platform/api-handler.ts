/**
 * The HTTP adapter: turns an API Gateway event into a typed request of one operation, and what the operation says or
 * throws into an answer in the contract's shape. Which operation it is comes from the operations table.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { operationSchemas, type OperationSchemas } from '../contract/operation-schemas.js';
import { findOperation, isPlainRead, operations, type Authentication, type OperationId, type OperationServedBy, type ServingFunction } from '../contract/operations.js';
import { exposedHeaders } from '../contract/exposed-headers.js';
import { baseUrlOf, calledAddress } from './called-address.js';
import { isKeyCaller, readCaller, type Caller, type KeyCaller, type SessionCaller, type SignInCaller } from './caller.js';
import { fieldProblems, invalidRequest } from './field-problems.js';
import { openGate, type Gate, type GateRequest } from './gate.js';
import { log } from './log.js';
import { addressOf, originOf } from './origin.js';

type Schemas<Id extends OperationId> = (typeof operationSchemas)[Id];
type Parsed<S> = S extends z.ZodMiniType ? z.output<S> : undefined;
type QueryOf<Id extends OperationId> = Schemas<Id> extends { readonly query: infer Q } ? Parsed<Q> : undefined;
type BodyOf<Id extends OperationId> = Schemas<Id> extends { readonly body: infer B } ? Parsed<B> : undefined;
type CallerBehind<Kind extends Authentication['kind']> = Kind extends 'key' | 'any-key'
  ? KeyCaller
  : Kind extends 'sign-in'
    ? SignInCaller
    : Kind extends 'session'
      ? SessionCaller
      : Caller;
type CallerOf<Id extends OperationId> = CallerBehind<(typeof operations)[Id]['authentication']['kind']>;

export interface ApiRequest<Id extends OperationId> {
  readonly caller: CallerOf<Id>;
  /** The path's {id}; empty where the path has none. */
  readonly id: string;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as sent. */
  readonly bytes: Buffer;
  readonly origin: Origin;
  /** The address that this request reached, without the operation's path: for links that the caller can open. */
  readonly baseUrl: string;
  /** The whole address, as it was called. */
  readonly url: () => URL;
  readonly method: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type OperationCode<Id extends OperationId> = (request: ApiRequest<Id>) => Promise<Answer>;
export type OperationCodes<F extends ServingFunction> = { readonly [Id in OperationServedBy<F>]: OperationCode<Id> };

/** The Lambda handler of a function that serves operations: one entry for each of them, or it does not compile. */
export function apiHandler<F extends ServingFunction>(
  codes: OperationCodes<F>,
  gate: Gate = openGate,
): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  return async (event) => {
    try {
      const id = findOperation(event.httpMethod, event.resource);
      if (id === undefined || !isServed(id, codes)) throw new ContractError('not_found', { internal: `No operation for ${event.httpMethod} ${event.resource}` });
      const knock = { caller: readCaller(event.requestContext.authorizer), operation: id, origin: originOf(event, addressOf(event.requestContext)), now: Date.now() };
      return render(await behind(gate, knock, async () => run(id, codes[id], readRequest(knock, event))));
    } catch (error) {
      return render(answerOf(error));
    }
  };
}

/**
 * The answer of an operation that the gate lets run. One that only reads runs beside the gate, and what it read is thrown away
 * where the gate is shut; any other waits for it.
 */
async function behind(gate: Gate, knock: GateRequest, operate: () => Promise<Answer>): Promise<Answer> {
  const early = isPlainRead(operations[knock.operation]) ? Promise.allSettled([operate()]) : undefined;
  try {
    const { kind, headers, written } = await gate(knock);
    if (kind === 'shut') {
      await written;
      return { ...answerOf(new ContractError('rate_limited')), headers };
    }
    const [[outcome]] = await Promise.all([early ?? Promise.allSettled([operate()]), written]);
    const answer = outcome.status === 'fulfilled' ? outcome.value : answerOf(outcome.reason);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  } finally {
    // Whatever the gate did: a function that has answered is frozen.
    await early;
  }
}

function isServed<F extends ServingFunction>(id: OperationId, codes: OperationCodes<F>): id is OperationId & OperationServedBy<F> {
  return Object.hasOwn(codes, id);
}

async function run<Id extends OperationId>(id: Id, code: OperationCode<Id>, request: UntypedRequest): Promise<Answer> {
  if (!isRequestOf(id, request)) throw new ContractError('internal_error', { internal: `${id} was reached without a key` });
  return code(request);
}

/** Query and body were read by the operation's own schemas; what is left to see is that a caller has the key it must have. */
function isRequestOf<Id extends OperationId>(id: Id, request: UntypedRequest): request is UntypedRequest & ApiRequest<Id> {
  return mayStandBehind(operations[id].authentication.kind, request.caller);
}

function mayStandBehind(kind: Authentication['kind'], caller: Caller): boolean {
  switch (kind) {
    case 'key':
    case 'any-key':
      return isKeyCaller(caller);
    case 'sign-in':
      return caller.kind === 'key' || caller.kind === 'bootstrap';
    case 'session':
      return caller.kind === 'session';
    case 'none':
    case 'signature':
    case 'token':
      return true;
  }
}

type UntypedRequest = Omit<ApiRequest<OperationId>, 'query' | 'body' | 'caller'> & {
  readonly caller: Caller;
  readonly query: unknown;
  readonly body: unknown;
};

function readRequest({ caller, operation, origin, now }: GateRequest, event: APIGatewayProxyEvent): UntypedRequest {
  const schemas: OperationSchemas = operationSchemas[operation];
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return {
    caller,
    id: event.pathParameters?.['id'] ?? '',
    query: schemas.query === undefined ? undefined : validate(schemas.query, event.queryStringParameters ?? {}),
    body: schemas.body === undefined ? undefined : validate(schemas.body, parseJson(bytes)),
    headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value ?? ''])),
    bytes,
    origin,
    baseUrl: baseUrlOf(event),
    url: () => calledAddress(event),
    method: event.httpMethod,
    now,
  };
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ContractError('invalid_json', { cause });
  }
}

function validate(schema: z.ZodMiniType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(fieldProblems(result.error.issues));
}

function answerOf(error: unknown): Answer {
  if (error instanceof ContractError) {
    if (error.status >= 500) log.error(error.message, { code: error.code });
    return { status: error.status, body: error.body };
  }
  log.error('An operation failed', error instanceof Error ? error : new Error(String(error)));
  const failure = new ContractError('internal_error');
  return { status: failure.status, body: failure.body };
}

function render(answer: Answer): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: {
      'Content-Type': answer.text === undefined ? 'application/json' : 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // Keys travel in a header that no browser adds by itself, and `*` opens nothing to a request with cookies: any origin may ask.
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': exposedHeaders,
      ...answer.headers,
    },
    body: answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)),
  };
}
