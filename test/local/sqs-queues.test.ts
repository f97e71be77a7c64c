/** What SQS guarantees for a standard queue: visibility, delay, retention, dead letters, limits, permissions, restart, both protocols. */
import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { sign } from 'aws4';
import { startSqs, type SqsUnderTest } from './sqs-under-test.js';

const aString: unknown = expect.any(String);
let sqs: SqsUnderTest;
let counter = 0;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.close());

const newQueue = (properties = {}) => sqs.addQueue(`queue-${(counter += 1)}`, properties);
const send = (QueueUrl: string, MessageBody: string, more = {}) => sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (QueueUrl: string, more = {}) =>
  (await sqs.client.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'], ...more }))).Messages ?? [];
const bodies = async (QueueUrl: string, more = {}) => (await receive(QueueUrl, { MaxNumberOfMessages: 10, ...more })).map(({ Body }) => Body);
const errorName = (call: Promise<unknown>) => call.then(() => 'no error', (error: unknown) => (error instanceof Error ? error.name : String(error)));
const counts = async (QueueUrl: string) => {
  const { Attributes } = await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return [Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible, Attributes?.ApproximateNumberOfMessagesDelayed].map(Number);
};

describe('a message', () => {
  it('comes with its body, its attributes and digests that the SDK verifies', async () => {
    const { url } = await newQueue();
    const sent = await send(url, 'Grüße', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'fax' },
        pages: { DataType: 'Number', StringValue: '3' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 1, 255]) },
      },
    });
    const [message] = await receive(url);
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'Grüße',
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(sqs.clock.now()), SenderId: aString },
      MessageAttributes: { kind: { StringValue: 'fax' }, raw: { BinaryValue: new Uint8Array([0, 1, 255]) } },
    });
  });

  it('under its visibility timeout is not received again, and afterwards is', async () => {
    const { url } = await newQueue({ VisibilityTimeout: 30 });
    await send(url, 'x');
    expect(await bodies(url)).toEqual(['x']);
    sqs.clock.advance(29);
    expect(await bodies(url)).toEqual([]);
    sqs.clock.advance(1);
    const [again] = await receive(url);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it('that was deleted never comes back', async () => {
    const { url } = await newQueue();
    await send(url, 'x');
    const [message] = await receive(url);
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
    sqs.clock.advance(3600);
    expect(await bodies(url)).toEqual([]);
  });

  it('can be hidden longer or shown at once, by the latest receipt handle only', async () => {
    const { url } = await newQueue({ VisibilityTimeout: 30 });
    await send(url, 'x');
    const [first] = await receive(url);
    const change = (VisibilityTimeout: number, ReceiptHandle = first?.ReceiptHandle) =>
      sqs.client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout }));
    await change(100);
    sqs.clock.advance(99);
    expect(await bodies(url)).toEqual([]);
    await change(0);
    const [second] = await receive(url);
    expect(second?.Body).toBe('x');
    expect(await errorName(change(10))).toBe('InvalidParameterValue');
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    expect(await counts(url)).toEqual([0, 1, 0]);
    await change(0, second?.ReceiptHandle);
    expect(await errorName(change(10, second?.ReceiptHandle))).toBe('MessageNotInflight');
    expect(await errorName(change(10, 'nonsense'))).toBe('ReceiptHandleIsInvalid');
  });

  it('waits for its delay, or its queue’s', async () => {
    const { url } = await newQueue({ DelaySeconds: 5 });
    await send(url, 'queue delay');
    await send(url, 'own delay', { DelaySeconds: 60 });
    await send(url, 'no delay', { DelaySeconds: 0 });
    expect(await counts(url)).toEqual([1, 0, 2]);
    expect(await bodies(url)).toEqual(['no delay']);
    sqs.clock.advance(5);
    expect(await bodies(url)).toEqual(['queue delay']);
    sqs.clock.advance(54);
    expect(await bodies(url)).not.toContain('own delay');
    sqs.clock.advance(1);
    expect(await bodies(url)).toContain('own delay');
  });

  it('is gone after the retention period', async () => {
    const { url } = await newQueue({ MessageRetentionPeriod: 60 });
    await send(url, 'x');
    sqs.clock.advance(60);
    expect(await bodies(url)).toEqual([]);
    expect(await counts(url)).toEqual([0, 0, 0]);
  });

  it('sent while a consumer waits is received at once', async () => {
    const { url } = await newQueue();
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await counts(url);
    await send(url, 'x');
    expect((await waiting).map(({ Body }) => Body)).toEqual(['x']);
  });

  it('is not lost to a consumer that went away while it waited', async () => {
    const { url } = await newQueue();
    const leaving = new AbortController();
    const waiting = sqs.client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }), { abortSignal: leaving.signal });
    await counts(url);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await counts(url);
    await send(url, 'x');
    expect(await bodies(url)).toEqual(['x']);
  });
});

