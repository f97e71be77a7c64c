/** Hand-made cloud assemblies with tiny functions, and a cloud of the core services to run them in this process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { readAssembly } from '../../local/cloud/assembly.js';
import { startCloud, type CloudOptions, type LocalCloud } from '../../local/cloud/start-cloud.js';

export interface AssemblyParts {
  readonly resources?: Readonly<Record<string, object>>;
  readonly outputs?: Readonly<Record<string, object>>;
  readonly sections?: Readonly<Record<string, object>>;
  /** Logical id → source of index.js, and what differs from a plain function. */
  readonly functions?: Readonly<Record<string, FunctionParts>>;
}

export interface FunctionParts {
  readonly source: string;
  readonly file?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Statements of the role's policy; logs may always be written. */
  readonly statements?: readonly object[];
}

export const trustsLambda = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Source of a function that makes the signed call that its event describes, and returns what came back. */
export const signedCaller = `
const { request } = require('node:http');
const { sign } = require(${JSON.stringify(require.resolve('aws4'))});
exports.handler = (call) => new Promise((resolve, reject) => {
  const { hostname, port, host } = new URL(process.env.AWS_ENDPOINT_URL);
  const signed = sign({ region: process.env.AWS_REGION, host, ...call });
  const sent = request({ hostname, port, method: signed.method, path: signed.path, headers: signed.headers }, (response) => {
    let body = '';
    response.on('data', (chunk) => (body += chunk)).on('end', () => resolve({ status: response.statusCode, body }));
  });
  sent.on('error', reject).end(call.body);
});`;

/** Writes an assembly as `cdk synth` does, and gives its folder. */
export function writeAssembly(parts: AssemblyParts): string {
  const directory = mkdtempSync(join(tmpdir(), 'core-assembly-'));
  const files: Record<string, object> = {};
  const resources: Record<string, object> = { ...parts.resources };
  for (const [logicalId, part] of Object.entries(parts.functions ?? {})) {
    const folder = `asset.${logicalId}`;
    mkdirSync(join(directory, folder));
    writeFileSync(join(directory, folder, part.file ?? 'index.js'), part.source);
    files[logicalId] = {
      source: { path: folder, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${logicalId}.zip` } },
    };
    Object.assign(resources, functionResources(logicalId, part));
  }
  const write = (name: string, content: object): void => writeFileSync(join(directory, name), JSON.stringify(content));
  write('Test.template.json', { Resources: resources, Outputs: parts.outputs ?? {}, ...parts.sections });
  write('Test.assets.json', { version: '1', files });
  write('manifest.json', {
    version: '1',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'Test.template.json' },
      },
    },
  });
  return directory;
}

function functionResources(logicalId: string, part: FunctionParts): Record<string, object> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
      ...(part.statements ?? []),
    ],
  };
  return {
    [`${logicalId}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: trustsLambda, Policies: [{ PolicyName: 'Inline', PolicyDocument: policy }] },
    },
    [`${logicalId}Log`]: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/test/${logicalId}` } },
    [logicalId]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: logicalId,
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Code: { S3Bucket: 'assets', S3Key: `${logicalId}.zip` },
        Role: { 'Fn::GetAtt': [`${logicalId}Role`, 'Arn'] },
        LoggingConfig: { LogGroup: { Ref: `${logicalId}Log` } },
        Timeout: 10,
        MemorySize: 256,
        ...part.properties,
      },
    },
  };
}

export interface CoreCloud extends LocalCloud {
  readonly lambda: LambdaClient;
  readonly warnings: readonly string[];
  /** What the stack itself said. */
  readonly told: readonly string[];
  readonly processes: ReadonlySet<number>;
  /** Invokes a function as the administrator. */
  invoke(functionName: string, event?: unknown): Promise<{ error: string | undefined; result: unknown }>;
  /** Ends it and removes its folders. */
  end(): Promise<void>;
}

/** Starts an assembly in this process, on free ports and a fresh state folder. */
export async function startCore(parts: AssemblyParts, options: Partial<CloudOptions> = {}): Promise<CoreCloud> {
  const directory = writeAssembly(parts);
  const stateDirectory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), 'core-state-'));
  const warnings: string[] = [];
  const told: string[] = [];
  const processes = new Set<number>();
  const cloud = await startCloud({
    assembly: readAssembly(directory),
    stateDirectory,
    gatewayPort: 0,
    consolePort: 0,
    endpointPort: 0,
    secretValues: new Map(),
    faults: false,
    onProcess: (processId, alive) => {
      if (alive) processes.add(processId);
      else processes.delete(processId);
    },
    warn: (sentence) => warnings.push(sentence),
    tell: (_, line) => told.push(line),
    ...options,
  });
  const lambda = new LambdaClient({
    endpoint: cloud.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    ...cloud,
    lambda,
    warnings,
    told,
    processes,
    invoke: async (functionName, event = {}) => {
      const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }));
      return { error: answer.FunctionError, result: JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')) };
    },
    end: async () => {
      lambda.destroy();
      await cloud.close();
      rmSync(directory, { recursive: true, force: true });
      if (options.stateDirectory === undefined) rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
