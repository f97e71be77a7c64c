/** A server that answers as no gateway does: what an SDK meets when the address is wrong, or something stands in between. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';

const page = '<!DOCTYPE html><title>Welcome</title>';

/** What it does, by the first part of the path. */
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  silent: () => {},
  'hang-up': (response) => response.destroy(),
  half: (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
    response.write('{"id": "', () => response.destroy());
  },
  page: (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(page),
  list: (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]'),
  other: (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status": "not ok"}'),
  redirect: (response) => response.writeHead(301, { Location: 'https://elsewhere.example/fax' }).end(page),
  reasons: (response) => response.writeHead(422, { 'Content-Type': 'application/json' }).end('{"detail": [{"msg": "field required"}]}'),
  'bad-gateway': (response) => response.writeHead(502, { 'Content-Type': 'text/html' }).end(page),
  unavailable: (response) => response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '7' }).end('{"message": "Service Unavailable"}'),
  accepts: (response) => response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"id": "1", "status": "queued"}'),
};

export interface Received {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Of a body up to a megabyte. */
  readonly body: Buffer;
  readonly length: number;
}

export interface OddServer {
  readonly url: string;
  /** Every request, in its order. */
  readonly received: readonly Received[];
  close(): void;
}

export async function startOddServer(): Promise<OddServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      received.push(one);
      answers[one.url.split('/')[1] ?? '']?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const chunkShape = z.instanceof(Buffer);

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const chunk = chunkShape.parse(part);
    length += chunk.length;
    if (length <= 1024 * 1024) chunks.push(chunk);
  }
  return { method: request.method, url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), length };
}
