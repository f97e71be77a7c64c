/** HTTP servers on the loopback: on 127.0.0.1 and, where the machine has it, on ::1, so that `localhost` means them either way. */
import type { Server } from 'node:http';

export interface LoopbackServers {
  readonly port: number;
  readonly servers: readonly Server[];
}

/**
 * Listens with servers that `makeServer` makes.
 * @param port 0: any that is free
 * @throws the error of `listen`, e.g. with the code EADDRINUSE
 */
export async function listenOnLoopback(port: number, makeServer: () => Server): Promise<LoopbackServers> {
  const first = await listen(makeServer(), port, '127.0.0.1');
  const actual = portOf(first);
  try {
    return { port: actual, servers: [first, await listen(makeServer(), actual, '::1')] };
  } catch (error) {
    // Somebody else on [::1] would get the requests for `localhost`; a machine without ::1 has no such requests.
    if (port === 0 || !isErrorWithCode(error, 'EADDRINUSE')) return { port: actual, servers: [first] };
    first.close();
    throw error;
  }
}

async function listen(server: Server, port: number, host: string): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
