/** A stand-in for an account at Sinch: it takes one secret, and keeps what it was asked with. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SinchAccount {
  readonly url: string;
  /** The secret that it takes; undefined: it is out of order. */
  secret: string | undefined;
  /** The secrets that it was asked with, in order. */
  readonly tried: string[];
  close(): Promise<void>;
}

/** What the gateway has to be given for it. */
export const sinchFields = (secret: string): Readonly<Record<string, string>> => ({ project_id: 'project-1', key_id: 'key-1', key_secret: secret });

export async function sinchAccount(secret: string): Promise<SinchAccount> {
  const account: { secret: string | undefined; readonly tried: string[] } = { secret, tried: [] };
  const server: Server = createServer((request, response) => {
    const [, given = ''] = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString().split(':');
    account.tried.push(given);
    const status = account.secret === undefined ? 503 : given === account.secret ? 200 : 401;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { faxes: [] } : { code: status, message: `not with ${given}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = portOf(server.address());
  return Object.assign(account, {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

function portOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address;
}