describe('a dead-letter queue', () => {
  it('gets a message that was received too often, and gives it back', async () => {
    const dead = await newQueue();
    const source = await newQueue({ VisibilityTimeout: 1, RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 } });
    const { MessageId } = await send(source.url, 'poison');
    for (const _ of [1, 2]) {
      expect(await bodies(source.url)).toEqual(['poison']);
      sqs.clock.advance(1);
    }
    expect(await bodies(source.url)).toEqual([]);
    const [letter] = await receive(dead.url, { WaitTimeSeconds: 5, VisibilityTimeout: 0 });
    expect(letter).toMatchObject({
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: source.arn, ApproximateReceiveCount: '3' },
    });
    const sources = await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }));
    expect(sources.queueUrls).toEqual([source.url]);

    await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    const [back] = await receive(source.url);
    expect(back).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
    expect(back?.MessageId).not.toBe(MessageId);
    expect(await errorName(sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: source.arn })))).toBe('InvalidParameterValue');
  });

  it('must exist and allow its source', async () => {
    const closed = await newQueue({ RedriveAllowPolicy: { redrivePermission: 'denyAll' } });
    await expect(newQueue({ RedrivePolicy: { deadLetterTargetArn: closed.arn, maxReceiveCount: 1 } })).rejects.toThrow(/does not allow/);
    await expect(newQueue({ RedrivePolicy: { deadLetterTargetArn: `${closed.arn}-missing`, maxReceiveCount: 1 } })).rejects.toThrow(/does not exist/);
  });
});

describe('batches', () => {
  it('tell each entry’s own fate', async () => {
    const { url } = await newQueue({ MaximumMessageSize: 1024 });
    const answer = await sqs.client.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: 'good', MessageBody: 'x' }, { Id: 'long', MessageBody: 'x'.repeat(1025) }] }),
    );
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(answer.Failed).toMatchObject([{ Id: 'long', Code: 'InvalidParameterValue', SenderFault: true }]);
    const [message] = await receive(url);
    const deleted = await sqs.client.send(
      new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle }, { Id: 'b', ReceiptHandle: 'nonsense' }] }),
    );
    expect([deleted.Successful?.[0]?.Id, deleted.Failed?.[0]?.Code]).toEqual(['a', 'ReceiptHandleIsInvalid']);
  });

  it.each([
    ['EmptyBatchRequest', []],
    ['BatchEntryIdsNotDistinct', [{ Id: 'a', MessageBody: 'x' }, { Id: 'a', MessageBody: 'y' }]],
    ['InvalidBatchEntryId', [{ Id: 'a b', MessageBody: 'x' }]],
    ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, Id) => ({ Id: String(Id), MessageBody: 'x' }))],
    ['BatchRequestTooLong', [{ Id: 'a', MessageBody: 'x'.repeat(600_000) }, { Id: 'b', MessageBody: 'x'.repeat(600_000) }]],
  ])('%s', async (name, Entries) => {
    const { url } = await newQueue();
    expect(await errorName(sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries })))).toBe(name);
  });
});

