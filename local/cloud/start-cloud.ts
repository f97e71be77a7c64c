/** The local cloud: opens the endpoint, makes every service, creates the template's resources, and ends it all again. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createApiGateway } from '../apigateway/apigateway.js';
import { createCloudFront } from '../cloudfront/cloudfront.js';
import { createDynamodb } from '../dynamodb/dynamodb.js';
import { Credentials } from '../endpoint/credentials.js';
import { Endpoint } from '../endpoint/endpoint.js';
import { Faults } from '../endpoint/faults.js';
import { createSts } from '../endpoint/sts.js';
import { iamResourceTypes } from '../iam/resource-types.js';
import { Roles } from '../iam/roles.js';
import { createKms } from '../kms/kms.js';
import { createLambda } from '../lambda/lambda.js';
import { createLogs } from '../logs/logs.js';
import { createS3 } from '../s3/s3.js';
import { createScheduler } from '../scheduler/scheduler.js';
import { createSecretsManager } from '../secretsmanager/secretsmanager.js';
import { createSns } from '../sns/sns.js';
import { createSqs } from '../sqs/sqs.js';
import { UnreliableDelivery } from '../sqs/unreliable-delivery.js';
import type { Assembly } from './assembly.js';
import { deploy } from './deploy.js';
import { builtInProviders } from './inert.js';
import type { CloudModule, ModuleDependencies } from './module.js';
import type { StackIdentity } from './resource.js';

const defaultRegion = 'us-east-1';

export interface CloudOptions {
  readonly assembly: Assembly;
  /** Where data lives over restarts. */
  readonly stateDirectory: string;
  /** 0: any free one. */
  readonly gatewayPort: number;
  /** Of the distribution, where the template has one; 0: any free one. */
  readonly consolePort: number;
  /** 0: any free one. */
  readonly endpointPort: number;
  /** Secret values given at start, by the secret's logical id. */
  readonly secretValues: ReadonlyMap<string, string>;
  /** Opens the control path for injected faults. */
  readonly faults: boolean;
  /** Execution environments alive at one time, over all functions; by default what suits this machine. */
  readonly maximumEnvironments?: number;
  /** Told of every child process, so that a supervisor can end those that a kill -9 orphans. */
  readonly onProcess: (processId: number, alive: boolean) => void;
  /** Says something to the person at the machine. */
  readonly warn: (sentence: string) => void;
  /** Passes on what the stack itself says (a log line at WARN and above, a published message); it may come in floods. */
  readonly tell: (source: string, line: string) => void;
}

