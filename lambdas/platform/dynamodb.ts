/**
 * DynamoDB for all stores but the authorizer's: the few operations that they need, by signed calls. The SDK's client costs
 * every request more than the rest of its handling (docs/adr/0009-dynamodb-by-signed-calls.md).
 */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { jsonMember } from './json-member.js';
import { withRetries } from './retry.js';
import { AwsCallError, callJson } from './signed-request.js';

/** Attributes by name, as JavaScript values: strings, numbers, lists, objects, sets. Undefined ones are not written. */
export type Attributes = Readonly<Record<string, unknown>>;

interface Expressions {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

export interface PutInput extends Expressions {
  readonly TableName: string;
  readonly Item: object;
}

export interface UpdateInput extends Expressions {
  readonly TableName: string;
  readonly Key: Attributes;
  readonly UpdateExpression: string;
  /** UPDATED_NEW: the attributes that the update names come back, as they are after it. */
  readonly ReturnValues?: 'UPDATED_NEW';
}

export interface QueryInput extends Omit<Expressions, 'ConditionExpression'> {
  readonly TableName: string;
  /** Without it, the table itself. */
  readonly IndexName?: string;
  readonly KeyConditionExpression: string;
  readonly FilterExpression?: string;
  readonly ScanIndexForward?: boolean;
  /** Of a table only: an index is always a moment behind. */
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
  /** Where the page before this one ended. */
  readonly ExclusiveStartKey?: Attributes | undefined;
}

export interface Page {
  readonly items: readonly Attributes[];
  /** Undefined on the last page. */
  readonly lastKey: Attributes | undefined;
  /** How many items were looked at, those included that a filter left out: what the page costs. */
  readonly scanned: number;
}

/** Reads one item, consistently. */
export async function getItem(table: string, key: Attributes): Promise<Attributes | undefined> {
  const item = jsonMember(await call('GetItem', { TableName: table, Key: marshalled(key), ConsistentRead: true }), 'Item');
  return isMarshalled(item) ? unmarshall(item) : undefined;
}

/** Writes one item. @throws AwsCallError; under `conditionHeld`, a condition that was not met is no error */
export async function putItem({ Item, ExpressionAttributeValues: values, ...input }: PutInput): Promise<void> {
  await call('PutItem', { ...input, Item: marshalled(Item), ...valuesOf(values) });
}

/**
 * Changes one item, or makes it. Gives the attributes that `ReturnValues` asks for.
 * @throws AwsCallError; under `conditionHeld`, a condition that was not met is no error
 */
export async function updateItem({ Key, ExpressionAttributeValues: values, ...input }: UpdateInput): Promise<Attributes> {
  const attributes = jsonMember(await call('UpdateItem', { ...input, Key: marshalled(Key), ...valuesOf(values) }), 'Attributes');
  return isMarshalled(attributes) ? unmarshall(attributes) : {};
}

/** Reads one page of an index, or of a table's partition. */
export async function queryPage({ ExclusiveStartKey: start, ExpressionAttributeValues: values, ...input }: QueryInput): Promise<Page> {
  const answer = await call('Query', { ...input, ...valuesOf(values), ...(start === undefined ? {} : { ExclusiveStartKey: marshalled(start) }) });
  const lastKey = jsonMember(answer, 'LastEvaluatedKey');
  const items = itemsOf(jsonMember(answer, 'Items'));
  return { items, lastKey: isMarshalled(lastKey) ? unmarshall(lastKey) : undefined, scanned: Number(jsonMember(answer, 'ScannedCount') ?? items.length) };
}

/** Reads many items of one table, a moment late unless `consistent`; those that do not exist are absent, and the order is DynamoDB's. */
export async function getItems(table: string, keys: readonly Attributes[], { consistent = false } = {}): Promise<readonly Attributes[]> {
  const items: Attributes[] = [];
  for (let start = 0; start < keys.length; start += mostKeysOfOneCall) {
    let wanted: readonly unknown[] = keys.slice(start, start + mostKeysOfOneCall).map(marshalled);
    while (wanted.length > 0) {
      const answer = await call('BatchGetItem', { RequestItems: { [table]: { Keys: wanted, ...(consistent ? { ConsistentRead: true } : {}) } } });
      items.push(...itemsOf(jsonMember(jsonMember(answer, 'Responses'), table)));
      const left = jsonMember(jsonMember(jsonMember(answer, 'UnprocessedKeys'), table), 'Keys');
      wanted = Array.isArray(left) ? left : [];
    }
  }
  return items;
}

/** Runs a conditional write. False when the condition was not met; every other error is thrown. */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof AwsCallError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const mostKeysOfOneCall = 100;

/** A write whose answer was lost is tried again too: its own first try may then fail its condition. */
function call(operation: string, input: object): Promise<unknown> {
  return withRetries(() => callJson({ service: 'dynamodb', target: `DynamoDB_20120810.${operation}`, jsonVersion: '1.0', input }));
}

type MarshalledItem = Parameters<typeof unmarshall>[0];

function marshalled(attributes: object): MarshalledItem {
  return marshall({ ...attributes }, { removeUndefinedValues: true });
}

function valuesOf(values: Attributes | undefined): object {
  return values === undefined ? {} : { ExpressionAttributeValues: marshalled(values) };
}

function itemsOf(list: unknown): Attributes[] {
  return Array.isArray(list) ? list.filter(isMarshalled).map((item) => unmarshall(item)) : [];
}

/** DynamoDB answered it: its attribute values are what unmarshall takes. */
function isMarshalled(value: unknown): value is MarshalledItem {
  return typeof value === 'object' && value !== null;
}
