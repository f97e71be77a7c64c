/** The signed calls of the stores: what goes to DynamoDB, and what of its answers is an error. */
import { conditionHeld, getItem, getItems, putItem, queryPage } from '../../lambdas/platform/dynamodb.js';
import { ScriptedAws, setFunctionEnvironment } from './scripted-aws.js';

const aws = new ScriptedAws();
const asked = () =>
  aws.asked.map(({ headers, body }) => ({ operation: String(headers['x-amz-target']).replace('DynamoDB_20120810.', ''), input: parsed(body) }));
const parsed = (body: Buffer): unknown => JSON.parse(body.toString());

beforeAll(() => aws.listen());
afterAll(() => aws.close());
beforeEach(() => {
  aws.answers = [];
  aws.asked = [];
  setFunctionEnvironment(aws.url, { accessKeyId: 'a', secretAccessKey: 's' });
});

const failure = (status: number, type: string) => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type } });

test('an item comes back as it was written, without what is undefined', async () => {
  aws.answers = [{ status: 200, body: {} }];
  await putItem({ TableName: 'things', Item: { id: 'a', count: 1, gone: undefined, tags: new Set(['x']), list: [{ deep: true }] } });
  expect(asked()).toEqual([
    { operation: 'PutItem', input: { TableName: 'things', Item: { id: { S: 'a' }, count: { N: '1' }, tags: { SS: ['x'] }, list: { L: [{ M: { deep: { BOOL: true } } }] } } } },
  ]);
  aws.answers = [{ status: 200, body: { Item: { id: { S: 'a' }, count: { N: '1' }, tags: { SS: ['x'] }, list: { L: [{ M: { deep: { BOOL: true } } }] } } } }];
  expect(await getItem('things', { id: 'a' })).toEqual({ id: 'a', count: 1, tags: new Set(['x']), list: [{ deep: true }] });
});

test('an item that does not exist is undefined', async () => {
  aws.answers = [{ status: 200, body: {} }];
  expect(await getItem('things', { id: 'a' })).toBeUndefined();
});

test('a condition that is not met is no error, and is not tried again', async () => {
  aws.answers = [failure(400, 'ConditionalCheckFailedException')];
  expect(await conditionHeld(putItem({ TableName: 'things', Item: { id: 'a' }, ConditionExpression: 'attribute_not_exists(id)' }))).toBe(false);
  expect(asked()).toHaveLength(1);
});

test.each([failure(400, 'ThrottlingException'), failure(400, 'ProvisionedThroughputExceededException'), failure(503, 'ServiceUnavailable')])('what may pass is tried again: $body.message', async (once) => {
  aws.answers = [once, once, { status: 200, body: {} }];
  expect(await conditionHeld(putItem({ TableName: 'things', Item: { id: 'a' } }))).toBe(true);
  expect(asked()).toHaveLength(3);
});

test('after three attempts it is an error', async () => {
  aws.answers = [failure(500, 'InternalServerError'), failure(500, 'InternalServerError'), failure(500, 'InternalServerError'), { status: 200, body: {} }];
  await expect(getItem('things', { id: 'a' })).rejects.toThrow('InternalServerError');
  expect(asked()).toHaveLength(3);
});

test('a refusal is an error at once', async () => {
  aws.answers = [failure(400, 'AccessDeniedException')];
  await expect(getItem('things', { id: 'a' })).rejects.toThrow('AccessDeniedException');
  expect(asked()).toHaveLength(1);
});

test('a page says where the next one begins', async () => {
  aws.answers = [{ status: 200, body: { Items: [{ id: { S: 'a' } }], LastEvaluatedKey: { id: { S: 'a' } } } }, { status: 200, body: { Items: [] } }];
  const input = { TableName: 'things', IndexName: 'all', KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': 'thing' } };
  const first = await queryPage(input);
  expect(first).toEqual({ items: [{ id: 'a' }], lastKey: { id: 'a' }, scanned: 1 });
  expect(await queryPage({ ...input, ExclusiveStartKey: first.lastKey })).toEqual({ items: [], lastKey: undefined, scanned: 0 });
  expect(asked()[1]).toMatchObject({ input: { ExclusiveStartKey: { id: { S: 'a' } }, ExpressionAttributeValues: { ':kind': { S: 'thing' } } } });
});

test('many items are read a hundred at a time, and what DynamoDB left is asked for again', async () => {
  const keys = Array.from({ length: 101 }, (_, index) => ({ id: `k${index}` }));
  aws.answers = [
    { status: 200, body: { Responses: { things: [{ id: { S: 'k0' } }] }, UnprocessedKeys: { things: { Keys: [{ id: { S: 'k1' } }] } } } },
    { status: 200, body: { Responses: { things: [{ id: { S: 'k1' } }] }, UnprocessedKeys: {} } },
    { status: 200, body: { Responses: { things: [{ id: { S: 'k100' } }] } } },
  ];
  expect(await getItems('things', keys)).toEqual([{ id: 'k0' }, { id: 'k1' }, { id: 'k100' }]);
  expect(asked()[1]).toMatchObject({ input: { RequestItems: { things: { Keys: [{ id: { S: 'k1' } }] } } } });
});
