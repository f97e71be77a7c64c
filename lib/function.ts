/** The house's Lambda function: one runtime, one way to bundle, a log group and a role of its own that can do nothing else. */
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ApplicationLogLevel, Architecture, LoggingFormat, Runtime, SystemLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Construct } from 'constructs';
import { join } from 'node:path';
import type { FunctionEnvironment, FunctionName } from '../lambdas/contract/environment.js';
import type { Config } from './config.js';

const root = join(__dirname, '..');

export interface FaxbotFunctionProps<F extends FunctionName> {
  readonly config: Config;
  readonly functionName: F;
  /** The capability's folder below lambdas/; the entry is `<functionName>.handler.ts` in it. */
  readonly capability: string;
  readonly description: string;
  /** Exactly what the function reads, or it does not compile. */
  readonly environment: FunctionEnvironment<F>;
  /** Also sets the share of a processor: 1769 MB is one. */
  readonly memoryMegabytes: number;
  readonly timeout: Duration;
  readonly bundling?: BundlingOptions;
}

export class FaxbotFunction<F extends FunctionName> extends NodejsFunction {
  constructor(scope: Construct, id: string, props: FaxbotFunctionProps<F>) {
    const { config } = props;
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: config.logRetentionDays,
      removalPolicy: config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    super(scope, id, {
      entry: join(root, 'lambdas', props.capability, `${props.functionName}.handler.ts`),
      handler: 'handler',
      description: props.description,
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMegabytes,
      timeout: props.timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[config.logLevel],
      systemLogLevelV2: SystemLogLevel.INFO,
      tracing: Tracing.ACTIVE,
      // The SDK's own trick costs a request header on each call and is for warm connections that we have anyway.
      awsSdkConnectionReuse: false,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: props.functionName, POWERTOOLS_LOG_LEVEL: config.logLevel },
      bundling: {
        minify: true,
        target: 'node20',
        format: OutputFormat.CJS,
        // Everything is bundled: what runs here and there is the SDK that package-lock.json names.
        externalModules: [],
        mainFields: ['module', 'main'],
        esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': join(root, 'lambdas/platform/function-credentials.ts'), '--log-level': 'warning' },
        forceDockerBundling: false,
        ...props.bundling,
      },
    });
  }
}
