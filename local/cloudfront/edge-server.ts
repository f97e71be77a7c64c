/** The HTTP server of a distribution, on the loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { answerMalformed } from '../endpoint/answer-malformed.js';
import { listenOnLoopback, type LoopbackServers } from '../endpoint/loopback.js';
import { rawHeaders } from './headers.js';
import type { RunningDistribution } from './running-distribution.js';

export class EdgeServer {
  private constructor(private readonly listening: LoopbackServers) {}

  /** @throws the error of `listen`, e.g. with the code EADDRINUSE */
  static async listen(port: number, distribution: RunningDistribution): Promise<EdgeServer> {
    return new EdgeServer(await listenOnLoopback(port, () => serverFor(distribution)));
  }

  get port(): number {
    return this.listening.port;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.listening.servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => { resolve(); });
            server.closeAllConnections();
          }),
      ),
    );
  }
}

function serverFor(distribution: RunningDistribution): Server {
  // As large as the gateway reads them.
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (message, response) => {
    void serve(distribution, message, response);
  });
  server.on('clientError', answerMalformed);
  return server;
}

/** Never rejects. */
async function serve(distribution: RunningDistribution, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { status, headers, body, encoder } = await distribution.answer(message);
    // Nobody reads what is left of a request that was answered.
    message.resume();
    response.writeHead(status, rawHeaders(headers));
    if (body === undefined || message.method === 'HEAD') {
      body?.resume();
      response.end();
    } else await (encoder === undefined ? pipeline(body, response) : pipeline(body, encoder, response));
  } catch (error) {
    // A viewer that went away in the middle of the body needs no words.
    if (!response.headersSent && !response.destroyed) console.error('CloudFront failed on a request:', error);
    response.destroy();
  }
}
