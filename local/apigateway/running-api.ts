/**
 * The deployed stage: takes a request through route, throttle, authorizer, API key, parameter check and integration,
 * in API Gateway's order. Everything that can be prepared is, when the stage starts.
 */
import type { StackIdentity } from '../cloud/resource.js';
import { Authorizer } from './authorizer.js';
import type {
  DeclaredApi,
  IntegrationDefinition,
  MethodDefinition,
  ResourceDefinition,
  StageDefinition,
} from './declared-api.js';
import type { Exchange, StageIdentity } from './exchange.js';
import type { FunctionCaller } from './function-call.js';
import { FunctionIntegration } from './function-integration.js';
import { type Failure, failures, GatewayFailure } from './gateway-response-types.js';
import type { Answer } from './gateway-responses.js';
import type { Integration } from './integration.js';
import { binaryMatcher } from './media-types.js';
import { MockIntegration } from './mock-integration.js';
import { RequiredParameters } from './required-parameters.js';
import { Routes } from './routing.js';
import { accountLimits, takeFromAll, TokenBucket } from './token-bucket.js';
import type { UsagePlans } from './usage-plans.js';

interface Route {
  readonly resourceId: string;
  readonly resourcePath: string;
  /** `/path/METHOD` as declared, for usage plans. */
  readonly methodKey: string;
  readonly buckets: readonly TokenBucket[];
  readonly authorizer: Authorizer | undefined;
  readonly apiKeyRequired: boolean;
  readonly requiredParameters: RequiredParameters;
  readonly integration: Integration;
}

export interface RunningParts {
  readonly caller: FunctionCaller;
  readonly plans: UsagePlans;
  readonly identity: StackIdentity;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Of a method with an authorizer. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const methodArnLimit = 1600;

export class RunningApi {
  readonly stage: StageIdentity;
  readonly accessLog: StageDefinition['accessLog'];
  readonly #routes = new Routes<Route>();
  readonly #stageArn: string;

  /** @throws Error for settings of methods that don't exist */
  constructor(
    private readonly api: DeclaredApi,
    stage: StageDefinition,
    private readonly parts: RunningParts,
  ) {
    const { identity } = parts;
    this.stage = {
      accountId: identity.accountId,
      region: identity.region,
      apiId: api.definition.id,
      stage: stage.name,
      deploymentId: stage.deploymentId,
      stageVariables: Object.keys(stage.variables).length === 0 ? null : stage.variables,
    };
    const apiArn = `arn:aws:execute-api:${identity.region}:${identity.accountId}:${api.definition.id}`;
    this.#stageArn = `${apiArn}/${stage.name}`;
    this.accessLog = stage.accessLog;
    refuseUnknownMethods(api, stage);
    this.#compile(stage, apiArn);
  }

  /** Never throws: whatever goes wrong is a gateway response. */
  async answer(exchange: Exchange, body: Buffer): Promise<Answer> {
    try {
      return await this.#process(exchange, body);
    } catch (error) {
      if (error instanceof GatewayFailure) return this.api.gatewayResponses.answer(error.failure, exchange);
      console.error('API Gateway failed on a request:', error);
      return this.api.gatewayResponses.answer(failures.internal, exchange);
    }
  }

  async #process(exchange: Exchange, body: Buffer): Promise<Answer> {
    const { request } = exchange;
    if (this.api.definition.disabled) throw new GatewayFailure(failures.forbidden);
    const match = this.#routes.match(request.path);
    const route = match === undefined ? undefined : Routes.method(match.resource, request.method);
    if (match === undefined || route === undefined) throw new GatewayFailure(failures.missingAuthenticationToken);
    exchange.resourceId = route.resourceId;
    exchange.resourcePath = route.resourcePath;
    exchange.pathParameters = match.pathParameters;
    if (!takeFromAll(route.buckets, this.parts.clock())) throw new GatewayFailure(failures.throttled);
    this.#noteApiKey(route, exchange);
    if (route.authorizer !== undefined) {
      const methodArn = `${this.#stageArn}/${request.method}${request.path}`;
      if (Buffer.byteLength(methodArn) > methodArnLimit) throw new GatewayFailure(failures.uriTooLong);
      await route.authorizer.authorize(exchange, methodArn);
    }
    if (route.apiKeyRequired) this.#admit(route, exchange);
    route.requiredParameters.check(exchange);
    return route.integration.answer(exchange, body);
  }

