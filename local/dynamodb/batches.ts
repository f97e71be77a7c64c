/** BatchGetItem and BatchWriteItem: many single operations. dynalite's own lose a projection when they answer in parts. */
import database, { type CheckedKeys, type CheckedRequest, type CheckedWrite } from 'dynalite/db/index.js';
import { z } from 'zod';
import { AwsError } from '../cloud/service.js';
import { notImplemented } from '../kms/aws-json.js';
import { run } from './engine.js';
import type { Item } from './item.js';
import type { Storage } from './storage.js';
import type { Table } from './table.js';

const maximumAnswer = 16 * 1024 * 1024;
const maximumWrites = 25;

export type TableOf = (name: string) => Table;

const keysParameters = ['Keys', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'];
const requestItems = z.record(z.string(), z.looseObject({ Keys: z.array(z.unknown()) }));

/**
 * @param sentItems RequestItems as they were sent, for what comes back unprocessed
 * @throws AwsError
 */
export async function batchGet(storage: Storage, tableOf: TableOf, sentItems: unknown, { RequestItems = {} }: CheckedRequest): Promise<object> {
  const sent = requestItems.parse(sentItems);
  const checked = Object.entries(RequestItems).flatMap(([name, entry]): [string, CheckedKeys][] => ('Keys' in entry ? [[name, entry]] : []));
  for (const request of Object.values(sent))
    for (const name of Object.keys(request))
      if (!keysParameters.includes(name)) throw notImplemented(`the parameter RequestItems.${name} of dynamodb BatchGetItem`);
  for (const [name, { Keys }] of checked) for (const key of Keys) throwIf(database.validateKey(key, tableOf(name)));

  const Responses: Record<string, Item[]> = {};
  const UnprocessedKeys: Record<string, object> = {};
  let size = 0;
  for (const [name, { Keys, _projection }] of checked) {
    const found: Item[] = [];
    Responses[name] = found;
    const unprocessed: unknown[] = [];
    for (const [index, key] of Keys.entries()) {
      if (size > maximumAnswer) {
        unprocessed.push(sent[name]?.Keys[index]);
        continue;
      }
      const { Item: item } = await run(storage, tableOf(name), 'GetItem', { TableName: name, Key: key, ...(_projection === undefined ? {} : { _projection }) });
      if (item === undefined) continue;
      size += JSON.stringify(item).length;
      found.push(item);
    }
    if (unprocessed.length > 0) UnprocessedKeys[name] = { ...sent[name], Keys: unprocessed };
  }
  return { Responses, UnprocessedKeys };
}

/**
 * Checks every write before the first one is made, as DynamoDB does.
 * @throws AwsError
 */
export async function batchWrite(storage: Storage, tableOf: TableOf, { RequestItems = {} }: CheckedRequest): Promise<object> {
  const writes = Object.entries(RequestItems).flatMap(([name, entry]): { table: Table; request: CheckedWrite }[] =>
    'Keys' in entry ? [] : entry.map((request) => ({ table: tableOf(name), request })),
  );
  if (writes.length > maximumWrites) throw invalid('Too many items requested for the BatchWriteItem call');
  const seen = new Set<string>();
  for (const { table, request } of writes) {
    const { PutRequest: put, DeleteRequest: del } = request;
    if ((put === undefined) === (del === undefined))
      throw invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
    throwIf(put === undefined ? database.validateKey(del?.Key ?? {}, table) : database.validateItem(put.Item, table));
    const key = `${table.TableName} ${database.createKey(put?.Item ?? del?.Key ?? {}, table)}`;
    if (seen.has(key)) throw invalid('Provided list of item keys contains duplicates');
    seen.add(key);
  }
  await Promise.all(
    writes.map(({ table, request: { PutRequest: put, DeleteRequest: del } }) =>
      put === undefined
        ? run(storage, table, 'DeleteItem', { TableName: table.TableName, Key: del?.Key ?? {} })
        : run(storage, table, 'PutItem', { TableName: table.TableName, Item: put.Item }),
    ),
  );
  return { UnprocessedItems: {} };
}

function throwIf(error: Error | null | undefined): void {
  if (error !== null && error !== undefined) throw invalid(error.message);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, 400);
}
