/** AWS Lambda for the local cloud: functions and permissions of the template, their API, and how other services invoke them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { FunctionInvoker, Invoker } from '../cloud/function-invoker.js';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { resourceType } from '../cloud/resource.js';
import type { Principal } from '../cloud/service.js';
import { AsynchronousInvocations, defaultRetryPolicy, type RetryPolicy } from './asynchronous-invocations.js';
import {
  functionName,
  functionProperties,
  inertFunctionProperties,
  variablesProblem,
  type FunctionProperties,
} from './function-configuration.js';
import { Functions, type FunctionsDependencies } from './functions.js';
import { newInvocation } from './invocation.js';
import { createLambdaApi } from './lambda-api.js';

export type LambdaDependencies = ModuleDependencies &
  FunctionsDependencies & {
    /** S3 object key → folder of the asset. */
    readonly assets: ReadonlyMap<string, string>;
  };

export interface LambdaModule extends CloudModule {
  readonly functions: FunctionInvoker;
  /** @throws AwsError AccessDeniedException, ResourceNotFoundException */
  assertMayInvoke(functionArn: string, invoker: Invoker): void;
  /** Ends the execution environment that holds these credentials, as a crash would. */
  killByAccessKey(accessKeyId: string): void;
  logicalIdOf(functionName: string): string | undefined;
  /** @throws AwsError ResourceNotFoundException */
  roleOf(functionArn: string): Principal;
  /** @throws AwsError ResourceNotFoundException */
  functionTimeoutSeconds(functionArn: string): number;
}

const permissionProperties = z.strictObject({
  Action: z.literal('lambda:InvokeFunction'),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

const eventInvokeProperties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.number().int().min(0).max(2).default(defaultRetryPolicy.maximumRetryAttempts),
  MaximumEventAgeInSeconds: z.number().int().min(60).max(21_600).default(defaultRetryPolicy.maximumEventAgeSeconds),
});

export function createLambda(dependencies: LambdaDependencies): LambdaModule {
  const { identity, roles, authorize, stateDirectory, warn } = dependencies;
  const functions = new Functions(dependencies);
  const retryPolicies = new Map<string, RetryPolicy>();
  const events = new AsynchronousInvocations(
    join(stateDirectory, 'events'),
    async (arn, requestId, payload) => functions.run(arn, { ...newInvocation(payload), requestId }),
    (arn) => retryPolicies.get(arn) ?? defaultRetryPolicy,
    warn,
  );

  const functionType = resourceType({
    type: 'AWS::Lambda::Function',
    properties: functionProperties,
    inert: inertFunctionProperties,
    create: async ({ logicalId, properties, generatedName }) => {
      const name = properties.FunctionName ?? functionName(generatedName);
      const arn = `arn:aws:lambda:${identity.region}:${identity.accountId}:function:${name}`;
      if (!roles.trusts(properties.Role, 'lambda.amazonaws.com', arn))
        throw new Error('The role defined for the function cannot be assumed by Lambda.');
      const variables = properties.Environment?.Variables ?? {};
      const problem = variablesProblem(variables);
      if (problem !== undefined) throw new Error(problem);
      const logging = properties.LoggingConfig;
      functions.add({
        logicalId,
        name,
        arn,
        roleArn: properties.Role,
        handler: properties.Handler,
        runtime: properties.Runtime,
        codeDirectory: codeDirectory(properties.Code, dependencies),
        variables,
        timeoutSeconds: properties.Timeout,
        memoryMegabytes: properties.MemorySize,
        reservedConcurrency: properties.ReservedConcurrentExecutions,
        logGroup: logging?.LogGroup ?? `/aws/lambda/${name}`,
        logFormat: logging?.LogFormat ?? 'Text',
        applicationLogLevel: logging?.ApplicationLogLevel ?? 'INFO',
        systemLogLevel: logging?.SystemLogLevel ?? 'INFO',
      });
      return { ref: name, attributes: { Arn: arn } };
    },
  });

  const permissionType = resourceType({
    type: 'AWS::Lambda::Permission',
    properties: permissionProperties,
    inert: {},
    create: async ({ generatedName, properties }) => {
      functions.permit(properties.FunctionName, {
        principal: properties.Principal,
        sourceArn: properties.SourceArn,
        sourceAccount: properties.SourceAccount,
      });
      return { ref: generatedName, attributes: {} };
    },
  });

  const eventInvokeType = resourceType({
    type: 'AWS::Lambda::EventInvokeConfig',
    properties: eventInvokeProperties,
    inert: {},
    create: async ({ generatedName, properties }) => {
      retryPolicies.set(functions.find(properties.FunctionName).arn, {
        maximumRetryAttempts: properties.MaximumRetryAttempts,
        maximumEventAgeSeconds: properties.MaximumEventAgeInSeconds,
      });
      return { ref: generatedName, attributes: {} };
    },
  });

  const api = createLambdaApi({
    authorize,
    functions: () => functions.configurations,
    find: (nameOrArn) => functions.find(nameOrArn),
    run: (configuration, payload, clientContext) => functions.run(configuration.arn, newInvocation(payload, clientContext)),
    accept: (configuration, payload) => events.accept(configuration.arn, newInvocation('').requestId, payload),
  });

  return {
    services: [api],
    resourceTypes: [functionType, permissionType, eventInvokeType],
    functions,
    assertMayInvoke: (functionArn, invoker) => functions.assertMayInvoke(functionArn, invoker),
    killByAccessKey: (accessKeyId) => functions.killByAccessKey(accessKeyId),
    logicalIdOf: (name) => functions.configurations.find((configuration) => configuration.name === name)?.logicalId,
    roleOf: (functionArn) => {
      const { roleArn, name } = functions.find(functionArn);
      return { kind: 'role', roleArn, functionName: name };
    },
    functionTimeoutSeconds: (functionArn) => functions.find(functionArn).timeoutSeconds,
    start: async () => events.start(),
    close: async () => {
      events.close();
      await functions.close();
    },
  };
}

/** The folder of the code: an asset of the assembly, or the inline text written out. */
function codeDirectory(code: FunctionProperties['Code'], { assets, stateDirectory }: LambdaDependencies): string {
  if ('ZipFile' in code) {
    const directory = join(stateDirectory, 'inline', createHash('sha256').update(code.ZipFile).digest('hex'));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), code.ZipFile);
    return directory;
  }
  const directory = assets.get(code.S3Key);
  if (directory === undefined) throw new Error(`the assembly has no asset ${code.S3Key}`);
  if (!existsSync(directory)) throw new Error(`the asset folder ${directory} is missing`);
  if (!statSync(directory).isDirectory())
    throw new Error(`the local cloud runs code from folders, and the asset ${directory} is a file`);
  return directory;
}
