/** Items over the real client: conditions, updates, queries, batches. */
import {
  BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand,
  QueryCommand, ScanCommand, UpdateItemCommand, type AttributeValue, type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { createDynamodb, type DynamodbModule } from '../../local/dynamodb/dynamodb.js';
import { containing, startOneModule, type OneModule } from './one-module.js';

let cloud: OneModule<DynamodbModule>;
let client: DynamoDBClient;
const TableName = 'faxes';

beforeAll(async () => {
  cloud = await startOneModule(createDynamodb);
  client = new DynamoDBClient(cloud.administrator);
  await cloud.create('AWS::DynamoDB::Table', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }, { AttributeName: 'due', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'byDue', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }], Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['state'] } },
    ],
  });
});
afterAll(async () => {
  client.destroy();
  await cloud.close();
});

const key = (pk: string, sk = 1) => ({ pk: { S: pk }, sk: { N: String(sk) } });
const put = (pk: string, attributes: Record<string, AttributeValue> = {}, sk = 1) =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(pk, sk), ...attributes } }));
const get = async (pk: string, sk = 1) => (await client.send(new GetItemCommand({ TableName, Key: key(pk, sk), ConsistentRead: true }))).Item;
const update = (pk: string, UpdateExpression: string, values?: Record<string, AttributeValue>) =>
  client.send(new UpdateItemCommand({ TableName, Key: key(pk), UpdateExpression, ExpressionAttributeValues: values, ReturnValues: 'ALL_NEW' }));
/** Whether a condition holds for an item. */
async function holds(pk: string, ConditionExpression: string, values?: Record<string, AttributeValue>): Promise<boolean> {
  try {
    await client.send(new UpdateItemCommand({ TableName, Key: key(pk), ConditionExpression, ExpressionAttributeValues: values }));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    return false;
  }
}

test('an item comes back as it was put, with numbers normalized', async () => {
  const attributes = {
    text: { S: 'ünï 📠' }, empty: { S: '' }, number: { N: '1.50e2' }, binary: { B: Buffer.from([0, 255]) }, yes: { BOOL: false },
    nothing: { NULL: true }, set: { SS: ['a', 'b'] }, list: { L: [{ N: '1' }, { M: { deep: { S: 'x' } } }] },
  };
  await put('round', attributes);
  expect(await get('round')).toEqual({ ...key('round'), ...attributes, number: { N: '150' }, binary: { B: new Uint8Array([0, 255]) } });
});

test('of many conditional puts exactly one wins', async () => {
  const attempts = await Promise.allSettled(
    Array.from({ length: 50 }, () => client.send(new PutItemCommand({ TableName, Item: key('race'), ConditionExpression: 'attribute_not_exists(pk)' }))),
  );
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('no increment is lost', async () => {
  await Promise.all(Array.from({ length: 50 }, () => update('counter', 'ADD n :one', { ':one': { N: '1' } })));
  expect((await get('counter'))?.['n']).toEqual({ N: '50' });
});

test('a failed condition gives the item to who asks for it', async () => {
  await put('failed', { state: { S: 'success' } });
  const attempt = client.send(new DeleteItemCommand({
    TableName, Key: key('failed'), ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }));
  await expect(attempt).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: { ...key('failed'), state: { S: 'success' } } });
});

