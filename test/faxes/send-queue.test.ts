/** Nudges on their way to SQS and back. */
import * as z from 'zod';
import type { Heard } from '../../lambdas/faxes/heard.js';
import { attemptIdOf } from '../../lambdas/faxes/job-item.js';
import { nudge, nudgeTen, readNudge, tellSender } from '../../lambdas/faxes/send-queue.js';
import { ScriptedAws, setFunctionEnvironment } from '../platform/scripted-aws.js';
import { jobId } from './job.fixture.js';

const aws = new ScriptedAws();
const id = jobId('0'.repeat(32));
const another = jobId('1'.repeat(32));
const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/send';
const taken = { status: 200, body: { MessageId: 'm', MD5OfMessageBody: 'x' } };

beforeAll(() => aws.listen());
afterAll(() => aws.close());
beforeEach(() => {
  aws.answers = [taken];
  aws.asked = [];
  setFunctionEnvironment(aws.url, { accessKeyId: 'a', secretAccessKey: 's' });
});

/** The operation and the input of each call. */
const calls = () => aws.asked.map(({ headers, body }) => ({ operation: headers['x-amz-target'], input: parsed(body) }));
const parsed = (body: Buffer): unknown => JSON.parse(body.toString());

test.each([
  [0, 0],
  [12.2, 13],
  [-1, 0],
  [3_600, 900],
])('a nudge in %d seconds is delayed by %d, which SQS takes', async (wanted, delay) => {
  await nudge(queueUrl, id, wanted);
  expect(calls()).toEqual([
    { operation: 'AmazonSQS.SendMessage', input: { QueueUrl: queueUrl, MessageBody: JSON.stringify({ v: 1, jobId: id }), DelaySeconds: delay } },
  ]);
});

test("on AWS a message goes to the host of its queue's URL, signed for it", async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await nudge(`${aws.url}/000000000000/send`, id);
  expect(aws.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /']);
  expect(aws.asked[0]?.headers['authorization']).toContain('/us-east-1/sqs/aws4_request');
});

test('ten nudges are one call, and each names its own job', async () => {
  await nudgeTen(queueUrl, [id, another]);
  expect(calls()).toEqual([
    {
      operation: 'AmazonSQS.SendMessageBatch',
      input: { QueueUrl: queueUrl, Entries: [id, another].map((one, index) => ({ Id: String(index), MessageBody: JSON.stringify({ v: 1, jobId: one }) })) },
    },
  ]);
});

test('a nudge of ten that was not taken is an error: the caller must not take the job for nudged', async () => {
  aws.answers = [{ status: 200, body: { Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'InternalError', Message: 'try later', SenderFault: false }] } }];
  await expect(nudgeTen(queueUrl, [id, another])).rejects.toThrow('1 nudges were not taken: try later');
});

test.each([
  ['throttling', { status: 400, body: { __type: 'com.amazonaws.sqs#RequestThrottled' } }],
  ['503', { status: 503, body: '<html>busy</html>' }],
  ['a cut connection', { status: 0, body: '', cut: true }],
])('%s is tried again', async (_, once) => {
  aws.answers = [once, taken];
  await nudge(queueUrl, id);
  expect(aws.asked).toHaveLength(2);
});

test.each(['com.amazonaws.sqs#QueueDoesNotExist', 'AccessDeniedException'])('%s is an error at once', async (type) => {
  aws.answers = [{ status: 400, body: { __type: type, message: 'no' } }];
  await expect(nudge(queueUrl, id)).rejects.toMatchObject({ code: type.split('#').at(-1) });
  expect(aws.asked).toHaveLength(1);
});

test('a nudge is read back, and nothing else is one', () => {
  expect(readNudge(JSON.stringify({ v: 1, jobId: id }))).toEqual({ jobId: id, heard: undefined });
  for (const body of ['{}', 'null', JSON.stringify({ v: 2, jobId: id }), JSON.stringify({ v: 1, jobId: 'x' })]) {
    expect(() => readNudge(body)).toThrow('no nudge of version 1');
  }
  expect(() => readNudge('not JSON')).toThrow();
});

test('what a provider reported goes to the sender of its job and is read back', async () => {
  const [attempt] = [attemptIdOf(id, 2)];
  const heard: Heard = { provider: 'sinch', attemptId: attempt, providerSid: 'sid', reported: { kind: 'success', pages: 2, cost: { amount: '0.09', currency: 'USD' } }, at: 5 };
  await tellSender(queueUrl, heard, 30);
  expect(calls()).toEqual([{ operation: 'AmazonSQS.SendMessage', input: { QueueUrl: queueUrl, MessageBody: expect.any(String), DelaySeconds: 30 } }]);
  expect(readNudge(z.object({ MessageBody: z.string() }).parse(calls()[0]?.input).MessageBody)).toEqual({ jobId: id, heard });
  expect(() => readNudge(JSON.stringify({ v: 1, jobId: id, heard: { ...heard, attemptId: 'x' } }))).toThrow();
  expect(() => readNudge(JSON.stringify({ v: 1, jobId: id, heard: { ...heard, reported: { kind: 'delivered' } } }))).toThrow();
});
