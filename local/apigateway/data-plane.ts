/**
 * The HTTP server in front of the stage, on 127.0.0.1 and, where the machine has it, on ::1.
 *
 * The stage answers at `/<stage>/...`, as the deployed URL does, and at `/...`, as a custom domain would. A path whose
 * first segment is the stage's name always means the first: its stage is taken off once, and `/api/api/x` of a stage
 * `api` is the API's `/api/x`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerMalformed } from '../endpoint/answer-malformed.js';
import { listenOnLoopback } from '../endpoint/loopback.js';
import type { Exchange } from './exchange.js';
import type { Answer } from './gateway-responses.js';
import { headerValuesLimit, headerValuesSize } from './headers.js';
import { type Entrance, parseRequest, targetOf } from './parse-request.js';
import { bodyLimit, type BodyOutcome, declaresTooMuch, hasBody, readBody, refuse } from './request-body.js';
import type { RunningApi } from './running-api.js';

const emptyBody = Buffer.alloc(0);
/** How long open requests may take to end when the server closes, in milliseconds. */
const grace = 2_000;

export class DataPlane {
  readonly #servers: Server[] = [];
  #port: number | undefined;
  #openRequests = 0;
  #lastRequestEnded: (() => void) | undefined;

  constructor(
    private readonly api: RunningApi,
    private readonly clock: () => number,
  ) {}

  get port(): number | undefined {
    return this.#port;
  }

  /** @throws the error of `listen`, e.g. with the code EADDRINUSE */
  async listen(port: number): Promise<void> {
    const { port: actual, servers } = await listenOnLoopback(port, () => this.#server());
    this.#port = actual;
    this.#servers.push(...servers);
  }

  /** Lets open requests end, for a while; connections that ask nothing are closed at once. */
  async close(): Promise<void> {
    const servers = this.#servers.splice(0);
    const closed = servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
        }),
    );
    if (this.#openRequests > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, grace);
        this.#lastRequestEnded = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    for (const server of servers) server.closeAllConnections();
    await Promise.all(closed);
  }

  /** Takes one request through the stage. Never rejects. */
  async serve(message: IncomingMessage, response: ServerResponse, entrance: Entrance): Promise<void> {
    this.#openRequests += 1;
    response.once('close', () => {
      this.#openRequests -= 1;
      if (this.#openRequests === 0) this.#lastRequestEnded?.();
    });
    try {
      const [path, query] = targetOf(message.url ?? '/');
      const refusal = refusalOf(message, path, query);
      const body = refusal === undefined ? await bodyOf(message) : undefined;
      if (body?.kind === 'aborted') return;
      if (body?.kind !== 'read') {
        const { status, text } = refusal ?? tooLarge;
        refuse(message, response, status, text);
        return;
      }
      const exchange = this.#exchange(message, path, query, entrance);
      const answer = await this.api.answer(exchange, body.body);
      this.#send(response, answer, exchange);
    } catch (error) {
      console.error('API Gateway failed on a request:', error);
      if (response.headersSent) response.destroy();
      else refuse(message, response, 500, 'Internal server error');
    }
  }

  #server(): Server {
    // Larger headers than AWS takes are read, so that the refusal is AWS's and not Node's.
    const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (request, response) => {
      void this.serve(request, response, 'own-port');
    });
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!declaresTooMuch(request)) response.writeContinue();
      void this.serve(request, response, 'own-port');
    });
    server.on('clientError', answerMalformed);
    return server;
  }

  #exchange(message: IncomingMessage, path: string, query: string | undefined, entrance: Entrance): Exchange {
    const { stage } = this.api;
    return { stage, request: parseRequest(message, path, query, stage, entrance, this.clock()), pathParameters: null };
  }

  #send(response: ServerResponse, answer: Answer, exchange: Exchange): void {
    const { request } = exchange;
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    const headers = [...answer.headers, 'x-amzn-RequestId', request.requestId, 'x-amz-apigw-id', request.extendedRequestId];
    if (exchange.error === undefined) headers.push('X-Amzn-Trace-Id', request.traceId);
    const bodiless = answer.status === 204 || answer.status === 304;
    if (!bodiless) headers.push('Content-Length', String(body.length));
    exchange.status = answer.status;
    exchange.responseLength = bodiless || request.method === 'HEAD' ? 0 : body.length;
    exchange.responseLatency = this.clock() - request.receivedAt;
    this.api.accessLog?.write(exchange);
    response.writeHead(answer.status, headers);
    response.end(bodiless ? undefined : body);
  }
}

/** Answers that come before any API: plain text, in AWS's words. */
interface Refusal {
  readonly status: number;
  readonly text: string;
}

const tooLarge: Refusal = { status: 413, text: `HTTP content length exceeded ${bodyLimit} bytes.` };
const headersTooLarge: Refusal = { status: 431, text: `HTTP header is larger than ${headerValuesLimit} bytes.` };
const badRequest: Refusal = { status: 400, text: 'Bad Request' };

function refusalOf(message: IncomingMessage, path: string, query: string | undefined): Refusal | undefined {
  if (headerValuesSize(message.rawHeaders) > headerValuesLimit) return headersTooLarge;
  if (declaresTooMuch(message)) return tooLarge;
  // API Gateway takes these only percent-encoded.
  return !path.startsWith('/') || (query !== undefined && /[|{}]/.test(query)) ? badRequest : undefined;
}

async function bodyOf(message: IncomingMessage): Promise<BodyOutcome> {
  return hasBody(message) ? await readBody(message) : { kind: 'read', body: emptyBody };
}