describe('what is refused', () => {
  it.each([
    ['a message above the size limit', 'InvalidParameterValue', (QueueUrl: string) => send(QueueUrl, 'x'.repeat(1_048_577))],
    ['characters that XML has not', 'InvalidMessageContents', (QueueUrl: string) => send(QueueUrl, 'a\u0000b')],
    ['an attribute without a value', 'InvalidParameterValue', (QueueUrl: string) => send(QueueUrl, 'x', { MessageAttributes: { a: { DataType: 'String' } } })],
    ['a FIFO parameter', 'UnsupportedOperation', (QueueUrl: string) => send(QueueUrl, 'x', { MessageGroupId: 'g' })],
    ['more than 10 messages', 'InvalidParameterValue', (QueueUrl: string) => receive(QueueUrl, { MaxNumberOfMessages: 11 })],
    ['an unknown queue', 'QueueDoesNotExist', (QueueUrl: string) => send(`${QueueUrl}-missing`, 'x')],
    ['an unknown attribute', 'InvalidAttributeName', (QueueUrl: string) => sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['FifoQueue'] }))],
    ['an operation that is not built', 'NotImplemented', () => sqs.client.send(new CreateQueueCommand({ QueueName: 'x' }))],
  ])('%s', async (_, name, call) => {
    const { url } = await newQueue();
    expect(await errorName(call(url))).toBe(name);
  });

  it.each([
    ['FIFO queues', { FifoQueue: true }],
    ['unknown properties', { Wishes: 1 }],
    ['a timeout beyond 12 hours', { VisibilityTimeout: 43_201 }],
  ])('%s in a template', async (_, properties) => {
    await expect(newQueue(properties)).rejects.toThrow();
  });
});

describe('permissions', () => {
  it('are asked for each queue, and for its key', async () => {
    const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
    const { url, arn } = await newQueue({ KmsMasterKeyId: keyArn });
    const as = (...allowed: string[]) => sqs.clientOf(sqs.roleWith(...allowed));
    const command = new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' });
    const sends = `sqs:SendMessage ${arn}`;
    expect(await errorName(as().send(command))).toBe('AccessDenied');
    expect(await errorName(as(sends, `kms:GenerateDataKey ${keyArn}`).send(command))).toBe('KmsAccessDenied');
    await as(sends, `kms:GenerateDataKey ${keyArn}`, `kms:Decrypt ${keyArn}`).send(command);
    expect(await errorName(as(`sqs:ReceiveMessage ${arn}`).send(new ReceiveMessageCommand({ QueueUrl: url })))).toBe('KmsAccessDenied');
    expect(await errorName(as(sends).send(new PurgeQueueCommand({ QueueUrl: url })))).toBe('AccessDenied');
  });
});

describe('looking around', () => {
  it('finds queues by name and prefix, page by page', async () => {
    for (const name of ['look-a', 'look-b', 'look-c']) await sqs.addQueue(name);
    expect((await sqs.client.send(new GetQueueUrlCommand({ QueueName: 'look-a' }))).QueueUrl).toBe(`${sqs.url}/000000000000/look-a`);
    const first = await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'look-', MaxResults: 2 }));
    const second = await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'look-', MaxResults: 2, NextToken: first.NextToken }));
    expect([first, second].flatMap(({ QueueUrls }) => QueueUrls?.map((url) => url.slice(-6)))).toEqual(['look-a', 'look-b', 'look-c']);
  });

  it('a purge empties a queue, once a minute', async () => {
    const { url } = await newQueue();
    await send(url, 'x');
    await sqs.client.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await bodies(url)).toEqual([]);
    expect(await errorName(sqs.client.send(new PurgeQueueCommand({ QueueUrl: url })))).toBe('PurgeQueueInProgress');
  });
});

