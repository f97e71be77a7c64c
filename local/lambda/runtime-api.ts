/**
 * The Lambda Runtime API for one execution environment: the process asks for its next invocation and posts what came of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { longestResponse, type Invocation } from './invocation.js';

export interface RuntimeApiListener {
  /** The process asks for work: its init is over, or its invocation. */
  onNext(): void;
  onResponse(requestId: string, payload: string, bytes: number): void;
  onError(requestId: string, payload: string): void;
  onInitError(payload: string): void;
}

const prefix = '/2018-06-01/runtime/';

export class RuntimeApi {
  /** host:port for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  readonly #server: Server;
  readonly #functionArn: string;
  #waiting: ServerResponse | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(server: Server, address: string, functionArn: string) {
    this.#server = server;
    this.address = address;
    this.#functionArn = functionArn;
  }

  static async listen(functionArn: string, listener: RuntimeApiListener): Promise<RuntimeApi> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const api = new RuntimeApi(server, `127.0.0.1:${port}`, functionArn);
    server.on('request', (request, response) => void api.#answer(request, response, listener));
    return api;
  }

  /** Hands an invocation to the process, which must be waiting for one. */
  give(invocation: Invocation, deadline: number): void {
    const response = this.#waiting;
    this.#waiting = undefined;
    response?.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(invocation.payload),
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadline),
      'Lambda-Runtime-Invoked-Function-Arn': this.#functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
      ...(invocation.clientContext === undefined ? {} : { 'Lambda-Runtime-Client-Context': invocation.clientContext }),
    });
    response?.end(invocation.payload);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, listener: RuntimeApiListener): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${prefix}invocation/next`) {
      // It may come in one packet with the result before it, whose body is then not yet read.
      await this.#reading;
      this.#waiting = response;
      listener.onNext();
      return;
    }
    const reading = read(request);
    this.#reading = reading;
    const body = await reading;
    if (body === undefined) return;
    const [, requestId, result] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method === 'POST' && requestId !== undefined) {
      accepted(response);
      if (result === 'response') listener.onResponse(requestId, body.payload, body.bytes);
      else listener.onError(requestId, body.payload);
    } else if (request.method === 'POST' && path === `${prefix}init/error`) {
      accepted(response);
      listener.onInitError(body.payload);
    } else response.writeHead(404).end();
  }
}

function accepted(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': 16 });
  response.end('{"status":"OK"}\n');
}

/** Undefined where the process ended in the middle. A payload over the limit is counted, not kept. */
function read(request: IncomingMessage): Promise<{ payload: string; bytes: number } | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= longestResponse) chunks.push(chunk);
    });
    request.on('end', () => resolve({ payload: Buffer.concat(chunks).toString('utf8'), bytes }));
    request.on('error', () => resolve(undefined));
  });
}