  /** The authorizer already sees a key that came in the header. */
  #noteApiKey(route: Route, exchange: Exchange): void {
    if (!route.apiKeyRequired || this.api.definition.apiKeySource !== 'HEADER') return;
    const value = exchange.request.headersByLowerCaseName.get('x-api-key');
    if (value === undefined) return;
    const id = this.parts.plans.state.keyByValue(value)?.id;
    exchange.apiKey = id === undefined ? { value } : { id, value };
  }

  #admit(route: Route, exchange: Exchange): void {
    const value =
      this.api.definition.apiKeySource === 'HEADER' ? exchange.apiKey?.value : exchange.authorizer?.usageIdentifierKey;
    if (value === undefined) throw new GatewayFailure(failures.invalidApiKey);
    const admission = this.parts.plans.admit(value, this.stage, route.methodKey, this.parts.clock());
    if (admission.kind !== 'admitted') throw new GatewayFailure(refusals[admission.kind]);
    exchange.apiKey = { id: admission.key.id, value };
  }

  #compile(stage: StageDefinition, apiArn: string): void {
    const { clock, caller } = this.parts;
    const account = new TokenBucket(accountLimits, clock());
    const authorizers = new Map(
      [...this.api.authorizers].map(([id, definition]) => [id, new Authorizer(definition, caller, clock, apiArn)]),
    );
    for (const resource of this.api.resources.values()) {
      const methods = new Map(
        [...resource.methods.values()].map((method): readonly [string, Route] => [
          method.httpMethod,
          {
            resourceId: resource.id,
            resourcePath: resource.path,
            methodKey: `${resource.path}/${method.httpMethod}`,
            buckets: [account, ...methodBucket(stage, resource, method, clock())],
            authorizer: method.authorizerId === undefined ? undefined : authorizers.get(method.authorizerId),
            apiKeyRequired: method.apiKeyRequired,
            requiredParameters: new RequiredParameters(method.validatesParameters ? method.requestParameters : {}),
            integration: this.#integration(method.integration),
          },
        ]),
      );
      this.#routes.add(resource.path, { methods });
    }
  }

  #integration(definition: IntegrationDefinition): Integration {
    const isBinary = binaryMatcher(this.api.definition.binaryMediaTypes);
    if (definition.kind === 'mock') return new MockIntegration(definition, isBinary);
    return new FunctionIntegration(definition.functionArn, definition.timeout, this.parts.caller, isBinary, this.parts.clock);
  }
}

const refusals: Readonly<Record<'invalid' | 'throttled' | 'quota-exceeded', Failure>> = {
  invalid: failures.invalidApiKey,
  throttled: failures.throttled,
  'quota-exceeded': failures.quotaExceeded,
};

/** A method's own setting wins over the stage's; either way each method has a bucket of its own. */
function methodBucket(
  stage: StageDefinition,
  resource: ResourceDefinition,
  method: MethodDefinition,
  now: number,
): readonly TokenBucket[] {
  const fits = (path: string, httpMethod: string) =>
    stage.methodSettings.find((setting) => setting.path === path && setting.method === httpMethod);
  const setting =
    fits(resource.path, method.httpMethod) ?? fits(resource.path, '*') ?? fits('/*', method.httpMethod) ?? fits('/*', '*');
  return setting === undefined ? [] : [new TokenBucket(setting.throttle, now)];
}

function refuseUnknownMethods(api: DeclaredApi, stage: StageDefinition): void {
  for (const { path, method } of stage.methodSettings) {
    if (path === '/*') continue;
    const resource = [...api.resources.values()].find((candidate) => candidate.path === path);
    if (resource === undefined || (method !== '*' && !resource.methods.has(method)))
      throw new Error(`the stage ${stage.name} has settings for ${method} ${path}, which the API does not have`);
  }
}
