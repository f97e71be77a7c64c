/** API Gateway's control plane: looking around in the API, its stage and its usage plans. Keys: api-key-operations.ts. */
import type { StackIdentity } from '../cloud/resource.js';
import { type Authorize, AwsError, type AwsService } from '../cloud/service.js';
import { apiKeyOperations } from './api-key-operations.js';
import type { DeclaredApi, DeclaredApis, ResourceDefinition, StageDefinition } from './declared-api.js';
import { page, pageById, pageQuery } from './page.js';
import { dayOf } from './quota-period.js';
import { badRequest, restJsonService, type RestOperation } from './rest-json.js';
import type { UsagePlan, UsagePlans } from './usage-plans.js';

export interface ControlPlaneParts {
  readonly apis: DeclaredApis;
  readonly plans: UsagePlans;
  readonly authorize: Authorize;
  readonly identity: StackIdentity;
  readonly clock: () => number;
}

export function createControlPlane(parts: ControlPlaneParts): AwsService {
  const { apis, plans, clock } = parts;
  const api = (id: string | undefined): DeclaredApi => {
    if (id === undefined || apis.only?.definition.id !== id)
      throw new AwsError('NotFoundException', 'Invalid API identifier specified', 404);
    return apis.only;
  };
  const plan = (id: string | undefined): UsagePlan => {
    const found = plans.plans.get(id ?? '');
    if (found === undefined) throw new AwsError('NotFoundException', 'Invalid Usage Plan identifier specified', 404);
    return found;
  };
  const reads: readonly RestOperation[] = [
    get('GetRestApis', '/restapis', pageQuery, ({ query }) =>
      page(apis.only === undefined ? [] : [apis.only], query, restApiView),
    ),
    get('GetRestApi', '/restapis/{apiId}', [], ({ parameters }) => restApiView(api(parameters['apiId']))),
    get('GetResources', '/restapis/{apiId}/resources', [...pageQuery, 'embed'], ({ parameters, query }) =>
      page([...api(parameters['apiId']).resources.values()], query, resourceView),
    ),
    get('GetStages', '/restapis/{apiId}/stages', ['deploymentId'], ({ parameters, query }) => {
      const { stage } = api(parameters['apiId']);
      const wanted = query.get('deploymentId') ?? stage?.deploymentId;
      return { item: stage === undefined || stage.deploymentId !== wanted ? [] : [stageView(stage)] };
    }),
    get('GetStage', '/restapis/{apiId}/stages/{stage}', [], ({ parameters }) => {
      const { stage } = api(parameters['apiId']);
      if (stage === undefined || stage.name !== parameters['stage'])
        throw new AwsError('NotFoundException', 'Invalid stage identifier specified', 404);
      return stageView(stage);
    }),
    get('GetUsagePlans', '/usageplans', [...pageQuery, 'keyId'], ({ query }) => {
      const keyId = query.get('keyId');
      return page(keyId === null ? [...plans.plans.values()] : plans.plansOf(keyId), query, usagePlanView);
    }),
    get('GetUsagePlan', '/usageplans/{planId}', [], ({ parameters }) => usagePlanView(plan(parameters['planId']))),
    get('GetUsage', '/usageplans/{planId}/usage', [...pageQuery, 'keyId', 'startDate', 'endDate'], ({ parameters, query }) =>
      usageView(plans, plan(parameters['planId']), query, clock()),
    ),
  ];
  return restJsonService('apigateway', parts.identity.region, parts.authorize, [
    ...reads,
    ...apiKeyOperations({ plans, plan, authorize: parts.authorize, region: parts.identity.region, clock }),
  ]);
}

function get(name: string, path: string, query: readonly string[], run: RestOperation['run']): RestOperation {
  return { name, method: 'GET', path, query, status: 200, run };
}

function restApiView({ definition }: DeclaredApi): object {
  return {
    id: definition.id,
    name: definition.name,
    description: definition.description,
    apiKeySource: definition.apiKeySource,
    binaryMediaTypes: definition.binaryMediaTypes,
    disableExecuteApiEndpoint: definition.disabled,
    endpointConfiguration: { types: definition.endpointTypes },
    rootResourceId: definition.rootResourceId,
  };
}

function resourceView(resource: ResourceDefinition): object {
  return {
    id: resource.id,
    parentId: resource.parentId,
    pathPart: resource.pathPart === '' ? undefined : resource.pathPart,
    path: resource.path,
    resourceMethods:
      resource.methods.size === 0
        ? undefined
        : Object.fromEntries(
            [...resource.methods.values()].map((method) => [
              method.httpMethod,
              {
                httpMethod: method.httpMethod,
                authorizationType: method.authorizerId === undefined ? 'NONE' : 'CUSTOM',
                authorizerId: method.authorizerId,
                apiKeyRequired: method.apiKeyRequired,
              },
            ]),
          ),
  };
}

function stageView(stage: StageDefinition): object {
  return {
    stageName: stage.name,
    description: stage.description,
    deploymentId: stage.deploymentId,
    variables: Object.keys(stage.variables).length === 0 ? undefined : stage.variables,
    cacheClusterEnabled: false,
    methodSettings: Object.fromEntries(
      stage.methodSettings.map(({ path, method, throttle }) => [
        path === '/*' ? `*/${method}` : `${path.replaceAll('/', '~1')}/${method}`,
        { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
      ]),
    ),
  };
}

function usagePlanView(plan: UsagePlan): object {
  return {
    id: plan.id,
    name: plan.name,
    description: plan.description,
    apiStages: plan.stages.map(({ apiId, stage, throttle }) => ({
      apiId,
      stage,
      throttle: Object.fromEntries(
        [...throttle].map(([method, limits]) => [method, { rateLimit: limits.rate, burstLimit: limits.burst }]),
      ),
    })),
    throttle: plan.throttle === undefined ? undefined : { rateLimit: plan.throttle.rate, burstLimit: plan.throttle.burst },
    quota: plan.quota,
  };
}

/** Per key, a page of them, for each day: what was used, and what was left of the quota's period that the day is in, at its end. */
function usageView(plans: UsagePlans, plan: UsagePlan, query: URLSearchParams, now: number): object {
  const [startDate, endDate] = [query.get('startDate'), query.get('endDate')];
  const [start, end] = [Date.parse(startDate ?? ''), Date.parse(endDate ?? '')];
  if (
    startDate === null ||
    endDate === null ||
    Number.isNaN(start) ||
    Number.isNaN(end) ||
    end < start ||
    end - start > 90 * 86_400_000
  )
    throw badRequest('startDate and endDate must be days (YYYY-MM-DD), at most 90 days apart');
  const wanted = query.get('keyId');
  const keys = [...plans.state.planKeys.values()].filter(
    ({ planId, keyId }) => planId === plan.id && (wanted === null || keyId === wanted),
  );
  const { entries, next } = pageById(keys, query, ({ keyId }) => keyId);
  const values = Object.fromEntries(
    entries.map(({ keyId }) => {
      const days: [number, number][] = [];
      for (let day = start; day <= end && day <= now; day += 86_400_000)
        days.push([
          plans.state.used(plan.id, keyId, dayOf(day)),
          plan.quota === undefined ? 0 : plans.remaining(plan, keyId, Math.min(day + 86_399_999, now)),
        ]);
      return [keyId, days];
    }),
  );
  return { usagePlanId: plan.id, startDate, endDate, values, ...next };
}
