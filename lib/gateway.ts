/** The REST API: its resources and methods come from the operations table, its errors speak the contract's shape. */
import { Duration, Fn } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKey,
  ApiKeySourceType,
  AuthorizationType,
  Cors,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  Period,
  RequestAuthorizer,
  RestApi,
  type IResource,
  type UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { isOpen, operationIds, operations, type ServingFunction } from '../lambdas/contract/operations.js';
import { sharedNativeKey, usagePlanNames, type UsagePlanName } from '../lambdas/contract/tiers.js';
import type { Config } from './config.js';
import { gatewayResponses } from './gateway-responses.js';
import { answerWithError } from './mock-answer.js';
import { removalPolicyOf } from './storage.js';

/** The stage's name, so that CloudFront's behaviour `/api/*` reaches it without a rewrite. */
export const stageName = 'api';

export interface GatewayProps {
  readonly config: Config;
  readonly authorizer: IFunction;
  readonly functions: Readonly<Record<ServingFunction, IFunction>>;
  readonly stackUniqueId: string;
}

export class Gateway extends Construct {
  readonly api: RestApi;
  private readonly usagePlans = new Map<UsagePlanName, UsagePlan>();
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { config } = props;
    this.accessLog = new LogGroup(this, 'AccessLog', { retention: config.logRetentionDays, removalPolicy: removalPolicyOf(config) });
    const rates = [...config.usagePlans.values()];
    this.api = new RestApi(this, 'Api', {
      restApiName: `Faxbot ${config.stage}`,
      description: 'Faxbot on AWS',
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies whose very bytes count: documents, and what a provider has signed. (JSON is always UTF-8, so its text is its bytes.)
      binaryMediaTypes: ['multipart/form-data', 'application/x-www-form-urlencoded'],
      apiKeySourceType: ApiKeySourceType.AUTHORIZER,
      // Access logs need the account's logging role, one a region: a team that has it keeps it.
      cloudWatchRole: config.gatewayLogRole === 'create',
      deployOptions: {
        stageName,
        tracingEnabled: true,
        // For each method, the open ones included, which no usage plan holds back.
        throttlingRateLimit: Math.max(...rates.map((plan) => plan.ratePerSecond)),
        throttlingBurstLimit: Math.max(...rates.map((plan) => plan.burst)),
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        // The resource, never the path: no query string and no id of a fax stands in this log.
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
      defaultCorsPreflightOptions: {
        allowOrigins: Cors.ALL_ORIGINS,
        allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-API-Key'],
        allowMethods: Cors.ALL_METHODS,
        maxAge: Duration.hours(1),
      },
    });
    // The CDK's own output of the address ends in a slash; ours, which is usable as BASE, is ApiUrl.
    this.api.node.tryRemoveChild('Endpoint');
    for (const [name, options] of Object.entries(gatewayResponses())) this.api.addGatewayResponse(name, options);
    this.addOperations(props);
    this.addUsagePlans(props);
  }

  /** The address of the stage, usable as BASE: without a slash at its end. */
  get url(): string {
    return Fn.join('', ['https://', this.api.restApiId, '.execute-api.', this.api.stack.region, '.', this.api.stack.urlSuffix, '/', stageName]);
  }

  private addOperations({ authorizer: authorizerFunction, functions }: GatewayProps): void {
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: authorizerFunction,
      // No cache and no identity source: it sees every request, and a revocation counts with the next one.
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    const integrations = new Map<ServingFunction, LambdaIntegration>();
    for (const id of operationIds) {
      const { method, path, servedBy } = operations[id];
      const integration =
        integrations.get(servedBy) ??
        // One permission a function: a permission a method would fill its policy, which ends at 20,480 bytes.
        new LambdaIntegration(functions[servedBy], { scopePermissionToMethod: false });
      integrations.set(servedBy, integration);
      this.api.root.resourceForPath(path).addMethod(method, integration, {
        operationName: id,
        ...(isOpen(operations[id])
          ? { authorizationType: AuthorizationType.NONE, apiKeyRequired: false }
          : { authorizationType: AuthorizationType.CUSTOM, authorizer, apiKeyRequired: true }),
      });
    }
    answerWithError(this.api.root, 'not_found');
    answerWithError(this.api.root.addResource('{proxy+}'), 'not_found');
    for (const resource of resourcesBelow(this.api.root)) {
      const methods = operationIds.filter((id) => operations[id].path === resource.path).map((id) => operations[id].method);
      // A resource that only leads to others is no route: unknown, like any other.
      if (methods.length > 0) answerWithError(resource, 'method_not_allowed', [...methods, 'OPTIONS']);
      else if (!resource.path.endsWith('{proxy+}')) answerWithError(resource, 'not_found');
    }
  }

  /** The id of a usage plan. */
  usagePlanId(name: UsagePlanName): string {
    const plan = this.usagePlans.get(name);
    if (plan === undefined) throw new Error(`There is no usage plan ${name}`);
    return plan.usagePlanId;
  }

  private addUsagePlans({ config, stackUniqueId }: GatewayProps): void {
    for (const name of usagePlanNames) {
      const settings = config.usagePlans.get(name);
      if (settings === undefined) throw new Error(`The usage plan ${name} has no settings`);
      const plan = this.api.addUsagePlan(`Plan-${name}`, {
        name: `Faxbot ${config.stage} ${name}`,
        throttle: { rateLimit: settings.ratePerSecond, burstLimit: settings.burst },
        ...(settings.quota === undefined ? {} : { quota: { limit: settings.quota.limit, period: Period[settings.quota.period] } }),
        apiStages: [{ stage: this.api.deploymentStage }],
      });
      this.usagePlans.set(name, plan);
      plan.addApiKey(
        new ApiKey(this, `NativeKey-${name}`, { description: `Faxbot ${config.stage}: stands for the usage plan ${name}; no secret`, value: sharedNativeKey(name, stackUniqueId) }),
      );
    }
  }
}

/** Every resource of the table's paths, the root apart. */
function resourcesBelow(root: IResource): IResource[] {
  const found = new Map<string, IResource>();
  for (const id of operationIds) {
    const parts = operations[id].path.split('/').filter((part) => part !== '');
    parts.reduce((parent, part) => {
      const child = parent.getResource(part);
      if (child === undefined) throw new Error(`The path ${operations[id].path} has no resource`);
      found.set(child.path, child);
      return child;
    }, root);
  }
  return [...found.values()];
}

const accessLogFields = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  responseType: '$context.error.responseType',
  principal: '$context.authorizer.principalId',
  authorizerLatency: '$context.authorizer.integrationLatency',
  integrationLatency: '$context.integrationLatency',
  latency: '$context.responseLatency',
  responseBytes: '$context.responseLength',
  userAgent: '$context.identity.userAgent',
};
