/** What an event source mapping guarantees: batches, concurrency, deletion on success only, partial failures, permissions. */
import { createHash } from 'node:crypto';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { doneMessages } from '../../local/sqs/batch-outcome.js';
import { functionArn, startSqs, type SqsUnderTest } from './sqs-under-test.js';

const returned = (value: unknown) => ({ kind: 'returned', payload: JSON.stringify(value) }) as const;
const aString: unknown = expect.any(String);
const aUuid: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
const aDigest: unknown = expect.stringMatching(/^[0-9a-f]{32}$/);
let sqs: SqsUnderTest;
let url: string;
let arn: string;
afterEach(() => sqs.close());

async function start(mapping: Record<string, unknown> = {}, options: Parameters<typeof startSqs>[0] = {}, queue: Record<string, unknown> = {}) {
  sqs = await startSqs(options);
  ({ url, arn } = await sqs.addQueue('jobs', { VisibilityTimeout: 60, ...queue }));
  await sqs.add('AWS::Lambda::EventSourceMapping', { EventSourceArn: arn, FunctionName: 'worker', ...mapping });
  await sqs.module.start?.();
}

const send = (...bodies: string[]) =>
  sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: bodies.map((MessageBody, Id) => ({ Id: String(Id), MessageBody })) }));
const left = async () => {
  const { Attributes } = await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
};

/** Moves the clock until the next batch comes: the mapping may set its timer only after we look. */
async function nextBatchAfter(seconds: number) {
  const before = sqs.worker.payloads.length;
  while (sqs.worker.payloads.length === before) {
    sqs.clock.advance(seconds);
    await left();
  }
  return sqs.worker.next();
}

it('a function gets the record that Lambda would give it', async () => {
  await start();
  await sqs.client.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: 'job', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } }),
  );
  await sqs.worker.next();
  expect(sqs.worker.payloads[0]?.Records[0]).toEqual({
    messageId: aUuid,
    receiptHandle: aString,
    body: 'job',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sqs.clock.now()),
      SenderId: aString,
      ApproximateFirstReceiveTimestamp: String(sqs.clock.now()),
    },
    messageAttributes: { a: { stringValue: 'b', stringListValues: [], binaryListValues: [], dataType: 'String' } },
    md5OfBody: createHash('md5').update('job').digest('hex'),
    md5OfMessageAttributes: aDigest,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  });
});

it('a batch is deleted when the function has returned, not before', async () => {
  await start();
  await send('one', 'two');
  const batch = await sqs.worker.next();
  expect(batch.bodies).toEqual(['one', 'two']);
  expect(await left()).toBe(2);
  batch.answer(returned(null));
  expect(await left()).toBe(0);
});

it.each(['failed', 'timed-out'] as const)('a function that %s gets its messages again after their visibility timeout', async (kind) => {
  await start();
  await send('one');
  (await sqs.worker.next()).answer({ kind, payload: '{}' });
  expect(await left()).toBe(1);
  sqs.clock.advance(60);
  const again = await sqs.worker.next();
  expect(again.bodies).toEqual(['one']);
  expect(sqs.worker.payloads[1]?.Records[0]?.attributes['ApproximateReceiveCount']).toBe('2');
});

it('a message that fails too often goes to the dead-letter queue, without another invocation', async () => {
  sqs = await startSqs();
  const dead = await sqs.addQueue('dead');
  ({ url, arn } = await sqs.addQueue('jobs', { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 } }));
  await sqs.add('AWS::Lambda::EventSourceMapping', { EventSourceArn: arn, FunctionName: functionArn });
  await sqs.module.start?.();
  await send('poison');
  for (const _ of [1, 2]) {
    (await sqs.worker.next()).answer({ kind: 'failed', payload: '{}' });
    // The answer's own work is done when the next request is answered.
    expect(await left()).toBe(1);
    sqs.clock.advance(60);
  }
  expect(await left()).toBe(0);
  const { Messages } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: dead.url, WaitTimeSeconds: 20 }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['poison']);
  expect(sqs.worker.payloads).toHaveLength(2);
});

