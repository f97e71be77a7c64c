/** SNS: what may be published, who may, where it stays, and what is refused at deployment. */
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateTopicCommand, GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, PublishCommand, SNSClient,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import type { CloudModule } from '../../local/cloud/module.js';
import { MessageFile } from '../../local/sns/message-file.js';
import { createSns } from '../../local/sns/sns.js';
import { startCore } from './core-assembly.js';
import { containing, startOneModule, temporaryFolder, type OneModule } from './one-module.js';

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234';
const TopicArn = 'arn:aws:sns:us-east-1:000000000000:Test-Reminders';
let cloud: OneModule<CloudModule>;
let client: SNSClient;
let stateDirectory: string;
let said: string[];
beforeEach(async () => {
  said = [];
  cloud = await startOneModule((dependencies) => {
    ({ stateDirectory } = dependencies);
    return createSns({ ...dependencies, tell: (topic, line) => said.push(`${topic}: ${line}`) });
  });
  client = new SNSClient(cloud.function);
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});
const create = (properties: Readonly<Record<string, unknown>> = {}) => cloud.create('AWS::SNS::Topic', properties, 'Reminders');
const publish = (input: Partial<PublishCommandInput> = {}) => client.send(new PublishCommand({ TopicArn, Message: 'Rotate it.', ...input }));
const messages = () => new MessageFile(stateDirectory).read();

describe('a published message', () => {
  test('stays in a file that only its owner reads, and its subject is told to the person at the machine', async () => {
    await create();
    const { MessageId } = await publish({
      Subject: 'A key expires',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'expiry' }, raw: { DataType: 'Binary', BinaryValue: Buffer.from('x') } },
    });
    await publish();
    expect(messages()).toEqual([
      {
        messageId: MessageId,
        topicArn: TopicArn,
        publishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        publisher: 'Test',
        subject: 'A key expires',
        message: 'Rotate it.',
        attributes: { kind: { DataType: 'String', StringValue: 'expiry' }, raw: { DataType: 'Binary', BinaryValue: 'eA==' } },
      },
      expect.objectContaining({ message: 'Rotate it.' }),
    ]);
    expect(said).toEqual(['Test-Reminders: Published to Test-Reminders: A key expires', 'Test-Reminders: Published to Test-Reminders: (no subject)']);
    expect(statSync(join(stateDirectory, 'messages.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('is there after a restart, and a line that a crash cut off does no harm', async () => {
    await create();
    await publish({ Message: 'one' });
    appendFileSync(join(stateDirectory, 'messages.jsonl'), '{"messageId":"half');
    await cloud.restart();
    await create();
    await publish({ Message: 'two' });
    expect(messages().map(({ message }) => message)).toEqual(['one', 'two']);
    expect(readFileSync(join(stateDirectory, 'messages.jsonl'), 'utf8').split('\n')).toHaveLength(4);
  });

  test('takes the place of the oldest when the file is full', () => {
    const folder = temporaryFolder();
    const file = new MessageFile(folder.path, 1000);
    for (let number = 0; number < 100; number++)
      file.append({ messageId: 'm', topicArn: TopicArn, publishedAt: 'now', publisher: 'p', message: String(number) });
    const kept = file.read().map(({ message }) => Number(message));
    expect(kept.at(-1)).toBe(99);
    expect(kept.length).toBeLessThan(20);
    expect(kept).toEqual(kept.map((_, index) => 100 - kept.length + index));
    folder.remove();
  });

  test.each<[string, Partial<PublishCommandInput>, string, string]>([
    ['an empty message', { Message: '' }, 'InvalidParameterException', 'Empty message'],
    ['a message over 256 KB', { Message: 'ä'.repeat(131_073) }, 'InvalidParameterException', 'Message too long'],
    ['a message over 256 KB with its attributes', { Message: 'a'.repeat(262_140), MessageAttributes: { name: { DataType: 'String', StringValue: 'v' } } }, 'InvalidParameterException', 'Message too long'],
    ['a subject of 100 characters', { Subject: 's'.repeat(100) }, 'InvalidParameterException', 'Subject'],
    ['a subject of two lines', { Subject: 'one\ntwo' }, 'InvalidParameterException', 'Subject'],
    ['a structure without a default', { MessageStructure: 'json', Message: '{"email":"x"}' }, 'InvalidParameterException', 'default'],
    ['an attribute of a type that SNS does not have', { MessageAttributes: { a: { DataType: 'Date', StringValue: 'x' } } }, 'InvalidParameterValueException', "'a'"],
    ['a number that is none', { MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } }, 'InvalidParameterValueException', "'a'"],
    ['a topic that does not exist', { TopicArn: `${TopicArn}s` }, 'NotFoundException', 'Topic does not exist'],
    ['a telephone number', { TopicArn: undefined, PhoneNumber: '+15551234567' }, 'NotImplemented', 'PhoneNumber'],
  ])('is refused: %s', async (_case, input, name, part) => {
    await create();
    await expect(publish(input)).rejects.toMatchObject({ name, message: containing(part) });
    expect(messages()).toEqual([]);
  });
});

