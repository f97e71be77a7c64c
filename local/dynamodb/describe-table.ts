/** What DescribeTable says of a table. */
import type { Table } from './table.js';

/** @param itemCount counted now; DynamoDB's own number is up to six hours old */
export function describeTable(table: Table, arn: string, itemCount: number): object {
  const indexes = table.GlobalSecondaryIndexes.map((index) => ({
    ...index,
    IndexArn: `${arn}/index/${index.IndexName}`,
    IndexStatus: 'ACTIVE',
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  }));
  return {
    TableName: table.TableName,
    TableArn: arn,
    TableId: table.TableId,
    TableStatus: 'ACTIVE',
    CreationDateTime: table.CreatedAt / 1000,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ItemCount: itemCount,
    ...(table.KeyArn === undefined ? {} : { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: table.KeyArn } }),
  };
}
