/** An SQS behind the endpoint of the local cloud, on a state folder of its own, with a clock that the test moves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { FunctionInvoker, InvocationOutcome } from '../../local/cloud/function-invoker.js';
import type { CloudModule } from '../../local/cloud/module.js';
import type { CreatedResource, StackIdentity } from '../../local/cloud/resource.js';
import { AwsError, type Authorize } from '../../local/cloud/service.js';
import { Credentials, administratorKey, type AccessKey } from '../../local/endpoint/credentials.js';
import { Endpoint } from '../../local/endpoint/endpoint.js';
import type { Clock } from '../../local/sqs/clock.js';
import { createSqs } from '../../local/sqs/sqs.js';
import { UnreliableDelivery } from '../../local/sqs/unreliable-delivery.js';

const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'Test',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Test/0',
};

export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

/** Stands still until it is moved. */
export class TestClock implements Clock {
  private time = Date.UTC(2026, 0, 1);
  private readonly due = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.time + milliseconds, callback };
    this.due.add(timer);
    return () => void this.due.delete(timer);
  }

  advance(seconds: number): void {
    const end = this.time + seconds * 1000;
    for (;;) {
      const [next] = [...this.due].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.due.delete(next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = end;
  }
}

const lambdaEvent = z.object({
  Records: z.array(z.looseObject({ messageId: z.string(), body: z.string(), attributes: z.record(z.string(), z.string()) })),
});

/** A function whose invocations the test answers one by one. */
export class TestFunction implements FunctionInvoker {
  readonly payloads: z.infer<typeof lambdaEvent>[] = [];
  private readonly waiting: ((invoked: { bodies: string[]; ids: string[]; answer: (outcome: InvocationOutcome) => void }) => void)[] = [];
  private readonly invoked: { bodies: string[]; ids: string[]; answer: (outcome: InvocationOutcome) => void }[] = [];

  /** Invocations that have begun and have no answer yet. */
  open = 0;

  invoke(_: string, payload: string): Promise<InvocationOutcome> {
    const event = lambdaEvent.parse(JSON.parse(payload));
    this.payloads.push(event);
    this.open += 1;
    return new Promise((resolve) => {
      const invocation = {
        bodies: event.Records.map(({ body }) => body),
        ids: event.Records.map(({ messageId }) => messageId),
        answer: (outcome: InvocationOutcome) => {
          this.open -= 1;
          resolve(outcome);
        },
      };
      const next = this.waiting.shift();
      if (next === undefined) this.invoked.push(invocation);
      else next(invocation);
    });
  }

  /** The next invocation, as soon as there is one. */
  next(): Promise<{ bodies: string[]; ids: string[]; answer: (outcome: InvocationOutcome) => void }> {
    const invocation = this.invoked.shift();
    if (invocation !== undefined) return Promise.resolve(invocation);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }
}

export interface SqsUnderTest {
  readonly url: string;
  readonly clock: TestClock;
  readonly worker: TestFunction;
  readonly delivery: UnreliableDelivery;
  readonly client: SQSClient;
  readonly module: CloudModule;
  clientOf(key: AccessKey): SQSClient;
  /** Credentials of a function whose role allows exactly these `action resource` pairs. */
  roleWith(...allowed: string[]): AccessKey;
  add(type: string, properties: Record<string, unknown>): Promise<CreatedResource>;
  addQueue(QueueName: string, properties?: Record<string, unknown>): Promise<{ url: string; arn: string }>;
  restart(): Promise<SqsUnderTest>;
  close(): Promise<void>;
}

export async function startSqs(
  options: { directory?: string; workerMay?: readonly string[]; functionTimeoutSeconds?: number } = {},
): Promise<SqsUnderTest> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'sqs-'));
  const credentials = new Credentials();
  const allowances = new Map<string, readonly string[]>();
  const authorize: Authorize = (principal, action, resource) => {
    if (principal.kind === 'administrator') return;
    if (allowances.get(principal.roleArn)?.includes(`${action} ${resource}`) === true) return;
    const kms = action.startsWith('kms:');
    throw new AwsError(kms ? 'AccessDeniedException' : 'AccessDenied', `not authorized to perform: ${action} on resource: ${resource}`, kms ? 400 : 403);
  };
  const roleArn = 'arn:aws:iam::000000000000:role/worker';
  if (options.workerMay !== undefined) allowances.set(roleArn, options.workerMay);
  const endpoint = await Endpoint.listen({ port: 0, region: identity.region, credentials });
  const clock = new TestClock();
  const worker = new TestFunction();
  const delivery = new UnreliableDelivery();
  const module = createSqs({
    identity,
    endpointUrl: endpoint.url,
    stateDirectory: directory,
    authorize,
    clock,
    delivery,
    functions: worker,
    roleOf: () => (options.workerMay === undefined ? { kind: 'administrator' } : { kind: 'role', roleArn, functionName: 'worker' }),
    functionTimeoutSeconds: () => options.functionTimeoutSeconds ?? 10,
  });
  for (const service of module.services) endpoint.add(service);
  const clients: SQSClient[] = [];
  const clientOf = ({ sessionToken, ...keys }: AccessKey): SQSClient => {
    const client = new SQSClient({
      region: identity.region,
      endpoint: endpoint.url,
      credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
      maxAttempts: 1,
    });
    clients.push(client);
    return client;
  };
  const stop = async (): Promise<void> => {
    for (const client of clients) client.destroy();
    await module.close();
    await endpoint.close();
  };
  const add = async (type: string, properties: Record<string, unknown>): Promise<CreatedResource> => {
    const found = module.resourceTypes.find((candidate) => candidate.type === type);
    if (found === undefined) throw new Error(`no ${type}`);
    return found.create({ logicalId: 'Resource', properties, generatedName: 'Test-Resource' });
  };
  return {
    url: endpoint.url,
    clock,
    worker,
    delivery,
    module,
    client: clientOf(administratorKey),
    clientOf,
    roleWith: (...allowed) => {
      const arn = `arn:aws:iam::000000000000:role/role-${allowances.size}`;
      allowances.set(arn, allowed);
      return credentials.issue({ kind: 'role', roleArn: arn, functionName: 'tested' });
    },
    add,
    addQueue: async (QueueName, properties = {}) => {
      const { ref, attributes } = await add('AWS::SQS::Queue', { QueueName, ...properties });
      return { url: ref, arn: attributes['Arn'] ?? '' };
    },
    restart: async () => {
      await stop();
      return startSqs({ ...options, directory });
    },
    close: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
