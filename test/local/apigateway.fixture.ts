/**
 * A gateway for tests: a template brought to life, real HTTP, and a FAKE FunctionInvoker: the "functions" are callbacks in
 * this process, and nothing of Lambda is under test here.
 */
import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiGateway } from '../../local/apigateway/apigateway.js';
import { deploy } from '../../local/cloud/deploy.js';
import type { FunctionInvoker, InvocationOutcome, Invoker } from '../../local/cloud/function-invoker.js';
import type { CloudModule } from '../../local/cloud/module.js';
import type { StackIdentity } from '../../local/cloud/resource.js';
import { type Authorize, AwsError } from '../../local/cloud/service.js';
import { parseTemplate } from '../../local/cloud/template.js';

export const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'eu-central-1',
  partition: 'aws',
  stackName: 'Test',
  stackId: 'arn:aws:cloudformation:eu-central-1:000000000000:stack/Test/1',
};

export type Resources = Readonly<
  Record<string, { readonly Type: string; readonly Properties?: object; readonly DependsOn?: readonly string[] }>
>;

export interface Invocation {
  readonly functionName: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly invoker: Invoker;
}

/** A fake function: what it returns is its JSON, or it gives an outcome itself. */
export type FakeFunction = (event: Record<string, unknown>) => unknown;

/** What a fake function returns to give an outcome other than "returned". */
export class Outcome {
  constructor(readonly outcome: InvocationOutcome | Promise<InvocationOutcome>) {}
}

export interface GatewayOptions {
  readonly functions?: Readonly<Record<string, FakeFunction>>;
  readonly stateDirectory?: string;
  readonly clock?: () => number;
  readonly authorize?: Authorize;
  readonly port?: number;
}

export interface Response {
  readonly status: number;
  /** By lower-case name; several of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface TestGateway {
  readonly module: CloudModule & { readonly url: string };
  readonly url: string;
  readonly invocations: readonly Invocation[];
  readonly logged: readonly { readonly group: string; readonly message: string }[];
  readonly refs: ReadonlyMap<string, string>;
  request(path: string, options?: RequestOptions): Promise<Response>;
  close(): Promise<void>;
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:${identity.region}:${identity.accountId}:function:${name}`;
}

export function functionUri(name: string): string {
  return `arn:aws:apigateway:${identity.region}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;
}

/** Every gateway that a test file started; close them in afterEach. */
const open = new Set<TestGateway>();

export async function closeAll(): Promise<void> {
  await Promise.all([...open].map((gateway) => gateway.close()));
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'apigateway-'));
}

