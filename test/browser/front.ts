/** Stands before the gateway where the stack has no distribution: the console's files under its policy, and /api. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

const dist = join(__dirname, '..', '..', 'admin-ui', 'dist');
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const runtimeConfig = JSON.stringify({ apiBase: '/api', stage: 'dev', version: 'test', defaultCountry: 'US' });

export interface Front {
  readonly address: string;
  stop(): Promise<void>;
}

export function startFront(gateway: string): Promise<Front> {
  const server = createServer((incoming, outgoing) => {
    const { url = '/' } = incoming;
    if (url.startsWith('/api/')) forward(gateway, incoming, outgoing);
    else serve(url.split('?')[0] ?? '/', outgoing);
  });
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      const address = server.address();
      resolve({
        address: `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`,
        stop: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}

function forward(gateway: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { host: _host, ...headers } = incoming.headers;
  const onward = send(`${gateway}${incoming.url?.slice('/api'.length) ?? ''}`, { method: incoming.method ?? 'GET', headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.writeHead(502).end());
  incoming.pipe(onward);
}

function serve(path: string, outgoing: ServerResponse): void {
  if (path === '/runtime-config.json') {
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }).end(runtimeConfig);
    return;
  }
  const file = join(dist, extname(path) === '' ? 'index.html' : path);
  if (!existsSync(file)) {
    outgoing.writeHead(404).end();
    return;
  }
  outgoing.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy }).end(readFileSync(file));
}
