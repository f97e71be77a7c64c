/** AWS::ApiGateway::UsagePlan, ApiKey, UsagePlanKey. */
import * as z from 'zod';
import { type ResourceType, resourceType, type StackIdentity } from '../cloud/resource.js';
import type { DeclaredApis } from './declared-api.js';
import type { ApiKey } from './gateway-state.js';
import { randomId, stableId } from './identifiers.js';
import { accountLimits, type ThrottleLimits } from './token-bucket.js';
import type { UsagePlans } from './usage-plans.js';

const throttle = z.strictObject({
  RateLimit: z.number().min(0).optional(),
  BurstLimit: z.number().int().min(0).optional(),
});

const tagsAreInert = 'Tags only label what stands in an AWS account.';

/** What this start of the template declared; `forgetUndeclared` takes the rest of the template's keys away. */
export class DeclaredKeys {
  readonly keys = new Set<string>();
  readonly planKeys = new Set<string>();

  /** Deletes keys and memberships that an earlier template declared; those that clients created stay. */
  async forgetUndeclared(plans: UsagePlans): Promise<void> {
    for (const { planId, keyId, logicalId } of [...plans.state.planKeys.values()]) {
      const declared = logicalId === undefined || this.planKeys.has(`${planId}/${keyId}`);
      if (!declared || !plans.plans.has(planId)) await plans.removeKey(planId, keyId);
    }
    for (const { id, logicalId } of [...plans.state.keys.values()])
      if (logicalId !== undefined && !this.keys.has(id)) await plans.deleteKey(id);
  }
}

export function usagePlanResourceTypes(
  apis: DeclaredApis,
  plans: UsagePlans,
  declared: DeclaredKeys,
  identity: StackIdentity,
  clock: () => number,
): readonly ResourceType[] {
  const { state } = plans;
  return [
    resourceType({
      type: 'AWS::ApiGateway::UsagePlan',
      properties: z.strictObject({
        UsagePlanName: z.string().optional(),
        Description: z.string().optional(),
        ApiStages: z
          .array(z.strictObject({ ApiId: z.string(), Stage: z.string(), Throttle: z.record(z.string(), throttle).optional() }))
          .optional(),
        Throttle: throttle.optional(),
        Quota: z
          .strictObject({
            Limit: z.number().int().min(1),
            Offset: z.number().int().min(0).optional(),
            Period: z.enum(['DAY', 'WEEK', 'MONTH']),
          })
          .optional(),
      }),
      inert: { Tags: tagsAreInert },
      create: ({ logicalId, properties, generatedName }) => {
        const id = stableId(6, identity.stackName, logicalId);
        const { Quota: quota } = properties;
        plans.plans.set(id, {
          id,
          name: properties.UsagePlanName ?? generatedName,
          description: properties.Description,
          stages: (properties.ApiStages ?? []).map((stage) => {
            if (apis.get(stage.ApiId).stage?.name !== stage.Stage) throw new Error(`there is no stage ${stage.Stage}`);
            return {
              apiId: stage.ApiId,
              stage: stage.Stage,
              throttle: new Map(
                Object.entries(stage.Throttle ?? {}).map(([method, limits]) => [
                  declaredMethod(apis, stage.ApiId, method),
                  limitsOf(limits),
                ]),
              ),
            };
          }),
          throttle: properties.Throttle === undefined ? undefined : limitsOf(properties.Throttle),
          quota: quota === undefined ? undefined : { limit: quota.Limit, offset: quota.Offset ?? 0, period: quota.Period },
        });
        return Promise.resolve({ ref: id, attributes: { Id: id } });
      },
    }),
    resourceType({
      type: 'AWS::ApiGateway::ApiKey',
      properties: z.strictObject({
        Name: z.string().optional(),
        Description: z.string().optional(),
        CustomerId: z.string().optional(),
        // As in CloudFormation: without it the key can't be used.
        Enabled: z.boolean().optional(),
        Value: z.string().min(20).max(128).optional(),
        // Deprecated on AWS; the ids here are always distinct from the values.
        GenerateDistinctId: z.literal(true).optional(),
      }),
      inert: {
        Tags: tagsAreInert,
        StageKeys: 'Deprecated since there are usage plans: a key opens a stage by its usage plan alone.',
      },
      create: async ({ logicalId, properties, generatedName }) => {
        await state.load();
        // Another value is another key: CloudFormation replaces it.
        const id = stableId(10, identity.stackName, logicalId, properties.Value ?? '');
        const standing = state.keys.get(id);
        const now = clock();
        const key: ApiKey = {
          id,
          name: properties.Name ?? generatedName,
          ...(properties.Description === undefined ? {} : { description: properties.Description }),
          ...(properties.CustomerId === undefined ? {} : { customerId: properties.CustomerId }),
          value: properties.Value ?? standing?.value ?? randomId(40),
          enabled: properties.Enabled ?? false,
          createdAt: standing?.createdAt ?? now,
          updatedAt: standing?.updatedAt ?? now,
          tags: {},
          logicalId,
        };
        const holder = state.keyByValue(key.value);
        if (holder !== undefined && holder.id !== id && (holder.logicalId !== logicalId || declared.keys.has(holder.id)))
          throw new Error('another API key has the same value (AWS refuses it too)');
        if (standing === undefined) state.assertRoomForKey();
        if (JSON.stringify(standing) !== JSON.stringify(key)) await state.putKey(key);
        declared.keys.add(id);
        return { ref: id, attributes: { APIKeyId: id } };
      },
    }),
    resourceType({
      type: 'AWS::ApiGateway::UsagePlanKey',
      properties: z.strictObject({ KeyId: z.string(), KeyType: z.literal('API_KEY'), UsagePlanId: z.string() }),
      inert: {},
      create: async ({ logicalId, properties: { KeyId: keyId, UsagePlanId: planId } }) => {
        await state.load();
        await plans.addKey(planId, keyId, clock(), {
          logicalId,
          isOutdated: (membership) =>
            membership.logicalId !== undefined && !declared.planKeys.has(`${membership.planId}/${membership.keyId}`),
        });
        declared.planKeys.add(`${planId}/${keyId}`);
        return { ref: `${keyId}:${planId}`, attributes: { Id: `${keyId}:${planId}` } };
      },
    }),
  ];
}

/** `/path/METHOD` in the form that requests are counted by. */
function declaredMethod(apis: DeclaredApis, apiId: string, method: string): string {
  const [, path = '', httpMethod = ''] = /^(.*)\/([A-Z]+)$/.exec(method) ?? [];
  const resource = [...apis.get(apiId).resources.values()].find(
    (candidate) => candidate.path === (path.replace(/\/$/, '') || '/'),
  );
  if (resource?.methods.has(httpMethod) !== true) throw new Error(`there is no method ${method} to throttle`);
  return `${resource.path}/${httpMethod}`;
}

function limitsOf(limits: z.infer<typeof throttle>): ThrottleLimits {
  return { rate: limits.RateLimit ?? accountLimits.rate, burst: limits.BurstLimit ?? accountLimits.burst };
}