describe('a restart', () => {
  it('finds every acknowledged message and how often it was received, and nothing that was deleted', async () => {
    const first = await startSqs();
    const { url } = await first.addQueue('jobs');
    for (const MessageBody of ['kept', 'deleted', 'delayed'])
      await first.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds: MessageBody === 'delayed' ? 60 : 0 }));
    const { Messages } = await first.client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    const deleted = Messages?.find(({ Body }) => Body === 'deleted');
    await first.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: deleted?.ReceiptHandle }));

    const second = await first.restart();
    const { url: newUrl } = await second.addQueue('jobs');
    const found = await second.client.send(
      new ReceiveMessageCommand({ QueueUrl: newUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }),
    );
    expect(found.Messages?.map(({ Body, Attributes }) => [Body, Attributes])).toEqual([['kept', { ApproximateReceiveCount: '2' }]]);
    second.clock.advance(60);
    const later = await second.client.send(new ReceiveMessageCommand({ QueueUrl: newUrl, MaxNumberOfMessages: 10 }));
    expect(later.Messages?.map(({ Body }) => Body)).toContain('delayed');
    await second.close();
  });
});

describe('the query protocol', () => {
  const query = async (parameters: Record<string, string>) => {
    const { host } = new URL(sqs.url);
    const body = new URLSearchParams({ Version: '2012-11-05', ...parameters }).toString();
    const request = sign(
      { host, path: '/', method: 'POST', service: 'sqs', region: 'us-east-1', body, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } },
      { accessKeyId: 'local', secretAccessKey: 'local' },
    );
    const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)]));
    const answer = await fetch(`${sqs.url}/`, { method: 'POST', headers, body });
    return { status: answer.status, xml: await answer.text() };
  };

  it('sends and receives the same messages', async () => {
    const { url } = await newQueue();
    const sent = await query({
      Action: 'SendMessage',
      QueueUrl: url,
      MessageBody: '<x> & ü',
      DelaySeconds: '0',
      'MessageAttribute.1.Name': 'kind',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'fax',
    });
    expect(sent.xml).toContain(`<MD5OfMessageBody>${createHash('md5').update('<x> & ü').digest('hex')}</MD5OfMessageBody>`);
    const { xml } = await query({ Action: 'ReceiveMessage', QueueUrl: url, 'AttributeName.1': 'All', 'MessageAttributeName.1': 'All', MaxNumberOfMessages: '10' });
    expect(xml).toContain('<Body>&lt;x&gt; &amp; ü</Body>');
    expect(xml).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
    expect(xml).toContain('<MessageAttribute><Name>kind</Name><Value><DataType>String</DataType><StringValue>fax</StringValue></Value></MessageAttribute>');
  });

  it('has its own codes for errors', async () => {
    const answer = await query({ Action: 'GetQueueUrl', QueueName: 'missing' });
    expect([answer.status, answer.xml]).toEqual([400, expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>')]);
  });
});

describe('a delivery that is told to be unreliable', () => {
  const certain = { duplicate: 0, reorder: 0, delay: 0, delayMilliseconds: 0, seed: 1 };
  afterEach(() => sqs.delivery.set(undefined));

  it('brings a message twice; whoever deletes it first by a handle of before deletes nothing', async () => {
    const { url } = await newQueue();
    await send(url, 'one');
    sqs.delivery.set({ ...certain, duplicate: 1 });
    const [first] = await receive(url);
    expect(await bodies(url)).toEqual(['one']);
    sqs.delivery.set(undefined);
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    expect(await bodies(url)).toEqual(['one']);
  });

  it('brings a message late', async () => {
    const { url } = await newQueue();
    await send(url, 'one');
    sqs.delivery.set({ ...certain, delay: 1, delayMilliseconds: 1_000 });
    expect(await bodies(url)).toEqual([]);
    sqs.delivery.set(undefined);
    sqs.clock.advance(1);
    expect(await bodies(url)).toEqual(['one']);
  });

  it('brings messages in another order, and each of them', async () => {
    const { url } = await newQueue();
    const sent = ['1', '2', '3', '4', '5', '6', '7', '8'];
    for (const body of sent) await send(url, body);
    sqs.delivery.set({ ...certain, reorder: 0.5 });
    const received = await bodies(url);
    expect(received).not.toEqual(sent);
    expect([...received].sort()).toEqual(sent);
    expect(sqs.delivery.counts.reordered).toBeGreaterThan(0);
  });
});