describe('ReturnValues', () => {
  type Returned = 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW';
  const before = { n: { N: '1' }, m: { M: { a: { S: 'x' } } }, kept: { S: 'k' } };
  test.each<[Returned, Record<string, AttributeValue> | undefined]>([
    ['NONE', undefined],
    ['ALL_OLD', { ...key('returned'), ...before }],
    ['UPDATED_OLD', { n: { N: '1' } }],
    ['ALL_NEW', { ...key('returned'), ...before, n: { N: '2' }, added: { S: 'new' } }],
    ['UPDATED_NEW', { n: { N: '2' }, added: { S: 'new' } }],
  ])('%s of an update', async (ReturnValues, expected) => {
    await put('returned', before);
    const answer = await client.send(new UpdateItemCommand({
      TableName, Key: key('returned'), UpdateExpression: 'SET n = n + :one, added = :new', ExpressionAttributeValues: { ':one': { N: '1' }, ':new': { S: 'new' } }, ReturnValues,
    }));
    expect(answer.Attributes).toEqual(expected);
  });

  test('of an update that makes the item', async () => {
    const make = (pk: string, ReturnValues: Returned) =>
      client.send(new UpdateItemCommand({ TableName, Key: key(pk), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } }, ReturnValues }));
    expect((await make('made-1', 'UPDATED_NEW')).Attributes).toEqual({ n: { N: '1' } });
    expect((await make('made-2', 'ALL_OLD')).Attributes).toBeUndefined();
    expect((await make('made-3', 'ALL_NEW')).Attributes).toEqual({ ...key('made-3'), n: { N: '1' } });
  });

  test('of a put and of a deletion: the item that was there', async () => {
    const place = (a: string) => client.send(new PutItemCommand({ TableName, Item: { ...key('placed'), a: { S: a } }, ReturnValues: 'ALL_OLD' }));
    const remove = () => client.send(new DeleteItemCommand({ TableName, Key: key('placed'), ReturnValues: 'ALL_OLD' }));
    expect((await place('one')).Attributes).toBeUndefined();
    expect((await place('two')).Attributes).toEqual({ ...key('placed'), a: { S: 'one' } });
    expect((await remove()).Attributes).toEqual({ ...key('placed'), a: { S: 'two' } });
    expect((await remove()).Attributes).toBeUndefined();
  });

  test('that an operation does not have are refused', async () => {
    const item = { TableName, Item: key('placed') };
    await expect(client.send(new PutItemCommand({ ...item, ReturnValues: 'ALL_NEW' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test.each<[string, Record<string, AttributeValue> | undefined, boolean]>([
  ['m = :v', { ':v': { M: { a: { L: [{ N: '1.0' }] } } } }, true],
  ['m = :v', { ':v': { M: { a: { L: [{ N: '2' }] } } } }, false],
  ['s = :v', { ':v': { SS: ['b', 'a'] } }, true],
  ['off IN (:v, :w)', { ':v': { BOOL: false }, ':w': { NULL: true } }, true],
  ['size(blank) = :v', { ':v': { N: '0' } }, true],
  ['gone <> :v', { ':v': { S: 'x' } }, true],
  ['gone < :v', { ':v': { S: 'x' } }, false],
  ['n BETWEEN :v AND :w', { ':v': { N: '9' }, ':w': { N: '100' } }, true],
  ['n > :v', { ':v': { S: '1' } }, false],
  ['begins_with(t, :v) AND NOT contains(t, :w)', { ':v': { S: 'fa' }, ':w': { S: 'z' } }, true],
  ['contains(m.a, :v)', { ':v': { N: '1' } }, true],
  ['attribute_type(n, :v) AND m.a[0] = :w', { ':v': { S: 'N' }, ':w': { N: '1' } }, true],
  ['attribute_not_exists(m.b) AND attribute_exists(m.a[0])', undefined, true],
  ['astral > :v', { ':v': { S: '\uffff' } }, true],
])('condition %s with %j: %s', async (condition, values, expected) => {
  await put('condition', {
    m: { M: { a: { L: [{ N: '1' }] } } }, s: { SS: ['a', 'b'] }, off: { BOOL: false }, blank: { S: '' }, n: { N: '10' }, t: { S: 'fax' }, astral: { S: '📠' },
  });
  expect(await holds('condition', condition, values)).toBe(expected);
});

test('several elements are removed by their places before the update', async () => {
  await put('list', { l: { L: ['a', 'b', 'c', 'd'].map((S) => ({ S })) } });
  expect((await update('list', 'REMOVE l[0], l[2] SET x = l[1]')).Attributes).toMatchObject({ l: { L: [{ S: 'b' }, { S: 'd' }] }, x: { S: 'b' } });
});

test('an update that dynalite would get wrong is refused', async () => {
  await put('alias', { a: { M: { b: { N: '1' } } } });
  await expect(update('alias', 'SET c = a, a.b = :v', { ':v': { N: '2' } })).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('a sum of more than 38 digits is refused, a long round number is not', async () => {
  await put('sum', { n: { N: '1' }, round: { N: '1E50' } });
  await expect(update('sum', 'SET n = n + :x', { ':x': { N: '1E38' } })).rejects.toMatchObject({ name: 'ValidationException' });
  expect((await update('sum', 'ADD n :x', { ':x': { N: '1E37' } })).Attributes?.['n']).toEqual({ N: `1${'0'.repeat(36)}1` });
});

test('an item over 400 KB of UTF-8 is refused', async () => {
  await expect(put('big', { text: { S: '📠'.repeat(102_400) } })).rejects.toMatchObject({ name: 'ValidationException', message: containing('size') });
});

describe('query', () => {
  beforeAll(async () => {
    for (const sk of [-2, -1.5, 0, 3, 20, 100]) await put('ordered', { due: { S: 'due' }, state: { S: sk > 0 ? 'late' : 'early' }, hidden: { S: 'x' } }, sk);
  });
  const query = (parameters: object) =>
    client.send(new QueryCommand({ TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'ordered' } }, ...parameters }));
  const places = (items: readonly Record<string, AttributeValue>[] = []) => items.map((item) => Number(item['sk']?.N));

  test('numbers are in their order, either way', async () => {
    expect(places((await query({})).Items)).toEqual([-2, -1.5, 0, 3, 20, 100]);
    expect(places((await query({ ScanIndexForward: false })).Items)).toEqual([100, 20, 3, 0, -1.5, -2]);
  });

  test('the limit counts before the filter, and pages go on where they ended', async () => {
    const parameters = {
      Limit: 4, FilterExpression: '#s = :late', ProjectionExpression: 'sk', ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':pk': { S: 'ordered' }, ':late': { S: 'late' } },
    };
    const first = await query(parameters);
    expect(first).toMatchObject({ Count: 1, ScannedCount: 4, Items: [{ sk: { N: '3' } }] });
    const second = await query({ ...parameters, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second).toMatchObject({ Count: 2, Items: [{ sk: { N: '20' } }, { sk: { N: '100' } }] });
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  test.each([[true], [false]])('an index gives each item of one key once, page by page (forward: %s)', async (forward) => {
    const seen: number[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page: Awaited<ReturnType<typeof query>> = await query({
        IndexName: 'byDue', KeyConditionExpression: 'due = :pk', ExpressionAttributeValues: { ':pk': { S: 'due' } }, Limit: 2, ExclusiveStartKey: start, ScanIndexForward: forward,
      });
      for (const item of page.Items ?? []) expect(Object.keys(item).sort()).toEqual(['due', 'pk', 'sk', 'state']);
      seen.push(...places(page.Items));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    expect(seen.sort((one, other) => one - other)).toEqual([-2, -1.5, 0, 3, 20, 100]);
  });

  test('count alone', async () => {
    const counted = await query({ Select: 'COUNT' });
    expect(counted.Count).toBe(6);
    expect(counted.Items).toBeUndefined();
  });

  test('what an index does not project is an error', async () => {
    await expect(query({ IndexName: 'byDue', KeyConditionExpression: 'due = :pk', ProjectionExpression: 'hidden' })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('an item enters and leaves a sparse index with its attribute', async () => {
  const due = async () =>
    (await client.send(new QueryCommand({ TableName, IndexName: 'byDue', KeyConditionExpression: 'due = :d', ExpressionAttributeValues: { ':d': { S: 'sparse' } } }))).Count;
  await put('sparse');
  expect(await due()).toBe(0);
  await update('sparse', 'SET due = :d', { ':d': { S: 'sparse' } });
  expect(await due()).toBe(1);
  await update('sparse', 'REMOVE due');
  expect(await due()).toBe(0);
  await expect(put('sparse', { due: { S: '' } })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('items whose keys share the hash that dynalite keeps of them are all in an index', async () => {
  const puts = Array.from({ length: 3000 }, (_, sk) => ({ PutRequest: { Item: { ...key('crowd', sk), due: { S: 'crowd' } } } }));
  for (let at = 0; at < puts.length; at += 25) await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts.slice(at, at + 25) } }));
  const { Count } = await client.send(new QueryCommand({
    TableName, IndexName: 'byDue', KeyConditionExpression: 'due = :d', ExpressionAttributeValues: { ':d': { S: 'crowd' } }, Select: 'COUNT',
  }));
  expect(Count).toBe(3000);
});

test('a scan in pages and segments sees each item once', async () => {
  const seen = new Set<string>();
  let count = 0;
  for (const Segment of [0, 1, 2]) {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page: ScanCommandOutput = await client.send(
        new ScanCommand({ TableName, Segment, TotalSegments: 3, Limit: 400, ExclusiveStartKey: start }),
      );
      for (const item of page.Items ?? []) {
        seen.add(JSON.stringify([item['pk'], item['sk']]));
        count += 1;
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  expect(seen.size).toBe(count);
  expect(count).toBeGreaterThan(3000);
});

test('batches write and read many items', async () => {
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: { ...key('b1'), a: { S: 'x' }, b: { S: 'y' } } } }, { DeleteRequest: { Key: key('b2') } }] } }));
  const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({
    RequestItems: { [TableName]: { Keys: [key('b1'), key('b2')], ProjectionExpression: 'a' } },
  }));
  expect(Responses).toEqual({ [TableName]: [{ a: { S: 'x' } }] });
  expect(UnprocessedKeys).toEqual({});
  const twice = { PutRequest: { Item: key('b3') } };
  await expect(client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [twice, twice] } }))).rejects.toMatchObject({ name: 'ValidationException' });
});
