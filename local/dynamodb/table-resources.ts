/** AWS::DynamoDB::GlobalTable (the CDK's TableV2) and AWS::DynamoDB::Table: tables with one replica, this region. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { resourceType, type CreatedResource, type ResourceToCreate, type ResourceType } from '../cloud/resource.js';
import type { Storage } from './storage.js';
import { attributeDefinitions, changeBetween, keyProblems, secondaryIndex, tableKeySchema, tableSchema } from './table.js';

const noBackups = 'There are no backups on one machine; the state folder can be copied.';
const noBilling = 'Nothing is billed or throttled on one machine.';
const tags = 'Tags label resources for billing and search.';
const deletionProtection = 'Tables of the template are only deleted together with the state folder.';

const noMetrics = 'No metrics are collected on one machine.';

/** A property inside of another that has no effect here, with its reason, as `inert` has them for those at the top. */
const inert = (reason: string) => z.unknown().optional().describe(reason);

const index = secondaryIndex.extend({
  WriteOnDemandThroughputSettings: inert(noBilling),
  OnDemandThroughput: inert(noBilling),
  WarmThroughput: inert(noBilling),
});

const timeToLive = z.strictObject({ AttributeName: z.string().min(1).max(255).optional(), Enabled: z.boolean() }).refine(
  ({ AttributeName, Enabled }) => !Enabled || AttributeName !== undefined,
  'TimeToLiveSpecification wants the AttributeName',
);

const common = {
  TableName: z.string().optional(),
  AttributeDefinitions: attributeDefinitions,
  KeySchema: tableKeySchema,
  BillingMode: z.literal('PAY_PER_REQUEST', { error: 'the local cloud builds BillingMode PAY_PER_REQUEST alone: it throttles nothing' }),
  GlobalSecondaryIndexes: z.array(index).optional(),
  TimeToLiveSpecification: timeToLive.optional(),
};

const keyArn = z.string().regex(/^arn:aws:kms:/, 'the local cloud wants the ARN of the key (not an alias or bare id)');

function globalTableProperties(region: string) {
  const replica = z.strictObject({
    Region: z.literal(region, { error: `the local cloud is one region, ${region}` }),
    SSESpecification: z.strictObject({ KMSMasterKeyId: keyArn }).optional(),
    DeletionProtectionEnabled: inert(deletionProtection),
    PointInTimeRecoverySpecification: inert(noBackups),
    TableClass: inert(noBilling),
    Tags: inert(tags),
    ReadOnDemandThroughputSettings: inert(noBilling),
    ContributorInsightsSpecification: inert(noMetrics),
    GlobalSecondaryIndexes: z
      .array(
        z.strictObject({
          IndexName: z.string(),
          ReadOnDemandThroughputSettings: inert(noBilling),
          ContributorInsightsSpecification: inert(noMetrics),
        }),
      )
      .optional(),
  });
  return z.strictObject({
    ...common,
    SSESpecification: z.strictObject({ SSEEnabled: z.boolean(), SSEType: z.literal('KMS').optional() }).optional(),
    Replicas: z.tuple([replica], { error: `the local cloud is one region: exactly one replica, ${region}` }),
  });
}

const tableProperties = z.strictObject({
  ...common,
  SSESpecification: z
    .strictObject({ SSEEnabled: z.boolean(), SSEType: z.literal('KMS').optional(), KMSMasterKeyId: keyArn.optional() })
    .optional(),
});

const inertAtTop = {
  WriteOnDemandThroughputSettings: noBilling,
  WarmThroughput: noBilling,
};

interface WantedTable {
  readonly properties: Pick<z.infer<typeof tableProperties>, Exclude<keyof typeof common, 'BillingMode'>>;
  readonly keyArn: string | undefined;
}

/**
 * The two resource types.
 * @param storage opens the database on first use
 */
export function tableResourceTypes(storage: () => Promise<Storage>, region: string, tableArn: (name: string) => string, clock: () => number): readonly ResourceType[] {
  async function create(resource: Omit<ResourceToCreate<unknown>, 'properties'>, { properties, keyArn: key }: WantedTable): Promise<CreatedResource> {
    const tables = await storage();
    const name = properties.TableName ?? resource.generatedName;
    const stored = tables.table(name);
    const timeToLiveOn = properties.TimeToLiveSpecification?.Enabled === true;
    const table = tableSchema.parse({
      TableName: name,
      TableId: stored?.TableId ?? randomUUID(),
      CreatedAt: stored?.CreatedAt ?? clock(),
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      GlobalSecondaryIndexes: (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection })),
      ...(timeToLiveOn ? { TimeToLiveAttribute: properties.TimeToLiveSpecification?.AttributeName } : {}),
      ...(key === undefined ? {} : { KeyArn: key }),
    });
    const problems = keyProblems(table);
    if (problems.length > 0) throw new Error(problems.join('; '));
    const change = stored === undefined ? undefined : changeBetween(stored, table);
    if (change?.kind === 'replacement')
      throw new Error(`The table ${name} would have to be replaced: ${change.why}. That loses its items; to begin with empty tables run: npm start -- --reset`);
    await tables.putTable(table, change?.indexesToBuild ?? [], change?.indexesToDrop ?? []);
    return { ref: name, attributes: { Arn: tableArn(name), TableId: table.TableId } };
  }

  return [
    resourceType({
      type: 'AWS::DynamoDB::GlobalTable',
      properties: globalTableProperties(region),
      inert: inertAtTop,
      create: ({ properties, ...resource }) =>
        create(resource, { properties, keyArn: properties.Replicas[0].SSESpecification?.KMSMasterKeyId }),
    }),
    resourceType({
      type: 'AWS::DynamoDB::Table',
      properties: tableProperties,
      inert: {
        ...inertAtTop,
        DeletionProtectionEnabled: deletionProtection,
        PointInTimeRecoverySpecification: noBackups,
        TableClass: noBilling,
        Tags: tags,
        OnDemandThroughput: noBilling,
        ContributorInsightsSpecification: noMetrics,
      },
      create: ({ properties, ...resource }) => create(resource, { properties, keyArn: properties.SSESpecification?.KMSMasterKeyId }),
    }),
  ];
}
