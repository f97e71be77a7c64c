/**
 * The one AWS endpoint: an HTTP server on the loopback that checks each request's signature and hands it to the service
 * that the signature names. A request for a host name of a deployed API goes to that API, signed or not.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AwsError, type AwsService, type HostService, type SignedRequest } from '../cloud/service.js';
import { decodeChunkedBody } from './chunked-body.js';
import type { Credentials } from './credentials.js';
import type { Faults } from './faults.js';
import { asAwsError, renderError } from './render-error.js';
import { readClaim, verifySignature } from './signature.js';

const maximumBody = 64 * 1024 * 1024;

export interface EndpointOptions {
  readonly port: number;
  readonly region: string;
  readonly credentials: Credentials;
}

export class Endpoint {
  readonly url: string;
  readonly #server: Server;
  readonly #options: EndpointOptions;
  readonly #services = new Map<string, AwsService>();
  readonly #hosts: HostService[] = [];
  #faults: Faults | undefined;

  private constructor(server: Server, url: string, options: EndpointOptions) {
    this.#server = server;
    this.url = url;
    this.#options = options;
  }

  /**
   * Listens before any service is there; until `add`, requests are answered 503.
   * @param options port 0 takes any free one
   * @throws the listen error (EADDRINUSE)
   */
  static async listen(options: EndpointOptions): Promise<Endpoint> {
    // An idle keep-alive connection of a frozen function must not be closed under it, so the time is long.
    // Headers may be as large as the largest that a host service takes.
    const server = createServer({ keepAliveTimeout: 300_000, requestTimeout: 0, maxHeaderSize: 64 * 1024 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    const endpoint = new Endpoint(server, `http://127.0.0.1:${port}`, options);
    server.on('request', (request, response) => void endpoint.#answer(request, response));
    return endpoint;
  }

  add(service: AwsService): void {
    this.#services.set(service.signingName, service);
  }

  addHost(host: HostService): void {
    this.#hosts.push(host);
  }

  /** Opens the control path for injected faults. */
  injectFaults(faults: Faults): void {
    this.#faults = faults;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const host = this.#hosts.find((candidate) => candidate.answersFor(incoming.headers.host ?? ''));
    if (host !== undefined) return this.#answerHost(host, incoming, response, requestId);
    response.setHeader('x-amzn-RequestId', requestId);
    const url = incoming.url ?? '/';
    const contentType = incoming.headers['content-type'];
    let service = incoming.headers['x-amz-target'] === undefined ? 's3' : 'json';
    try {
      if (this.#faults !== undefined && url === '/_faults') return await this.#faults.control(incoming, response);
      const question = url.indexOf('?');
      const path = question < 0 ? url : url.slice(0, question);
      const rawQuery = question < 0 ? '' : url.slice(question + 1);
      const query = new URLSearchParams(rawQuery);
      const headers = singleValued(incoming);
      // A browser's preflight repeats a presigned URL's query, but asks for itself.
      const claimed = incoming.method === 'OPTIONS' ? undefined : readClaim(headers, query);
      if (claimed === undefined) return await this.#answerUnsigned(incoming, response);
      service = claimed.service;
      const handler = this.#services.get(service);
      if (handler === undefined) throw this.#unknownService(service);
      const encoded = await readBody(incoming);
      const method = incoming.method ?? 'GET';
      const verified = verifySignature(
        { method, path, rawQuery, query, headers, body: encoded },
        claimed,
        this.#options.credentials,
        this.#options.region,
        Date.now(),
      );
      const streamed = verified.payloadHash.startsWith('STREAMING-')
        ? decodeChunkedBody(encoded, headers, verified)
        : undefined;
      const request: SignedRequest = {
        principal: verified.credential.principal,
        requestId,
        method,
        path,
        query,
        // A trailing checksum stands beside the others, so that a service checks both kinds alike.
        headers: streamed === undefined ? headers : { ...headers, ...streamed.trailers },
        presigned: verified.presigned,
        body: streamed?.body ?? encoded,
      };
      if (this.#faults === undefined) await handler.handle(request, response);
      else await this.#faults.run(request, verified, response, () => handler.handle(request, response));
    } catch (error) {
      renderError(response, service, contentType, asAwsError(error, `${incoming.method ?? ''} ${service}`), requestId);
    }
  }

  async #answerHost(host: HostService, incoming: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    try {
      await host.handle(incoming, response);
    } catch (error) {
      renderError(response, 'execute-api', undefined, asAwsError(error, `${incoming.method ?? ''} ${incoming.headers.host ?? ''}`), requestId);
    }
  }

  async #answerUnsigned(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const aimsAtApi =
      incoming.headers['x-amz-target'] !== undefined ||
      incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const handler = aimsAtApi
      ? undefined
      : [...this.#services.values()].find((candidate) => candidate.handleUnsigned !== undefined);
    if (handler?.handleUnsigned === undefined)
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    await handler.handleUnsigned(incoming, response);
  }

  #unknownService(name: string): AwsError {
    return this.#services.size === 0
      ? new AwsError('ServiceUnavailable', 'The local cloud is still starting.', 503)
      : new AwsError('UnknownService', `The local cloud has no service "${name}". It has: ${[...this.#services.keys()].join(', ')}.`, 501);
  }
}

function singleValued(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name in incoming.headers) {
    const value = incoming.headers[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  return headers;
}

/** @throws AwsError EntityTooLarge, IncompleteBody */
function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maximumBody) chunks.push(chunk);
      // The rest is read and dropped, so that the client hears the answer.
      else chunks.length = 0;
    });
    incoming.on('end', () => {
      if (length > maximumBody)
        reject(new AwsError('EntityTooLarge', `The local cloud takes bodies of at most ${maximumBody} bytes.`, 413));
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    });
    incoming.on('error', () => reject(new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400)));
  });
}
