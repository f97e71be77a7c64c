/** The house's Lambda function: one runtime, one way to bundle, a log group and a role of its own that can do nothing else. */
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ApplicationLogLevel, Architecture, Function as LambdaFunction, LoggingFormat, Runtime, SystemLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Construct } from 'constructs';
import { join } from 'node:path';
import type { FunctionEnvironment, FunctionName } from '../lambdas/contract/environment.js';
import { bundle } from './bundle.js';
import type { Config } from './config.js';

const lambdas = join(__dirname, '..', 'lambdas');

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
  /** A script that puts files beside the bundle, seen from lambdas/. */
  readonly besides?: string;
}

export class FaxbotFunction<F extends FunctionName> extends LambdaFunction {
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
      code: bundle(
        join(lambdas, props.capability, `${props.functionName}.handler.ts`),
        props.besides === undefined ? undefined : join(lambdas, props.besides),
      ),
      handler: 'index.handler',
      description: props.description,
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
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: props.functionName, POWERTOOLS_LOG_LEVEL: config.logLevel },
    });
  }
}
