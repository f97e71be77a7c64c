/** The operations of the Lambda API that the local cloud answers: Invoke, ListFunctions, GetFunction, GetFunctionConfiguration. */
import type { ServerResponse } from 'node:http';
import { AwsError, type Authorize, type AwsService, type SignedRequest } from '../cloud/service.js';
import type { InvocationOutcome } from '../cloud/function-invoker.js';
import type { FunctionConfiguration } from './function-configuration.js';
import { longestEvent, longestRequest } from './invocation.js';

export interface LambdaApiDependencies {
  readonly authorize: Authorize;
  readonly functions: () => readonly FunctionConfiguration[];
  /** @throws AwsError ResourceNotFoundException */
  readonly find: (nameOrArn: string) => FunctionConfiguration;
  readonly run: (
    configuration: FunctionConfiguration,
    payload: string,
    clientContext: string | undefined,
  ) => Promise<InvocationOutcome>;
  readonly accept: (configuration: FunctionConfiguration, payload: string) => void;
}

export function createLambdaApi(dependencies: LambdaApiDependencies): AwsService {
  return {
    signingName: 'lambda',
    handle: async (request, response) => {
      const [, name, part] = /^\/2015-03-31\/functions(?:\/([^/]*))?(?:\/([a-z]+))?\/?$/.exec(request.path) ?? [];
      const route = `${request.method} ${name === undefined || name === '' ? 'functions' : `function${part === undefined ? '' : `/${part}`}`}`;
      const target = (): FunctionConfiguration => dependencies.find(unqualified(decodeURIComponent(name ?? ''), request));
      switch (request.path.startsWith('/2015-03-31/functions') ? route : '') {
        case 'GET functions':
          refuseParameters(request, ['MaxItems']);
          dependencies.authorize(request.principal, 'lambda:ListFunctions', '*');
          return sendJson(response, { Functions: dependencies.functions().map(describe) });
        case 'GET function': {
          const configuration = target();
          dependencies.authorize(request.principal, 'lambda:GetFunction', configuration.arn);
          const code = { RepositoryType: 'S3', Location: `file://${configuration.codeDirectory}` };
          return sendJson(response, { Configuration: describe(configuration), Code: code });
        }
        case 'GET function/configuration': {
          const configuration = target();
          dependencies.authorize(request.principal, 'lambda:GetFunctionConfiguration', configuration.arn);
          return sendJson(response, describe(configuration));
        }
        case 'POST function/invocations':
          return invoke(dependencies, target(), request, response);
        default:
          throw new AwsError('NotImplemented', `The local cloud does not answer ${request.method} ${request.path} of the Lambda API.`, 501);
      }
    },
  };
}

async function invoke(
  { authorize, run, accept }: LambdaApiDependencies,
  configuration: FunctionConfiguration,
  request: SignedRequest,
  response: ServerResponse,
): Promise<void> {
  authorize(request.principal, 'lambda:InvokeFunction', configuration.arn);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if ((request.headers['x-amz-log-type'] ?? 'None') !== 'None')
    throw new AwsError('NotImplemented', 'The local cloud does not return log tails; read the log group.', 501);
  const limit = type === 'Event' ? longestEvent : longestRequest;
  if (request.body.length > limit)
    throw new AwsError('RequestEntityTooLargeException', `${request.body.length} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`, 413);
  const payload = request.body.length === 0 ? '{}' : request.body.toString('utf8');
  assertJson(payload);
  switch (type) {
    case 'DryRun':
      response.writeHead(204).end();
      return;
    case 'Event':
      accept(configuration, payload);
      response.writeHead(202, { 'content-length': 0 }).end();
      return;
    case 'RequestResponse': {
      const context = request.headers['x-amz-client-context'];
      const outcome = await run(configuration, payload, context && Buffer.from(context, 'base64').toString('utf8'));
      if (outcome.kind === 'throttled') throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(outcome.payload),
        'X-Amz-Executed-Version': '$LATEST',
        ...(outcome.kind === 'returned' ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
      });
      response.end(outcome.payload);
      return;
    }
    default:
      throw new AwsError('InvalidParameterValueException', `InvocationType ${type} is not one of RequestResponse, Event, DryRun`, 400);
  }
}

function assertJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json', 400);
  }
}

/** There is only the version $LATEST. */
function unqualified(name: string, request: SignedRequest): string {
  const [, base = name, suffix] = /^(.*?):(\$LATEST|[A-Za-z0-9_-]+)$/.exec(name.startsWith('arn:') ? '' : name) ?? [];
  const qualifier = request.query.get('Qualifier') ?? suffix;
  if (qualifier !== undefined && qualifier !== '$LATEST')
    throw new AwsError('ResourceNotFoundException', `Function not found: ${base}:${qualifier}`, 404);
  return base;
}

function refuseParameters(request: SignedRequest, known: readonly string[]): void {
  for (const name of request.query.keys())
    if (!known.includes(name))
      throw new AwsError('NotImplemented', `The local cloud does not support the parameter ${name} of the Lambda API.`, 501);
}

function describe(configuration: FunctionConfiguration): object {
  return {
    FunctionName: configuration.name,
    FunctionArn: configuration.arn,
    Runtime: configuration.runtime,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMegabytes,
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: { Variables: configuration.variables },
    LoggingConfig: { LogFormat: configuration.logFormat, LogGroup: configuration.logGroup },
  };
}

function sendJson(response: ServerResponse, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}