describe('permissions', () => {
  test("publishing asks for the topic, and for its key where that is the customer's", async () => {
    await create({ KmsMasterKeyId: keyArn });
    await publish();
    expect(cloud.asked).toEqual([`sns:Publish ${TopicArn}`, `kms:GenerateDataKey ${keyArn}`, `kms:Decrypt ${keyArn}`]);
    cloud.denied.add('kms:GenerateDataKey');
    await expect(publish()).rejects.toMatchObject({ name: 'KMSAccessDeniedException' });
  });

  test("the key of SNS itself asks for none", async () => {
    await create({ KmsMasterKeyId: 'alias/aws/sns' });
    await publish();
    expect(cloud.asked).toEqual([`sns:Publish ${TopicArn}`]);
  });

  test('a role without the permission is refused as on AWS, whether the topic exists or not', async () => {
    const core = await startCore({
      resources: { Reminders: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'reminders' } } },
      functions: {
        Publisher: {
          source: `
            const { SNSClient, PublishCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-sns'))});
            exports.handler = ({ TopicArn }) => new SNSClient({}).send(new PublishCommand({ TopicArn, Message: 'x' }))
              .then(() => 'published', ({ name, message }) => name + ': ' + message);`,
          statements: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Reminders' } }],
          properties: { MemorySize: 512, Timeout: 60 },
        },
      },
    });
    try {
      const arn = core.resources['Reminders'];
      expect((await core.invoke('Publisher', { TopicArn: arn })).result).toBe('published');
      expect((await core.invoke('Publisher', { TopicArn: `${arn}-other` })).result).toMatch(
        /^AuthorizationErrorException: User: arn:aws:sts::000000000000:assumed-role\/.* is not authorized to perform: sns:Publish on resource: .*:reminders-other/,
      );
      expect(core.told).toEqual(['Published to reminders: (no subject)']);
    } finally {
      await core.end();
    }
  });
});

test('topics, their attributes and who waits for them are shown', async () => {
  await create({ KmsMasterKeyId: keyArn, DisplayName: 'Fax', Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }] });
  await cloud.create('AWS::SNS::Subscription', { TopicArn, Protocol: 'https', Endpoint: 'https://example.com' }, 'Hook');
  expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  expect((await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({ TopicArn, KmsMasterKeyId: keyArn, SubscriptionsPending: '2', SubscriptionsConfirmed: '0' });
  expect((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toMatchObject([
    { Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: 'PendingConfirmation' },
    { Protocol: 'https', TopicArn },
  ]);
});

test('a subscriber of the stack, a FIFO topic and a wrong name stop the deployment', async () => {
  await create();
  await expect(cloud.create('AWS::SNS::Subscription', { TopicArn, Protocol: 'lambda', Endpoint: 'arn' })).rejects.toThrow('delivers to no function');
  await expect(cloud.create('AWS::SNS::Topic', { FifoTopic: true })).rejects.toThrow('FIFO');
  await expect(cloud.create('AWS::SNS::Topic', { TopicName: 'a b' })).rejects.toThrow('256 letters');
});

test('what is not built says so', async () => {
  await expect(client.send(new CreateTopicCommand({ Name: 'x' }))).rejects.toMatchObject({ name: 'NotImplemented', message: containing('CreateTopic') });
});
