/** Native API keys and which plan they are in, as clients create, switch and delete them at run time. */
import * as z from 'zod';
import { type Authorize, AwsError } from '../cloud/service.js';
import type { ApiKey, GatewayState } from './gateway-state.js';
import { randomId } from './identifiers.js';
import { pageById, pageQuery } from './page.js';
import { badRequest, notBuilt, type RestCall, type RestOperation } from './rest-json.js';
import type { UsagePlan, UsagePlans } from './usage-plans.js';

const createInput = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  customerId: z.string().optional(),
  enabled: z.boolean().optional(),
  // Deprecated on AWS; ids here are always distinct from values.
  generateDistinctId: z.literal(true).optional(),
  value: z.string().min(20).max(128).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const patchInput = z.strictObject({
  patchOperations: z.array(
    z.strictObject({
      op: z.literal('replace'),
      path: z.enum(['/enabled', '/name', '/description', '/customerId']),
      value: z.string(),
    }),
  ),
});

const planKeyInput = z.strictObject({ keyId: z.string(), keyType: z.literal('API_KEY') });

export interface ApiKeyOperations {
  readonly plans: UsagePlans;
  /** @throws AwsError NotFoundException */
  readonly plan: (id: string | undefined) => UsagePlan;
  readonly authorize: Authorize;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function apiKeyOperations({ plans, plan, authorize, region, clock }: ApiKeyOperations): readonly RestOperation[] {
  const { state } = plans;
  /** Whoever tags what is created needs this beside the POST, on no key in particular. */
  const tagsArn = `arn:aws:apigateway:${region}::/tags/${encodeURIComponent(`arn:aws:apigateway:${region}::/apikeys/*`)}`;
  return [
    {
      name: 'CreateApiKey',
      method: 'POST',
      path: '/apikeys',
      query: [],
      status: 201,
      run: async ({ body, principal }) => {
        const input = parse(createInput, body, 'CreateApiKey');
        if (Object.keys(input.tags ?? {}).length > 0) authorize(principal, 'apigateway:PUT', tagsArn);
        const key = newKey(state, input, clock());
        await state.putKey(key);
        return keyView(plans, key, true);
      },
    },
    {
      name: 'GetApiKeys',
      method: 'GET',
      path: '/apikeys',
      status: 200,
      query: [...pageQuery, 'includeValues', 'name', 'customerId'],
      run: ({ query }) => {
        const [prefix, customerId] = [query.get('name') ?? '', query.get('customerId')];
        const found = [...state.keys.values()].filter(
          (key) => key.name.startsWith(prefix) && (customerId === null || key.customerId === customerId),
        );
        const { entries, next } = pageById(found, query, ({ id }) => id);
        return { item: entries.map((key) => keyView(plans, key, query.get('includeValues') === 'true')), ...next };
      },
    },
    {
      name: 'GetApiKey',
      method: 'GET',
      path: '/apikeys/{keyId}',
      query: ['includeValue'],
      status: 200,
      run: (call) => keyView(plans, keyOf(state, call), call.query.get('includeValue') === 'true'),
    },
    {
      name: 'UpdateApiKey',
      method: 'PATCH',
      path: '/apikeys/{keyId}',
      query: [],
      status: 200,
      run: async (call) => {
        const key = patched(keyOf(state, call), parse(patchInput, call.body, 'UpdateApiKey'), clock());
        await state.putKey(key);
        return keyView(plans, key, false);
      },
    },
    {
      name: 'DeleteApiKey',
      method: 'DELETE',
      path: '/apikeys/{keyId}',
      query: [],
      status: 202,
      run: async (call) => plans.deleteKey(keyOf(state, call).id),
    },
    {
      name: 'CreateUsagePlanKey',
      method: 'POST',
      path: '/usageplans/{planId}/keys',
      query: [],
      status: 201,
      run: async ({ parameters, body }) => {
        const { keyId } = parse(planKeyInput, body, 'CreateUsagePlanKey');
        await plans.addKey(plan(parameters['planId']).id, keyId, clock());
        return planKeyView(state, keyId, true);
      },
    },
    {
      name: 'GetUsagePlanKeys',
      method: 'GET',
      path: '/usageplans/{planId}/keys',
      query: [...pageQuery, 'name'],
      status: 200,
      run: ({ parameters, query }) => {
        const { id } = plan(parameters['planId']);
        const members = [...state.planKeys.values()].filter(
          ({ planId, keyId }) => planId === id && (state.keys.get(keyId)?.name ?? '').startsWith(query.get('name') ?? ''),
        );
        const { entries, next } = pageById(members, query, ({ keyId }) => keyId);
        return { item: entries.map(({ keyId }) => planKeyView(state, keyId, true)), ...next };
      },
    },
    {
      name: 'GetUsagePlanKey',
      method: 'GET',
      path: '/usageplans/{planId}/keys/{keyId}',
      query: [],
      status: 200,
      run: ({ parameters }) => {
        const { planId = '', keyId = '' } = parameters;
        if (!state.planKeys.has(`${plan(planId).id}/${keyId}`))
          throw new AwsError('NotFoundException', 'Invalid Usage Plan Key identifier specified', 404);
        return planKeyView(state, keyId, true);
      },
    },
    {
      name: 'DeleteUsagePlanKey',
      method: 'DELETE',
      path: '/usageplans/{planId}/keys/{keyId}',
      query: [],
      status: 202,
      run: async ({ parameters }) => plans.removeKey(plan(parameters['planId']).id, parameters['keyId'] ?? ''),
    },
  ];
}

function newKey(state: GatewayState, input: z.infer<typeof createInput>, now: number): ApiKey {
  state.assertRoomForKey();
  if (input.value !== undefined && state.keyByValue(input.value) !== undefined)
    throw new AwsError('ConflictException', 'API Key already exists', 409);
  return {
    id: randomId(10),
    name: input.name ?? '',
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.customerId === undefined ? {} : { customerId: input.customerId }),
    value: input.value ?? randomId(40),
    enabled: input.enabled ?? false,
    createdAt: now,
    updatedAt: now,
    tags: input.tags ?? {},
  };
}

function patched(key: ApiKey, { patchOperations }: z.infer<typeof patchInput>, now: number): ApiKey {
  let changed: ApiKey = { ...key, updatedAt: now };
  for (const { path, value } of patchOperations) {
    if (path === '/enabled') {
      if (value !== 'true' && value !== 'false') throw badRequest('Invalid patch value for /enabled: true or false');
      changed = { ...changed, enabled: value === 'true' };
    } else changed = { ...changed, [path.slice(1)]: value };
  }
  return changed;
}

function keyOf(state: GatewayState, { parameters }: RestCall): ApiKey {
  const key = state.keys.get(parameters['keyId'] ?? '');
  if (key === undefined) throw new AwsError('NotFoundException', 'Invalid API Key identifier specified', 404);
  return key;
}

/** A parameter that the schema doesn't know is not built; a wrong value is the caller's mistake. */
function parse<Input>(schema: z.ZodType<Input>, body: unknown, operation: string): Input {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw notBuilt(`the parameter ${issue.keys.join(', ')} of ${operation}`);
  throw badRequest(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

function keyView(plans: UsagePlans, key: ApiKey, withValue: boolean): object {
  return {
    id: key.id,
    name: key.name,
    description: key.description,
    customerId: key.customerId,
    enabled: key.enabled,
    createdDate: Math.floor(key.createdAt / 1000),
    lastUpdatedDate: Math.floor(key.updatedAt / 1000),
    stageKeys: plans.plansOf(key.id).flatMap((plan) => plan.stages.map(({ apiId, stage }) => `${apiId}/${stage}`)),
    tags: key.tags,
    ...(withValue ? { value: key.value } : {}),
  };
}

function planKeyView(state: GatewayState, keyId: string, withValue: boolean): object {
  const key = state.keys.get(keyId);
  return { id: keyId, type: 'API_KEY', name: key?.name, ...(withValue ? { value: key?.value } : {}) };
}
