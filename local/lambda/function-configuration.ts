/** A Lambda function as the template describes it: properties, limits and the environment of its processes. */
import { createHash } from 'node:crypto';
import * as z from 'zod';

export const functionProperties = z.strictObject({
  FunctionName: z.string().max(64).optional(),
  Handler: z.string(),
  Runtime: z.enum(['nodejs20.x', 'nodejs22.x', 'nodejs24.x']),
  Code: z.union([
    z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    z.strictObject({ ZipFile: z.string() }),
  ]),
  Role: z.string(),
  PackageType: z.literal('Zip').optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  Timeout: z.number().int().min(1).max(900).default(3),
  MemorySize: z.number().int().min(128).max(10240).default(128),
  ReservedConcurrentExecutions: z.number().int().min(0).optional(),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).optional(),
      ApplicationLogLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']).optional(),
      SystemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).optional(),
    })
    .optional(),
  // Layers would put files beside the code; an empty list is the same as none.
  Layers: z.array(z.string()).max(0, 'the local cloud has no layers').optional(),
});
export type FunctionProperties = z.output<typeof functionProperties>;

export const inertFunctionProperties: Readonly<Record<string, string>> = {
  Architectures: 'JavaScript runs on the processor that is here.',
  Description: 'Text.',
  EphemeralStorage: 'The disk of this machine is not divided.',
  Tags: 'Tags label resources for billing and search.',
  TracingConfig: 'There is no X-Ray on one machine; the trace header is passed on.',
};

export interface FunctionConfiguration {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly runtime: FunctionProperties['Runtime'];
  /** The folder of the unpacked code. */
  readonly codeDirectory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly reservedConcurrency: number | undefined;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly applicationLogLevel: string;
  readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN';
}

const longestEnvironment = 4096;

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR',
]);

/** What keeps Lambda from taking these variables, or undefined. */
export function variablesProblem(variables: Readonly<Record<string, string>>): string | undefined {
  const reserved = Object.keys(variables).filter((name) => reservedVariables.has(name));
  if (reserved.length > 0) return `Lambda reserves the environment variables ${reserved.join(', ')}.`;
  if (Buffer.byteLength(JSON.stringify(variables)) > longestEnvironment)
    return `the environment variables are larger than the ${longestEnvironment} bytes that Lambda takes.`;
  return undefined;
}

/** A function name from a generated one, within Lambda's 64 characters. */
export function functionName(generatedName: string): string {
  if (generatedName.length <= 64) return generatedName;
  return `${generatedName.slice(0, 51)}-${createHash('sha256').update(generatedName).digest('hex').slice(0, 12)}`;
}

/** The complete environment of an execution environment's process: the template's, and what Lambda sets. */
export function processEnvironment(
  configuration: FunctionConfiguration,
  run: {
    readonly region: string;
    readonly endpointUrl: string;
    readonly runtimeApi: string;
    readonly logStream: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  },
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: run.endpointUrl,
    ...configuration.variables,
    _HANDLER: configuration.handler,
    AWS_REGION: run.region,
    AWS_DEFAULT_REGION: run.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: run.logStream,
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    ...(configuration.logFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: configuration.applicationLogLevel } : {}),
    AWS_ACCESS_KEY_ID: run.accessKeyId,
    AWS_SECRET_ACCESS_KEY: run.secretAccessKey,
    AWS_SESSION_TOKEN: run.sessionToken,
    AWS_LAMBDA_RUNTIME_API: run.runtimeApi,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LAMBDA_TASK_ROOT: configuration.codeDirectory,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
  };
}