export interface LocalCloud {
  readonly endpointUrl: string;
  /** Where the REST API answers (as behind a custom domain: without the stage, no slash at the end); undefined where the template has none. */
  readonly gatewayUrl: string | undefined;
  /** Where the distribution answers, without a slash at the end; undefined where the template has none. */
  readonly consoleUrl: string | undefined;
  readonly identity: StackIdentity;
  readonly outputs: Readonly<Record<string, string>>;
  /** Logical id → what `Ref` gives. */
  readonly resources: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the cloud; it answers when this resolves.
 * @throws DeploymentError for a template that can't run here; listen errors (EADDRINUSE)
 */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const identity = identityOf(options.assembly);
  const credentials = new Credentials();
  const roles = new Roles(identity);
  const endpoint = await Endpoint.listen({ port: options.endpointPort, region: identity.region, credentials });
  const opened: CloudModule[] = [];
  const close = async (): Promise<void> => {
    for (const module of [...opened].reverse()) await module.close();
    await endpoint.close();
  };
  try {
    const delivery = options.faults ? new UnreliableDelivery() : undefined;
    const faults =
      delivery === undefined
        ? undefined
        : new Faults({ logicalIdOf: (name) => lambda.logicalIdOf(name), killCaller: (accessKeyId) => lambda.killByAccessKey(accessKeyId), delivery });
    if (faults !== undefined) endpoint.injectFaults(faults);
    const authorize = faults?.watch(roles.authorize) ?? roles.authorize;
    const dependencies = (name: string): ModuleDependencies => {
      const stateDirectory = join(options.stateDirectory, name);
      mkdirSync(stateDirectory, { recursive: true });
      return { identity, endpointUrl: endpoint.url, stateDirectory, authorize };
    };
    // What is opened first is closed last: functions end before the logs that they write.
    const open = <Module extends CloudModule>(module: Module): Module => {
      opened.push(module);
      for (const service of module.services) endpoint.add(service);
      for (const host of module.hosts ?? []) endpoint.addHost(host);
      return module;
    };
    open({
      services: [createSts(identity, (principal) => roles.sessionArn(principal))],
      resourceTypes: iamResourceTypes(identity, roles),
      close: async () => undefined,
    });
    open(createKms(dependencies('kms')));
    const { writer: logs } = open(createLogs(dependencies('logs')));
    open(createSns({ ...dependencies('sns'), tell: options.tell }));
    open(createDynamodb(dependencies('dynamodb')));
    const s3 = open(createS3({ ...dependencies('s3'), credentials, assets: options.assembly.assets }));
    const lambda = open(
      createLambda({
        ...dependencies('lambda'),
        credentials,
        roles,
        logs,
        assets: options.assembly.assets,
        maximumEnvironments: options.maximumEnvironments ?? environmentsFor(options.assembly),
        onProcess: options.onProcess,
        warn: options.warn,
        tell: options.tell,
      }),
    );
    const { functions } = lambda;
    const secrets = open(createSecretsManager({
        ...dependencies('secretsmanager'),
        overrides: options.secretValues,
        functions,
        assertMayInvoke: (functionArn, invoker) => lambda.assertMayInvoke(functionArn, invoker),
        report: options.warn,
      }));
    open(createSqs({
        ...dependencies('sqs'),
        functions,
        roleOf: (arn) => lambda.roleOf(arn),
        functionTimeoutSeconds: (arn) => lambda.functionTimeoutSeconds(arn),
        delivery,
      }));
    open(createScheduler({ ...dependencies('scheduler'), functions, report: options.warn }));
    const gateway = open(createApiGateway({ ...dependencies('apigateway'), functions, logs, port: options.gatewayPort }));
    const distribution = open(createCloudFront({ ...dependencies('cloudfront'), buckets: s3.origin, port: options.consolePort, tell: options.tell }));

    const deployment = await deploy(
      options.assembly.template,
      identity,
      opened.flatMap((module) => module.resourceTypes),
      secrets.readSecret,
    );
    for (const module of opened) await module.start?.();
    for (const module of opened) module.ready?.();
    const hasApi = Object.values(options.assembly.template.Resources).some(({ Type }) => Type === 'AWS::ApiGateway::Stage');
    return {
      endpointUrl: endpoint.url,
      gatewayUrl: hasApi ? gateway.url : undefined,
      consoleUrl: distribution.url,
      identity,
      outputs: deployment.outputs,
      resources: Object.fromEntries([...deployment.resources].map(([logicalId, { ref }]) => [logicalId, ref])),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function identityOf({ stackName, region = defaultRegion }: Assembly): StackIdentity {
  const digest = createHash('sha256').update(stackName).digest('hex');
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-');
  return {
    accountId: '000000000000',
    region,
    partition: 'aws',
    stackName,
    stackId: `arn:aws:cloudformation:${region}:000000000000:stack/${stackName}/${uuid}`,
  };
}

/** One environment for each function, so that none is evicted to serve another, and two more for each processor, up to eight. */
function environmentsFor({ template }: Assembly): number {
  const providers = builtInProviders(template.Resources);
  const functions = Object.entries(template.Resources).filter(([logicalId, { Type }]) => Type === 'AWS::Lambda::Function' && !providers.has(logicalId)).length;
  return functions + Math.min(8, 2 * availableParallelism());
}