it('of a partial failure only the reported messages come back', async () => {
  await start({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await send('good', 'bad');
  const batch = await sqs.worker.next();
  batch.answer(returned({ batchItemFailures: [{ itemIdentifier: batch.ids[1] }] }));
  expect(await left()).toBe(1);
  sqs.clock.advance(60);
  expect((await sqs.worker.next()).bodies).toEqual(['bad']);
});

it('no more invocations run at once than MaximumConcurrency, and the next begins when one ends', async () => {
  await start({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  await send('1', '2', '3');
  const first = await sqs.worker.next();
  await sqs.worker.next();
  await left();
  expect(sqs.worker.open).toBe(2);
  first.answer(returned(null));
  expect((await sqs.worker.next()).bodies).toEqual(['3']);
  expect(sqs.worker.open).toBe(2);
});

it('a batching window collects messages until the batch is full', async () => {
  await start({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 });
  await send('1');
  await send('2');
  expect(sqs.worker.open).toBe(0);
  await send('3');
  expect((await sqs.worker.next()).bodies).toEqual(['1', '2', '3']);
});

it('a batching window ends after its time', async () => {
  await start({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 });
  await send('1');
  expect(await left()).toBe(1);
  expect(sqs.worker.payloads).toEqual([]);
  expect((await nextBatchAfter(5)).bodies).toEqual(['1']);
});

it('a throttled batch is tried again by itself, and is still received once', async () => {
  await start();
  await send('one');
  (await sqs.worker.next()).answer({ kind: 'throttled' });
  (await nextBatchAfter(1)).answer(returned(null));
  expect(await left()).toBe(0);
  expect(sqs.worker.payloads[1]?.Records[0]?.attributes['ApproximateReceiveCount']).toBe('1');
});

it('a mapping that is not enabled does not poll', async () => {
  await start({ Enabled: false });
  await send('one');
  expect(await left()).toBe(1);
  expect(sqs.worker.payloads).toEqual([]);
});

it.each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'kms:Decrypt'])('without %s a mapping does not poll, and says so once', async (missing) => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:jobs';
  const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
  const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => `${action} ${queueArn}`);
  const workerMay = [...needed, `kms:Decrypt ${keyArn}`].filter((allowed) => !allowed.startsWith(missing));
  await start({}, { workerMay }, { KmsMasterKeyId: keyArn });
  await send('one');
  expect(await left()).toBe(1);
  expect(sqs.worker.payloads).toEqual([]);
  expect(warn.mock.calls).toEqual([[expect.stringContaining(missing)]]);
  warn.mockRestore();
});

it.each([
  ['a visibility timeout below the function’s timeout', {}, { functionTimeoutSeconds: 61 }, /less than Function timeout/],
  ['more than 10 messages without a window', { BatchSize: 11 }, {}, /MaximumBatchingWindowInSeconds/],
  ['a filter', { FilterCriteria: {} }, {}, /FilterCriteria/],
  ['a stream', { EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1' }, {}, /only SQS/],
])('%s is refused', async (_, mapping, options, message) => {
  await expect(start(mapping, options)).rejects.toThrow(message);
});

describe('what a function’s answer says of its batch', () => {
  const ids = ['a', 'b'];
  it.each([
    ['null', 'null', ids],
    ['an empty object', '{}', ids],
    ['no failures', '{"batchItemFailures":[]}', ids],
    ['null failures', '{"batchItemFailures":null}', ids],
    ['one failure', '{"batchItemFailures":[{"itemIdentifier":"a"}]}', ['b']],
    ['an unknown identifier', '{"batchItemFailures":[{"itemIdentifier":"c"}]}', []],
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', []],
    ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}', []],
    ['another key', '{"batchItemFailures":[{"id":"a"}]}', []],
    ['no JSON', 'nonsense', []],
    ['a string', '"done"', []],
  ])('%s', (_, payload, done) => {
    expect(doneMessages({ kind: 'returned', payload }, ids, true)).toEqual(done);
  });

  it('does not matter without ReportBatchItemFailures', () => {
    expect(doneMessages({ kind: 'returned', payload: '{"batchItemFailures":[{"itemIdentifier":"a"}]}' }, ids, false)).toEqual(ids);
  });
});
