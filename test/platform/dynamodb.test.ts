/** The signed calls of the stores: what goes to DynamoDB, and what of its answers is an error. */
import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { conditionHeld, getItem, getItems, putItem, queryPage } from '../../lambdas/platform/dynamodb.js';

/** Answers of DynamoDB, one for each call. */
let answers: { readonly status: number; readonly body: unknown }[] = [];
let asked: { readonly operation: string; readonly input: unknown }[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      asked.push({ operation: String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', ''), input: JSON.parse(body.toString()) });
      const answer = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  Object.assign(process.env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port ?? 0}`, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  answers = [];
  asked = [];
});

const failure = (status: number, type: string) => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type } });

test('an item comes back as it was written, without what is undefined', async () => {
  answers = [{ status: 200, body: {} }];
  await putItem({ TableName: 'things', Item: { id: 'a', count: 1, gone: undefined, tags: new Set(['x']), list: [{ deep: true }] } });
  expect(asked).toEqual([
    { operation: 'PutItem', input: { TableName: 'things', Item: { id: { S: 'a' }, count: { N: '1' }, tags: { SS: ['x'] }, list: { L: [{ M: { deep: { BOOL: true } } }] } } } },
  ]);
  answers = [{ status: 200, body: { Item: { id: { S: 'a' }, count: { N: '1' }, tags: { SS: ['x'] }, list: { L: [{ M: { deep: { BOOL: true } } }] } } } }];
  expect(await getItem('things', { id: 'a' })).toEqual({ id: 'a', count: 1, tags: new Set(['x']), list: [{ deep: true }] });
});

test('an item that does not exist is undefined', async () => {
  answers = [{ status: 200, body: {} }];
  expect(await getItem('things', { id: 'a' })).toBeUndefined();
});

test('a condition that is not met is no error, and is not tried again', async () => {
  answers = [failure(400, 'ConditionalCheckFailedException')];
  expect(await conditionHeld(putItem({ TableName: 'things', Item: { id: 'a' }, ConditionExpression: 'attribute_not_exists(id)' }))).toBe(false);
  expect(asked).toHaveLength(1);
});

test.each([failure(400, 'ThrottlingException'), failure(400, 'ProvisionedThroughputExceededException'), failure(503, 'ServiceUnavailable')])('what may pass is tried again: $body.message', async (once) => {
  answers = [once, once, { status: 200, body: {} }];
  expect(await conditionHeld(putItem({ TableName: 'things', Item: { id: 'a' } }))).toBe(true);
  expect(asked).toHaveLength(3);
});

test('after three attempts it is an error', async () => {
  answers = [failure(500, 'InternalServerError'), failure(500, 'InternalServerError'), failure(500, 'InternalServerError'), { status: 200, body: {} }];
  await expect(getItem('things', { id: 'a' })).rejects.toThrow('InternalServerError');
  expect(asked).toHaveLength(3);
});

test('a refusal is an error at once', async () => {
  answers = [failure(400, 'AccessDeniedException')];
  await expect(getItem('things', { id: 'a' })).rejects.toThrow('AccessDeniedException');
  expect(asked).toHaveLength(1);
});

test('a page says where the next one begins', async () => {
  answers = [{ status: 200, body: { Items: [{ id: { S: 'a' } }], LastEvaluatedKey: { id: { S: 'a' } } } }, { status: 200, body: { Items: [] } }];
  const input = { TableName: 'things', IndexName: 'all', KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': 'thing' } };
  const first = await queryPage(input);
  expect(first).toEqual({ items: [{ id: 'a' }], lastKey: { id: 'a' } });
  expect(await queryPage({ ...input, ExclusiveStartKey: first.lastKey })).toEqual({ items: [], lastKey: undefined });
  expect(asked[1]).toMatchObject({ input: { ExclusiveStartKey: { id: { S: 'a' } }, ExpressionAttributeValues: { ':kind': { S: 'thing' } } } });
});

test('many items are read a hundred at a time, and what DynamoDB left is asked for again', async () => {
  const keys = Array.from({ length: 101 }, (_, index) => ({ id: `k${index}` }));
  answers = [
    { status: 200, body: { Responses: { things: [{ id: { S: 'k0' } }] }, UnprocessedKeys: { things: { Keys: [{ id: { S: 'k1' } }] } } } },
    { status: 200, body: { Responses: { things: [{ id: { S: 'k1' } }] }, UnprocessedKeys: {} } },
    { status: 200, body: { Responses: { things: [{ id: { S: 'k100' } }] } } },
  ];
  expect(await getItems('things', keys)).toEqual([{ id: 'k0' }, { id: 'k1' }, { id: 'k100' }]);
  expect(asked[1]).toMatchObject({ input: { RequestItems: { things: { Keys: [{ id: { S: 'k1' } }] } } } });
});
