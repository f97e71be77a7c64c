/** Stands in for AWS over HTTP: gives the answers that a test has laid out, one for each call, and keeps what was asked. */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface ScriptedAnswer {
  readonly status: number;
  /** An object goes out as JSON. */
  readonly body: string | object;
  /** Closes the connection instead of answering. */
  readonly cut?: boolean;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

export class ScriptedAws {
  readonly #server = createServer((request, response) => {
    void buffer(request).then((body) => {
      this.asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      const { status, body: text, cut } = this.answers.shift() ?? { status: 500, body: {} };
      if (cut === true) request.socket.destroy();
      else response.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text));
    });
  });
  answers: ScriptedAnswer[] = [];
  asked: Asked[] = [];
  url = '';

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What a function finds in its environment. */
export function setFunctionEnvironment(endpoint: string, credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  if (credentials.sessionToken === undefined) delete process.env['AWS_SESSION_TOKEN'];
  else process.env['AWS_SESSION_TOKEN'] = credentials.sessionToken;
}
