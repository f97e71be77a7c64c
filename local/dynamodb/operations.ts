/** The DynamoDB API: permissions, then strictness, then the engine. */
import type { CheckedRequest } from 'dynalite/db/index.js';
import { z } from 'zod';
import type { ModuleDependencies } from '../cloud/module.js';
import { AwsError, type Principal } from '../cloud/service.js';
import { checkedOperation, isMembers, type JsonMembers, type JsonOperation } from '../kms/aws-json.js';
import { batchGet, batchWrite, type TableOf } from './batches.js';
import { describeTable } from './describe-table.js';
import { check, run, type ItemOperation } from './engine.js';
import { refusePrototypeNames } from './item-limits.js';
import { refuseUnknownParameters } from './parameters.js';
import type { Storage } from './storage.js';
import type { Table } from './table.js';

export interface DynamodbOperations {
  readonly storage: Storage;
  readonly authorize: ModuleDependencies['authorize'];
  /** The ARN of a table. */
  readonly tableArn: (name: string) => string;
}

/** The operations by name. */
export function dynamodbOperations({ storage, authorize, tableArn }: DynamodbOperations): Readonly<Record<string, JsonOperation>> {
  /** A table's name or ARN as its name. */
  function nameOf(given: unknown): string {
    if (typeof given !== 'string') throw new AwsError('ValidationException', "The parameter 'TableName' is required but was not present in the request", 400);
    const prefix = tableArn('');
    return given.startsWith(prefix) ? given.slice(prefix.length) : given;
  }

  function authorized(principal: Principal, action: string, name: string, index?: unknown): void {
    const arn = tableArn(name);
    authorize(principal, `dynamodb:${action}`, typeof index === 'string' ? `${arn}/index/${index}` : arn);
  }

  /** Whoever touches the items of a table with a key of the customer's needs that key, too. */
  function authorizedTable(principal: Principal, name: string): Table {
    const table = storage.table(name);
    if (table === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found', 400);
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    if (table.KeyArn !== undefined) authorize(principal, 'kms:Decrypt', table.KeyArn);
    return table;
  }

  function itemOperation(operation: ItemOperation): JsonOperation {
    return async (input, principal, text) => {
      const name = nameOf(input['TableName']);
      authorized(principal, operation, name, input['IndexName']);
      refuseUnknownParameters(operation, input);
      refusePrototypeNames(text);
      const table = authorizedTable(principal, name);
      const request = check(operation, { ...input, TableName: name });
      return run(storage, table, operation, request, input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD');
    };
  }

  function batchOperation(
    operation: 'BatchGetItem' | 'BatchWriteItem',
    perform: (tableOf: TableOf, sentItems: JsonMembers, request: CheckedRequest) => Promise<object>,
  ): JsonOperation {
    return async (input, principal, text) => {
      const given = input['RequestItems'];
      const sentItems = isMembers(given) ? given : {};
      for (const name of Object.keys(sentItems)) authorized(principal, operation, name);
      refuseUnknownParameters(operation, input);
      refusePrototypeNames(text);
      const request = check(operation, input);
      const tables = new Map(Object.keys(sentItems).map((name) => [name, authorizedTable(principal, name)]));
      return perform((name) => tables.get(name) ?? authorizedTable(principal, name), sentItems, request);
    };
  }

  function describedTable(principal: Principal, action: string, given: string): Table {
    const name = nameOf(given);
    authorized(principal, action, name);
    const table = storage.table(name);
    if (table === undefined) throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`, 400);
    return table;
  }

  const onlyTable = z.strictObject({ TableName: z.string() });
  return {
    GetItem: itemOperation('GetItem'),
    PutItem: itemOperation('PutItem'),
    UpdateItem: itemOperation('UpdateItem'),
    DeleteItem: itemOperation('DeleteItem'),
    Query: itemOperation('Query'),
    Scan: itemOperation('Scan'),
    BatchGetItem: batchOperation('BatchGetItem', (tableOf, sentItems, request) => batchGet(storage, tableOf, sentItems, request)),
    BatchWriteItem: batchOperation('BatchWriteItem', (tableOf, _, request) => batchWrite(storage, tableOf, request)),
    DescribeTable: checkedOperation('dynamodb DescribeTable', 'ValidationException', onlyTable, async ({ TableName }, principal) => {
      const table = describedTable(principal, 'DescribeTable', TableName);
      return { Table: describeTable(table, tableArn(table.TableName), await storage.countItems(table.TableName)) };
    }),
    DescribeTimeToLive: checkedOperation('dynamodb DescribeTimeToLive', 'ValidationException', onlyTable, ({ TableName }, principal) => {
      const { TimeToLiveAttribute } = describedTable(principal, 'DescribeTimeToLive', TableName);
      return {
        TimeToLiveDescription:
          TimeToLiveAttribute === undefined
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName: TimeToLiveAttribute },
      };
    }),
    ListTables: checkedOperation(
      'dynamodb ListTables',
      'ValidationException',
      z.strictObject({ ExclusiveStartTableName: z.string().optional(), Limit: z.number().int().min(1).max(100).optional() }),
      ({ ExclusiveStartTableName: after, Limit: limit }, principal) => {
        authorize(principal, 'dynamodb:ListTables', tableArn('*'));
        const names = storage.tableNames().filter((name) => after === undefined || name > after);
        const page = names.slice(0, limit ?? 100);
        return { TableNames: page, ...(page.length < names.length ? { LastEvaluatedTableName: page.at(-1) } : {}) };
      },
    ),
  };
}
