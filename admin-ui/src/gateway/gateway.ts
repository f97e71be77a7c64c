/** The typed client: calls an operation of the table by its name. */
import { consoleHeader } from '../../../lambdas/contract/console-session.js';
import { operations, type OperationId } from '../../../lambdas/contract/operations.js';
import { ConnectionLost, GatewayError } from './gateway-error.js';
import type { AnswerOf, BodyOf, QueryOf } from './operation-types.js';
import { readAnswer, type HttpAnswer } from './read-answer.js';

export interface CallOptions<Id extends OperationId> {
  /** For the `{id}` of the path. */
  readonly id?: string;
  readonly query?: QueryOf<Id>;
  readonly body?: BodyOf<Id>;
  /** A key to present instead of the session. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

export interface Answer<Id extends OperationId> {
  readonly body: AnswerOf<Id>;
  readonly headers: Headers;
}

/** What every request of the console carries: a session changes things for its own pages only. */
export const consoleHeaders = { Accept: 'application/json', [consoleHeader.name]: consoleHeader.value } as const;

interface Connection {
  readonly apiBase: string;
  /** Asks the person to sign in again; false where they would not. */
  readonly signInAgain: () => Promise<boolean>;
}

let connection: Connection = { apiBase: '/api', signInAgain: () => Promise.resolve(false) };

/** Says where the gateway is, and who is asked when the session has ended. */
export function connect(to: Partial<Connection>): void {
  connection = { ...connection, ...to };
}

/** @returns the body of the answer. @throws GatewayError, ConnectionLost */
export async function call<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<AnswerOf<Id>> {
  return (await callWithHeaders(id, options)).body;
}

/**
 * As `call`, with the answer's headers. Where the session has ended, the person signs in again and the request is made once
 * more: the form that made it notices nothing.
 */
export async function callWithHeaders<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<Answer<Id>> {
  const first = await send(id, options);
  if (first.status !== 401 || options.key !== undefined || isSessionOperation(id)) return read(id, first);
  if (!(await connection.signInAgain())) return read(id, first);
  return read(id, await send(id, options));
}

/** The same for a request that is made another way: where it meets a 401, the person signs in and it is made once more. */
export async function withSession<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 401 || !(await connection.signInAgain())) throw error;
    return request();
  }
}

/** The address of an operation, such as for a link. */
export function addressOf<Id extends OperationId>(id: Id, options: Pick<CallOptions<Id>, 'id' | 'query'> = {}): string {
  const path = operations[id].path.replace('{id}', encodeURIComponent(options.id ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries<string | number | undefined>(options.query ?? {})) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const search = query.toString();
  return `${connection.apiBase}${path}${search === '' ? '' : `?${search}`}`;
}

type Received = HttpAnswer & { readonly headers: Headers };

type Sent<Id extends OperationId> = Omit<CallOptions<Id>, 'body'> & { readonly body?: unknown };

async function send<Id extends OperationId>(id: Id, options: Sent<Id>): Promise<Received> {
  const headers = new Headers(consoleHeaders);
  if (options.key !== undefined) headers.set('X-API-Key', options.key);
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  try {
    const answer = await fetch(addressOf(id, options), {
      method: operations[id].method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    });
    return { status: answer.status, text: await answer.text(), headers: answer.headers, retryAfter: answer.headers.get('Retry-After') };
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new ConnectionLost(cause);
  }
}

function read<Id extends OperationId>(id: Id, answer: Received): Answer<Id> {
  return { body: readAnswer(id, answer), headers: answer.headers };
}

/** Signing in and looking whether one is signed in: a 401 is their plain answer. */
function isSessionOperation(id: OperationId): boolean {
  return operations[id].path.startsWith('/auth/');
}

/** True where trying again at once can help: nothing answered, or the gateway had a bad moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectionLost || (error instanceof GatewayError && [502, 503, 504].includes(error.status));
}
