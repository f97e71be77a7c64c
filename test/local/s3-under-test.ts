/** An S3 behind the endpoint of the local cloud, on a state folder of its own, with buckets made as a template would make them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Credentials, administratorKey, type AccessKey } from '../../local/endpoint/credentials.js';
import { Endpoint } from '../../local/endpoint/endpoint.js';
import type { StackIdentity } from '../../local/cloud/resource.js';
import { AwsError, type Authorize } from '../../local/cloud/service.js';
import { createS3, type S3Module } from '../../local/s3/s3.js';

export const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'Test',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Test/0',
};

export interface S3UnderTest {
  readonly url: string;
  readonly module: S3Module;
  /** Signs as the administrator unless other credentials are given. */
  client(configuration?: S3ClientConfig, key?: AccessKey): S3Client;
  /** Credentials of a function whose role allows exactly these `action resource` pairs. */
  roleWith(...allowed: string[]): AccessKey;
  addBucket(properties: Record<string, unknown>): Promise<string>;
  /** Ends the service and opens it again over the same folder. */
  restart(): Promise<S3UnderTest>;
  close(): Promise<void>;
}

export async function startS3(options: { now?: () => number; directory?: string } = {}): Promise<S3UnderTest> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 's3-'));
  const credentials = new Credentials();
  const allowances = new Map<string, readonly string[]>();
  const authorize: Authorize = (principal, action, resource) => {
    if (principal.kind === 'administrator') return;
    if (allowances.get(principal.roleArn)?.includes(`${action} ${resource}`) !== true)
      throw new AwsError('AccessDenied', `not authorized to perform: ${action} on resource: ${resource}`, 403);
  };
  const endpoint = await Endpoint.listen({ port: 0, region: identity.region, credentials });
  const module = createS3({
    identity,
    endpointUrl: endpoint.url,
    stateDirectory: directory,
    authorize,
    credentials,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  for (const service of module.services) endpoint.add(service);
  const clients: S3Client[] = [];
  const stop = async (): Promise<void> => {
    for (const client of clients) client.destroy();
    await endpoint.close();
    await module.close();
  };
  return {
    url: endpoint.url,
    module,
    client: (configuration = {}, key = administratorKey) => {
      const { sessionToken, ...keys } = key;
      const client = new S3Client({
        region: identity.region,
        endpoint: endpoint.url,
        credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
        maxAttempts: 1,
        ...configuration,
      });
      clients.push(client);
      return client;
    },
    roleWith: (...allowed) => {
      const roleArn = `arn:aws:iam::000000000000:role/role-${allowances.size}`;
      allowances.set(roleArn, allowed);
      return credentials.issue({ kind: 'role', roleArn, functionName: 'tested' });
    },
    addBucket: async (properties) => {
      const type = module.resourceTypes.find(({ type: name }) => name === 'AWS::S3::Bucket');
      if (type === undefined) throw new Error('no AWS::S3::Bucket');
      const { ref } = await type.create({ logicalId: 'Bucket', properties, generatedName: 'Test-Bucket' });
      return ref;
    },
    restart: async () => {
      await stop();
      return startS3({ ...options, directory });
    },
    close: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The code of the AWS error that a call ends in. */
export async function errorOf(call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) {
      const metadata = '$metadata' in error ? error.$metadata : undefined;
      const status =
        typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? Number(metadata.httpStatusCode) : undefined;
      return { name: error.name, status };
    }
  }
  return { name: 'no error', status: undefined };
}
