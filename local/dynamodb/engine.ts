/** Runs one data operation: dynalite checks and applies it, over a store and with conditions of ours. */
import batchGetItem from 'dynalite/validations/batchGetItem.js';
import batchWriteItem from 'dynalite/validations/batchWriteItem.js';
import deleteItemAction from 'dynalite/actions/deleteItem.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import getItemAction from 'dynalite/actions/getItem.js';
import getItem from 'dynalite/validations/getItem.js';
import putItemAction from 'dynalite/actions/putItem.js';
import putItem from 'dynalite/validations/putItem.js';
import queryAction from 'dynalite/actions/query.js';
import query from 'dynalite/validations/query.js';
import scanAction from 'dynalite/actions/scan.js';
import scan from 'dynalite/validations/scan.js';
import updateItemAction from 'dynalite/actions/updateItem.js';
import updateItem from 'dynalite/validations/updateItem.js';
import database, { type ActionResult, type CheckedRequest, type DynaliteError, type Expression } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { AwsError } from '../cloud/service.js';
import { AwsErrorWithMembers, type JsonMembers } from '../kms/aws-json.js';
import { ConditionFailed, engineOptions, storeForCall } from './call-store.js';
import { satisfies } from './condition.js';
import type { Item } from './item.js';
import type { DataOperation } from './parameters.js';
import type { Storage } from './storage.js';
import { projectedAttributes, type Table } from './table.js';
import { orderedSections } from './update-rules.js';

const checks = { GetItem: getItem, PutItem: putItem, UpdateItem: updateItem, DeleteItem: deleteItem, Query: query, Scan: scan, BatchGetItem: batchGetItem, BatchWriteItem: batchWriteItem };
const actions = { GetItem: getItemAction, PutItem: putItemAction, UpdateItem: updateItemAction, DeleteItem: deleteItemAction, Query: queryAction, Scan: scanAction };

export type ItemOperation = keyof typeof actions;

/** True for every item: stands where a condition was that is judged here. */
const always: Expression = { type: 'function', name: 'attribute_not_exists', args: [['']] };

/**
 * Checks a request's types, limits and expressions.
 * @throws AwsError ValidationException, SerializationException
 */
export function check(operation: DataOperation, input: JsonMembers): CheckedRequest {
  const { types, custom } = checks[operation];
  try {
    const request = validations.checkTypes({ ...input }, types);
    validations.checkValidations(request, types, custom, { options: engineOptions });
    return request;
  } catch (error) {
    throw asAwsError(error);
  }
}

/**
 * Runs a checked operation on one table.
 * @param returnItemOnFailure give the item with a failed condition's error
 * @throws AwsError
 */
export async function run(
  storage: Storage,
  table: Table,
  operation: ItemOperation,
  request: CheckedRequest,
  returnItemOnFailure = false,
): Promise<ActionResult> {
  if (request._updates !== undefined) request._updates.sections = orderedSections(request._updates.sections);
  refuseEmptyKeyConditions(request);
  const index = request.IndexName === undefined ? undefined : table.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === request.IndexName);
  if (index !== undefined) refuseUnprojected(request, index.IndexName, projectedAttributes(table, index));
  const condition = request._condition?.expression;
  if (request._condition !== undefined) request._condition.expression = always;
  const reading = operation === 'Query' || operation === 'Scan';
  const page = reading ? withoutFilter(request) : undefined;
  try {
    const result = await new Promise<ActionResult>((resolve, reject) => {
      const resume = (): { from: string; to: string } | undefined => {
        const { ExclusiveStartKey: start } = request;
        if (index === undefined || start === undefined) return undefined;
        const from = database.createIndexKey(start, table, index.KeySchema);
        return { from, to: `${from}/${database.createKey(start, table)}` };
      };
      // An odd start key has no position; dynalite then says what is wrong with it.
      const call = { table, condition, resume: attempt(resume), failed: reject };
      actions[operation](storeForCall(storage, call), page?.request ?? request, (error, answer) => {
        if (error !== null && error !== undefined) reject(error);
        else resolve(answer ?? {});
      });
    });
    if (page !== undefined) return page.finish(result);
    if (result.Attributes !== undefined && Object.keys(result.Attributes).length === 0) delete result.Attributes;
    return result;
  } catch (error) {
    if (error instanceof ConditionFailed)
      throw new AwsErrorWithMembers('ConditionalCheckFailedException', error.message, 400, returnItemOnFailure && error.existing !== undefined ? { Item: error.existing } : {});
    throw asAwsError(error);
  }
}

/** Filter, projection and count come after the page is read; they are done here, so that filters are judged as conditions are. */
function withoutFilter(request: CheckedRequest) {
  const filter = request._filter?.expression;
  const paths = request._projection?.paths;
  const { Select: select, ...rest } = request;
  if (rest._filter !== undefined) rest._filter.expression = always;
  return {
    request: {
      ...rest,
      ...(select === undefined || select === 'COUNT' ? {} : { Select: select }),
      // dynalite still checks the projection against the key, but projects nothing.
      ...(rest._projection === undefined ? {} : { _projection: { nestedPaths: rest._projection.nestedPaths, paths: undefined } }),
    },
    finish(result: ActionResult): ActionResult {
      const found: readonly Item[] = (result.Items ?? []).filter((item) => filter === undefined || satisfies(filter, item));
      const { Items: _, ...counts } = result;
      const finished: ActionResult = { ...counts, Count: found.length };
      if (select === 'COUNT') return finished;
      return { ...finished, Items: paths === undefined ? found : found.map((item) => database.mapPaths(paths, item)) };
    },
  };
}

/** DynamoDB answers an error where dynalite finds nothing. */
function refuseEmptyKeyConditions({ KeyConditions: conditions = {} }: CheckedRequest): void {
  for (const [name, { AttributeValueList: values }] of Object.entries(conditions))
    if (values.some(({ S, B }) => S === '' || B === ''))
      throw new AwsError('ValidationException', `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`, 400);
}

function refuseUnprojected(request: CheckedRequest, index: string, projected: ReadonlySet<string> | undefined): void {
  if (projected === undefined) return;
  const heads = [...(request._projection?.paths ?? []).map(([head]) => String(head)), ...Object.keys(request._filter?.pathHeads ?? {})];
  const missing = heads.filter((head) => !projected.has(head));
  if (missing.length > 0)
    throw new AwsError('ValidationException', `One or more parameter values were invalid: Global secondary index ${index} does not project [${missing.join(', ')}]`, 400);
}

function attempt<Value>(compute: () => Value): Value | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function asAwsError(error: unknown): unknown {
  if (error instanceof AwsError || !isDynaliteError(error) || error.body === undefined) return error;
  const { __type: type, message, Message } = error.body;
  return new AwsError(type.slice(type.indexOf('#') + 1), message ?? Message ?? '', error.statusCode ?? 400);
}

function isDynaliteError(error: unknown): error is DynaliteError {
  return error instanceof Error && 'body' in error;
}
