/** Tables of the template: permissions, strictness, expiry, changes, and what outlives the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand, QueryCommand,
  ScanCommand, TransactWriteItemsCommand, UpdateItemCommand, UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { createDynamodb, type DynamodbModule } from '../../local/dynamodb/dynamodb.js';
import { Storage } from '../../local/dynamodb/storage.js';
import { containing, startOneModule, temporaryFolder, type OneModule } from './one-module.js';

const TableName = 'Test-Jobs';
const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234';
const dueIndex = { IndexName: 'byDue', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } };

/** What the CDK's TableV2 gives. */
function globalTable(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    Replicas: [{ Region: 'us-east-1', DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    SSESpecification: { SSEEnabled: false },
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    ...changes,
  };
}
const withIndex = globalTable({
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'due', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [dueIndex],
});

let now = Date.UTC(2030, 0, 1);
let cloud: OneModule<DynamodbModule>;
let client: DynamoDBClient;
beforeEach(async () => {
  cloud = await startOneModule((dependencies) => createDynamodb({ ...dependencies, clock: () => now }));
  client = new DynamoDBClient(cloud.function);
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});
const createTable = (properties: Readonly<Record<string, unknown>> = globalTable()) => cloud.create('AWS::DynamoDB::GlobalTable', properties, 'Jobs');
const put = (id: string, attributes = {}) => client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...attributes } }));
const ids = async () => (await client.send(new ScanCommand({ TableName }))).Items?.map((item) => item['id']?.S).sort();
const dueIds = async () =>
  (await client.send(new QueryCommand({ TableName, IndexName: 'byDue', KeyConditionExpression: 'due = :d', ExpressionAttributeValues: { ':d': { S: 'now' } } }))).Items?.map((item) => item['id']?.S).sort();

test('a table is named and described as the template says', async () => {
  expect(await createTable(withIndex)).toMatchObject({ ref: TableName, attributes: { Arn: arn } });
  await put('a');
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  expect((await client.send(new DescribeTableCommand({ TableName: arn }))).Table).toMatchObject({ TableArn: arn, TableStatus: 'ACTIVE', ItemCount: 1, GlobalSecondaryIndexes: [{ IndexName: 'byDue' }] });
  expect((await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' });
});

test('each call asks for its action on the table, on the index for a query of it', async () => {
  await createTable(withIndex);
  await put('a');
  await dueIds();
  await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [{ id: { S: 'a' } }] } } }));
  expect(cloud.asked).toEqual([`dynamodb:PutItem ${arn}`, `dynamodb:Query ${arn}/index/byDue`, `dynamodb:BatchGetItem ${arn}`]);
});

test('a deletion, a batch and a scan ask for theirs, and do nothing without it', async () => {
  await createTable();
  await put('a');
  const Key = { id: { S: 'a' } };
  const operations: Readonly<Record<string, () => Promise<unknown>>> = {
    DeleteItem: () => client.send(new DeleteItemCommand({ TableName, Key })),
    BatchWriteItem: () => client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }, { PutRequest: { Item: { id: { S: 'b' } } } }] } })),
    Scan: () => client.send(new ScanCommand({ TableName })),
    UpdateItem: () => client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': { S: 'x' } }, ReturnValues: 'UPDATED_NEW' })),
  };
  for (const [name, run] of Object.entries(operations)) {
    cloud.asked.length = 0;
    cloud.denied.add(`dynamodb:${name} ${arn}`);
    await expect(run()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(cloud.asked).toEqual([`dynamodb:${name} ${arn}`]);
  }
  cloud.denied.clear();
  expect(await ids()).toEqual(['a']);
  for (const run of Object.values(operations)) await run();
  expect(await ids()).toEqual(['a', 'b']);
});

