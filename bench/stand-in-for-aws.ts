/**
 * A stand-in for AWS that answers at once: it checks no signature, no permission and no condition, and counts the calls. The
 * benches time a function against it, so that what they time is the function. (`npm start` is the cloud that checks all that.)
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

export interface StandIn {
  readonly url: string;
  /** Puts an item into a table, under the name that its only key has. */
  putItem(table: string, key: string, item: Readonly<Record<string, unknown>>): void;
  putSecret(id: string, text: string): void;
  /** Answers each GET of an object with this body, after a while. */
  serveObjects(body: Buffer, afterMilliseconds: number): void;
  /** The calls since the last time, such as `dynamodb:GetItem` → 2. */
  takeCalls(): ReadonlyMap<string, number>;
  /** The bodies of the SQS messages since the last time. */
  takeMessages(): readonly string[];
  close(): Promise<void>;
}

const input = z.looseObject({
  TableName: z.string().optional(),
  Key: z.record(z.string(), z.unknown()).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
  ReturnValues: z.string().optional(),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()).optional(),
  SecretId: z.string().optional(),
  MessageBody: z.string().optional(),
});
type Input = z.infer<typeof input>;

const services: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
  Logs_20140328: 'logs',
  AmazonSQS: 'sqs',
};

export async function standInForAws(): Promise<StandIn> {
  const keyOfTable = new Map<string, string>();
  const items = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  let calls = new Map<string, number>();
  let messages: string[] = [];
  let document: { readonly body: Buffer; readonly afterMilliseconds: number } = { body: Buffer.alloc(0), afterMilliseconds: 0 };

  const place = (table: string, key: Readonly<Record<string, unknown>>): string => JSON.stringify([table, key[keyOfTable.get(table) ?? '']]);

  /** What the operation answers. @throws Error for one that no bench needs */
  function answer(operation: string, given: Input): unknown {
    const { TableName: table = '', Key: key = {}, Item: item = {}, SecretId: secret = '', MessageBody: message = '' } = given;
    switch (operation) {
      case 'dynamodb:GetItem':
        return { Item: items.get(place(table, key)) };
      case 'dynamodb:PutItem':
        items.set(place(table, item), item);
        return {};
      case 'dynamodb:Query':
        return { Items: [] };
      case 'dynamodb:UpdateItem':
        // A count, for whoever asks for one: the second request of a minute that is open.
        return given.ReturnValues === undefined ? {} : { Attributes: { minute: given.ExpressionAttributeValues?.[':minute'], requests: { N: '2' } } };
      case 'logs:PutLogEvents':
        return {};
      case 'secretsmanager:GetSecretValue':
        return { SecretString: secrets.get(secret) };
      case 'sqs:SendMessage':
        messages.push(message);
        return { MessageId: 'bench', MD5OfMessageBody: createHash('md5').update(message).digest('hex') };
      default:
        throw new Error(`The stand-in for AWS has no ${operation}`);
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') {
      count(`s3:${request.method ?? ''}`);
      if (request.method === 'GET') setTimeout(() => response.end(document.body), document.afterMilliseconds);
      else response.setHeader('ETag', '"bench"').end();
      return;
    }
    const [prefix = '', name = ''] = target.split('.');
    const operation = `${services[prefix] ?? prefix}:${name}`;
    count(operation);
    const text = JSON.stringify(answer(operation, input.parse(JSON.parse(body.toString('utf8')))));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(text) }).end(text);
  }

  function count(operation: string): void {
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    putItem(table, key, item) {
      keyOfTable.set(table, key);
      const marshalled = marshall(item, { removeUndefinedValues: true });
      items.set(place(table, marshalled), marshalled);
    },
    putSecret: (id, text) => secrets.set(id, text),
    serveObjects(body, afterMilliseconds) {
      document = { body, afterMilliseconds };
    },
    takeCalls() {
      const taken = calls;
      calls = new Map();
      return taken;
    },
    takeMessages() {
      const taken = messages;
      messages = [];
      return taken;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** How many calls that is, and which. */
export function summary(calls: ReadonlyMap<string, number>): { readonly total: number; readonly names: string } {
  const total = [...calls.values()].reduce((sum, times) => sum + times, 0);
  return { total, names: [...calls].map(([name, times]) => (times === 1 ? name : `${times} ${name}`)).sort().join(', ') };
}
