/** The API as the template declares it, resource by resource; `compile` makes the running one of it. */
import type { AccessLog } from './access-log.js';
import type { AuthorizerDefinition } from './authorizer.js';
import { GatewayResponses } from './gateway-responses.js';
import type { MockResponse } from './mock-integration.js';
import type { ThrottleLimits } from './token-bucket.js';

export type IntegrationDefinition =
  /** `timeout` in milliseconds. */
  | { readonly kind: 'function'; readonly functionArn: string; readonly timeout: number }
  | {
      readonly kind: 'mock';
      readonly requestStatus: ReadonlyMap<string, number>;
      readonly convertsToText: boolean;
      readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
      readonly responses: readonly MockResponse[];
    };

export interface MethodDefinition {
  /** GET, POST ... or ANY. */
  readonly httpMethod: string;
  readonly authorizerId: string | undefined;
  readonly apiKeyRequired: boolean;
  /** `method.request.header.X` → whether it must be there (checked where a validator says so). */
  readonly requestParameters: Readonly<Record<string, boolean>>;
  readonly validatesParameters: boolean;
  readonly integration: IntegrationDefinition;
}

export interface ResourceDefinition {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly pathPart: string;
  readonly path: string;
  readonly methods: Map<string, MethodDefinition>;
}

export interface StageDefinition {
  readonly name: string;
  readonly description: string | undefined;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The path (or `/*`) and method (or `*`) that each setting is for. */
  readonly methodSettings: readonly { readonly path: string; readonly method: string; readonly throttle: ThrottleLimits }[];
  readonly accessLog: AccessLog | undefined;
}

export interface RestApiDefinition {
  readonly id: string;
  readonly rootResourceId: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly binaryMediaTypes: readonly string[];
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly disabled: boolean;
  readonly endpointTypes: readonly string[];
}

export class DeclaredApi {
  readonly resources = new Map<string, ResourceDefinition>();
  readonly authorizers = new Map<string, AuthorizerDefinition>();
  /** Request validators: id → whether parameters are checked. */
  readonly validators = new Map<string, boolean>();
  readonly gatewayResponses = new GatewayResponses();
  readonly deployments = new Set<string>();
  stage: StageDefinition | undefined;

  constructor(readonly definition: RestApiDefinition) {
    this.resources.set(definition.rootResourceId, {
      id: definition.rootResourceId,
      parentId: undefined,
      pathPart: '',
      path: '/',
      methods: new Map(),
    });
  }

  /** @throws Error where API Gateway would refuse the path */
  addResource(id: string, parentId: string, pathPart: string): ResourceDefinition {
    const parent = this.resource(parentId);
    if (!/^(?:\{[\w.:-]+\+?\}|[\w.\-:~!$&'()*+,;=@%]+)$/.test(pathPart))
      throw new Error(`${JSON.stringify(pathPart)} is no path part: letters, digits, or one {parameter} or {greedy+}`);
    if (parent.pathPart.endsWith('+}')) throw new Error(`nothing can stand below ${parent.path}, which is greedy`);
    const kind = pathKind(pathPart);
    for (const sibling of this.resources.values()) {
      if (sibling.parentId !== parentId) continue;
      if (sibling.pathPart === pathPart) throw new Error(`${sibling.path} is declared twice`);
      if (kind !== 'literal' && pathKind(sibling.pathPart) === kind)
        throw new Error(`${sibling.path} and ${pathPart} are siblings: one variable path part is all that API Gateway takes`);
    }
    const resource: ResourceDefinition = {
      id,
      parentId,
      pathPart,
      path: parent.path === '/' ? `/${pathPart}` : `${parent.path}/${pathPart}`,
      methods: new Map(),
    };
    this.resources.set(id, resource);
    return resource;
  }

  /** @throws Error also for a method that the deployment can't have seen */
  addMethod(resourceId: string, method: MethodDefinition): void {
    const resource = this.resource(resourceId);
    const label = `${method.httpMethod} ${resource.path}`;
    if (resource.methods.has(method.httpMethod)) throw new Error(`${label} is declared twice`);
    if (this.deployments.size > 0)
      throw new Error(
        `${label} is created after the deployment, so AWS would leave it out of the stage: the AWS::ApiGateway::Deployment must depend on it`,
      );
    resource.methods.set(method.httpMethod, method);
  }

  resource(id: string): ResourceDefinition {
    const resource = this.resources.get(id);
    if (resource === undefined) throw new Error(`the API ${this.definition.name} has no resource ${id}`);
    return resource;
  }
}

/** The one API that a local cloud serves. */
export class DeclaredApis {
  #api: DeclaredApi | undefined;

  get only(): DeclaredApi | undefined {
    return this.#api;
  }

  define(definition: RestApiDefinition): void {
    if (this.#api !== undefined) throw new Error('the local cloud serves one RestApi, and this is a second one');
    this.#api = new DeclaredApi(definition);
  }

  get(restApiId: string): DeclaredApi {
    if (this.#api?.definition.id !== restApiId) throw new Error(`there is no RestApi ${restApiId}`);
    return this.#api;
  }
}

function pathKind(pathPart: string): 'literal' | 'parameter' | 'greedy' {
  if (!pathPart.startsWith('{')) return 'literal';
  return pathPart.endsWith('+}') ? 'greedy' : 'parameter';
}