test('who may not put does not put', async () => {
  await createTable();
  cloud.denied.add(`dynamodb:PutItem ${arn}`);
  await expect(put('a')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(await ids()).toEqual([]);
});

test("a customer's key asks for kms:Decrypt", async () => {
  await createTable(globalTable({ SSESpecification: { SSEEnabled: true, SSEType: 'KMS' }, Replicas: [{ Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: keyArn } }] }));
  await put('a');
  expect(cloud.asked).toContain(`kms:Decrypt ${keyArn}`);
  cloud.denied.add('kms:Decrypt');
  await expect(ids()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test.each([
  ['a parameter', () => client.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } }, ReturnConsumedCapacity: 'TOTAL' })), 'ReturnConsumedCapacity'],
  ['a legacy parameter', () => client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } }, AttributesToGet: ['id'] })), 'AttributesToGet'],
  ['a transaction', () => client.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key: { id: { S: 'a' } } } }] })), 'one conditional write'],
  ['a change of the table', () => client.send(new UpdateTableCommand({ TableName, BillingMode: 'PROVISIONED' })), 'template'],
])('%s that is not built is an error that says so', async (_, request, words) => {
  await createTable();
  await expect(request()).rejects.toMatchObject({ name: 'NotImplemented', message: containing(words) });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['a stream', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
  ['a local index', { LocalSecondaryIndexes: [] }],
  ['a second region', { Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }],
  ['provisioned capacity', { BillingMode: 'PROVISIONED' }],
  ['an undefined key attribute', { GlobalSecondaryIndexes: [dueIndex] }],
])('%s stops the start', async (_, change) => {
  await expect(createTable(globalTable(change))).rejects.toThrow();
});

test('an item is gone after its time, and no other one', async () => {
  await createTable(withIndex);
  const seconds = now / 1000;
  await put('past', { expires_at: { N: String(seconds - 1) }, due: { S: 'now' } });
  await put('future', { expires_at: { N: String(seconds + 100) } });
  await put('text', { expires_at: { S: String(seconds - 1) } });
  await put('long ago', { expires_at: { N: '1' } });
  await put('prolonged', { expires_at: { N: String(seconds - 1) } });
  await client.send(new UpdateItemCommand({ TableName, Key: { id: { S: 'prolonged' } }, UpdateExpression: 'SET expires_at = :t', ExpressionAttributeValues: { ':t': { N: String(seconds + 100) } } }));
  expect(await cloud.module.sweep()).toBe(1);
  expect(await ids()).toEqual(['future', 'long ago', 'prolonged', 'text']);
  expect(await dueIds()).toEqual([]);
  now += 101_000;
  expect(await cloud.module.sweep()).toBe(2);
});

test('items stay over a restart; a new index has the old items; a dropped one is gone', async () => {
  await createTable();
  await put('a', { due: { S: 'now' } });
  await put('b', { due: { N: '5' } });
  await cloud.restart();
  await createTable(withIndex);
  expect(await ids()).toEqual(['a', 'b']);
  expect(await dueIds()).toEqual(['a']);
  await cloud.restart();
  await createTable();
  await expect(dueIds()).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a table that gets an index and an expiry at once has both for its old items, for a batch written later, too', async () => {
  await createTable(globalTable({ TimeToLiveSpecification: undefined }));
  const past = { expires_at: { N: String(now / 1000 - 1) } };
  await put('old', { ...past, due: { S: 'now' } });
  await put('stays', { due: { S: 'now' } });
  expect(await cloud.module.sweep()).toBe(0);
  await cloud.restart();
  await createTable(withIndex);
  expect(await dueIds()).toEqual(['old', 'stays']);
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: { id: { S: 'batched' }, due: { S: 'now' }, ...past } } }] } }));
  expect(await dueIds()).toEqual(['batched', 'old', 'stays']);
  expect(await cloud.module.sweep()).toBe(2);
  expect([await ids(), await dueIds()]).toEqual([['stays'], ['stays']]);
  await cloud.restart();
  await createTable(globalTable({ TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: false } }));
  await put('later', past);
  expect(await cloud.module.sweep()).toBe(0);
});

test('another key is a replacement, and the error says how to begin anew', async () => {
  await createTable();
  await cloud.restart();
  const replaced = globalTable({ AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] });
  await expect(createTable(replaced)).rejects.toThrow('npm start -- --reset');
});

test('what was acknowledged is there after kill -9', async () => {
  const folder = temporaryFolder();
  const program = `
    const { Storage } = require(${JSON.stringify(join(__dirname, '../../local/dynamodb/storage.ts'))});
    Storage.open(${JSON.stringify(folder.path)}).then(async (storage) => {
      for (let n = 0; ; n++) {
        await storage.write([{ type: 'put', key: 'i~t~' + n, value: '{}' }, { type: 'put', key: 'x~t~i~' + n, value: '{}' }]);
        process.stdout.write(n + '\\n');
      }
    });`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'], cwd: join(__dirname, '../..') });
  let acknowledged = '';
  child.stdout.on('data', (chunk: Buffer) => {
    acknowledged += chunk.toString();
    if (acknowledged.length > 20_000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const last = Number(acknowledged.trimEnd().split('\n').at(-2));
  expect(last).toBeGreaterThan(100);
  const storage = await Storage.open(folder.path);
  for (let n = 0; n <= last; n++) expect(storage.item('t', String(n))).toEqual({});
  await storage.close();
  folder.remove();
});