/** @throws DeploymentError, or what `start()` rejects with */
export async function startGateway(resources: Resources, options: GatewayOptions = {}): Promise<TestGateway> {
  const invocations: Invocation[] = [];
  const logged: { group: string; message: string }[] = [];
  const fakeInvoker: FunctionInvoker = {
    async invoke(arn, payload, invoker) {
      const functionName = arn.split(':').at(-1) ?? '';
      const event = record(JSON.parse(payload));
      invocations.push({ functionName, event, invoker });
      const fake = options.functions?.[functionName];
      if (fake === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
      const result = await fake(event);
      return result instanceof Outcome ? await result.outcome : { kind: 'returned', payload: JSON.stringify(result) };
    },
  };
  const module = createApiGateway({
    identity,
    endpointUrl: 'http://127.0.0.1:1',
    stateDirectory: options.stateDirectory ?? temporaryDirectory(),
    authorize: options.authorize ?? (() => undefined),
    functions: fakeInvoker,
    logs: {
      put(_writer, group, _stream, events) {
        logged.push(...events.map(({ message }) => ({ group, message })));
        return Promise.resolve();
      },
    },
    port: options.port ?? 0,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  try {
    const deployment = await deploy(
      parseTemplate(JSON.parse(JSON.stringify({ Resources: resources }))),
      identity,
      module.resourceTypes,
    );
    await module.start?.();
    const gateway: TestGateway = {
      module,
      url: module.url,
      invocations,
      logged,
      refs: new Map([...deployment.resources].map(([logicalId, { ref }]) => [logicalId, ref])),
      request: (path, request) => send(module.url, path, request),
      async close() {
        open.delete(gateway);
        await module.close();
      },
    };
    open.add(gateway);
    return gateway;
  } catch (error) {
    await module.close();
    throw error;
  }
}

/** One request over HTTP; the path goes out as it is. */
export function send(url: string, path: string, { method = 'GET', headers = {}, body }: RequestOptions = {}): Promise<Response> {
  const { hostname, port } = new URL(url);
  const sent: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) sent[name] = typeof value === 'string' ? value : [...value];
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        const received: Record<string, string> = {};
        for (const [name, value] of Object.entries(response.headers)) received[name] = [value ?? ''].flat().join(', ');
        resolve({
          status: response.statusCode ?? 0,
          headers: received,
          rawHeaders: response.rawHeaders,
          body: whole,
          text: whole.toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export interface MethodOptions {
  readonly authorizer?: string;
  readonly apiKeyRequired?: boolean;
  readonly properties?: object;
}

/** A template with one API `Api`, a stage `api`, and methods such as `GET /fax/{id}` → function name or integration. */
export function api(
  methods: Readonly<Record<string, string | object | (MethodOptions & { readonly integration: string | object })>>,
  extra: { readonly api?: object; readonly stage?: object; readonly resources?: Resources } = {},
): Resources {
  const resources: Record<string, Resources[string]> = {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'test', ...extra.api } },
  };
  const names: string[] = [];
  for (const [key, value] of Object.entries(methods)) {
    const [httpMethod = '', path = ''] = key.split(' ');
    const options: MethodOptions & { integration: unknown } =
      typeof value === 'object' && 'integration' in value ? { ...value, integration: value.integration } : { integration: value };
    const name = `Method${Object.keys(resources).length}`;
    names.push(name);
    resources[name] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: resourceFor(path, resources),
        HttpMethod: httpMethod,
        ...(options.authorizer === undefined
          ? { AuthorizationType: 'NONE' }
          : { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: options.authorizer } }),
        ...(options.apiKeyRequired === undefined ? {} : { ApiKeyRequired: options.apiKeyRequired }),
        Integration:
          typeof options.integration === 'string'
            ? { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: functionUri(options.integration) }
            : options.integration,
        ...options.properties,
      },
    };
  }
  return {
    ...resources,
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } }, DependsOn: names },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'api', ...extra.stage },
    },
    ...extra.resources,
  };
}

/** An authorizer that runs the fake function `authorizer`. */
export function authorizer(properties: object = {}): Resources[string] {
  return {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      RestApiId: { Ref: 'Api' },
      Name: 'authorizer',
      Type: 'REQUEST',
      AuthorizerUri: functionUri('authorizer'),
      AuthorizerResultTtlInSeconds: 0,
      ...properties,
    },
  };
}

export function gatewayResponse(type: string, properties: object): Resources[string] {
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: { RestApiId: { Ref: 'Api' }, ResponseType: type, ...properties },
  };
}

/** What an authorizer answers to let a request pass (or not). */
export function policy(effect: 'Allow' | 'Deny', resource: unknown, more: object = {}): object {
  return {
    principalId: 'somebody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
    ...more,
  };
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return Object.fromEntries(Object.entries(value));
}

function resourceFor(path: string, resources: Record<string, Resources[string]>): object {
  let parent: object = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
  let name = 'Resource';
  for (const part of path.split('/').filter((segment) => segment !== '')) {
    name += Buffer.from(`/${part}`).toString('hex');
    resources[name] ??= {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: { Ref: 'Api' }, ParentId: parent, PathPart: part },
    };
    parent = { Ref: name };
  }
  return parent;
}

/** Jest's matchers, typed as what they are: any value. */
export const some = {
  matching: (pattern: RegExp): unknown => expect.stringMatching(pattern),
  text: (): unknown => expect.any(String),
  number: (): unknown => expect.any(Number),
  containing: (members: object): unknown => expect.objectContaining(members),
};
