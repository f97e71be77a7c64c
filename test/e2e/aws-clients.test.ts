/** Whoever looks around in the running stack does it with AWS's own clients: the SDK, and the command line where there is one. */
import { DescribeLogGroupsCommand, DescribeLogStreamsCommand, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, GetItemCommand, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readFax, sendFax, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'the administrator who looks around';
const document = readFileSync(join(__dirname, '..', '..', 'document.pdf'));
let cloud: RunningLocalCloud;
let job: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly(), apiKey: admin });
  job = readFax(await sendFax(cloud.gatewayUrl, admin, '+15551234567', { file: document, name: 'document.pdf' })).id;
  await untilEnded(cloud.gatewayUrl, admin, job);
}, 240_000);
afterAll(() => cloud.stop());

/** The name that the running stack gave to the one resource whose logical id begins so. */
function nameOf(start: string): string {
  const found = Object.entries(cloud.resources).filter(([id]) => new RegExp(`^${start}[0-9A-F]{8}$`).test(id));
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} resources are called ${start}`);
  return found[0][1];
}

describe('the AWS SDK', () => {
  it('lists tables and reads items', async () => {
    const { dynamodb } = cloud.clients;
    const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
    expect(TableNames).toEqual(expect.arrayContaining([nameOf('FaxesTable'), nameOf('KeysTable'), nameOf('LimitsTable')]));
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: nameOf('FaxesTable') }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] });
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: nameOf('FaxesTable') }));
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: nameOf('FaxesTable'), Key: { id: { S: job } } }));
    expect(Item).toMatchObject({ id: { S: job }, to: { S: '+15551234567' } });
    // Beside the fax, the lease of its number.
    expect(Items).toHaveLength(2);
    expect(Items).toContainEqual(Item);
  });

  it('lists buckets and gets the document as it was sent', async () => {
    const { s3 } = cloud.clients;
    const Bucket = nameOf('FaxesDocuments');
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toContain(Bucket);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `documents/${job}/` }));
    expect(Contents).toMatchObject([{ Size: document.length }]);
    const Key = Contents[0]?.Key;
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: document.length, ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(document)).toBe(true);
  });

  it('lists queues and reads how many messages wait', async () => {
    const { sqs } = cloud.clients;
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls).toContain(nameOf('FaxesSendQueue'));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: nameOf('FaxesSendQueue'), AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', RedrivePolicy: expect.stringContaining('deadLetterTargetArn') });
  });

  it('lists secrets and gets the bootstrap key', async () => {
    const { secrets } = cloud.clients;
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    expect(SecretList.map(({ ARN }) => ARN)).toEqual(expect.arrayContaining([nameOf('KeysBootstrapKey'), nameOf('KeysPepper')]));
    expect(await secrets.send(new DescribeSecretCommand({ SecretId: nameOf('KeysBootstrapKey') }))).toMatchObject({ Description: expect.stringContaining('first admin key') });
    expect((await secrets.send(new GetSecretValueCommand({ SecretId: nameOf('KeysBootstrapKey') }))).SecretString).toBe(admin);
  });

  it('lists log groups and streams and reads and filters events', async () => {
    const { logs } = cloud.clients;
    const logGroupName = nameOf('AuditLog');
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups.find((group) => group.logGroupName === logGroupName)).toMatchObject({ retentionInDays: 2192 });
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    const read = await Promise.all(logStreams.map(({ logStreamName }) => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }))));
    const messages = read.flatMap(({ events = [] }) => events.map(({ message }) => message));
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: `{ $.job_id = "${job}" && $.event = "job_created" }` }));
    expect(events).toHaveLength(1);
    expect(messages).toContain(events[0]?.message);
  });
});

describe('the aws command line', () => {
  const aws = async (...words: string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)('aws', ['--endpoint-url', cloud.endpointUrl, '--output', 'json', ...words], {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' },
    });
    return stdout === '' ? undefined : JSON.parse(stdout);
  };

  it('lists and gets in all five services', async () => {
    try {
      await aws('--version').catch((error: unknown) => {
        if (!(error instanceof SyntaxError)) throw error;
      });
    } catch {
      console.warn('There is no aws command here: looking around with it is left out.');
      return;
    }
    const Bucket = nameOf('FaxesDocuments');
    const answers: [string[], object][] = [
      [['dynamodb', 'list-tables'], { TableNames: expect.arrayContaining([nameOf('FaxesTable')]) }],
      [['dynamodb', 'scan', '--table-name', nameOf('FaxesTable'), '--select', 'COUNT'], { Count: expect.any(Number) }],
      [['dynamodb', 'describe-table', '--table-name', nameOf('KeysTable')], { Table: { TableStatus: 'ACTIVE' } }],
      [['s3api', 'list-buckets'], { Buckets: expect.arrayContaining([expect.objectContaining({ Name: Bucket })]) }],
      [['s3api', 'list-objects-v2', '--bucket', Bucket], { Contents: [{ Size: document.length }] }],
      [['sqs', 'list-queues'], { QueueUrls: expect.arrayContaining([nameOf('FaxesSendQueue')]) }],
      [['sqs', 'get-queue-attributes', '--queue-url', nameOf('FaxesSendQueue'), '--attribute-names', 'All'], { Attributes: { ApproximateNumberOfMessages: '0' } }],
      [['secretsmanager', 'list-secrets'], { SecretList: expect.arrayContaining([expect.objectContaining({ ARN: nameOf('KeysBootstrapKey') })]) }],
      [['secretsmanager', 'get-secret-value', '--secret-id', nameOf('KeysBootstrapKey')], { SecretString: admin }],
      [['sns', 'list-topics'], { Topics: expect.any(Array) }],
      [['apigateway', 'get-usage-plans'], { items: expect.arrayContaining([expect.objectContaining({ throttle: expect.any(Object) })]) }],
      [['logs', 'describe-log-groups'], { logGroups: expect.arrayContaining([expect.objectContaining({ logGroupName: nameOf('AuditLog') })]) }],
      [['logs', 'filter-log-events', '--log-group-name', nameOf('AuditLog')], { events: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining(job) })]) }],
    ];
    for (const [words, expected] of answers) expect(await aws(...words)).toMatchObject(expected);
  }, 180_000);
});
