/** GetQueueUrl, GetQueueAttributes, ListQueues, ListDeadLetterSourceQueues, PurgeQueue. */
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';
import { authorizedQueue, operation } from './operation.js';
import type { Queue } from './queue.js';
import { invalidParameter, queueDoesNotExist } from './sqs-errors.js';

const page = { MaxResults: z.int().min(1).max(1000).optional(), NextToken: z.string().optional() };

export const getQueueUrl = operation(
  z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  (state, { QueueName, QueueOwnerAWSAccountId }, call) => {
    const { partition, region, accountId } = state.identity;
    if (QueueOwnerAWSAccountId !== undefined && QueueOwnerAWSAccountId !== accountId) throw queueDoesNotExist();
    state.authorize(call.principal, 'sqs:GetQueueUrl', `arn:${partition}:sqs:${region}:${accountId}:${QueueName}`);
    return { QueueUrl: state.queues.named(QueueName).configuration.url };
  },
);

export const getQueueAttributes = operation(
  z.strictObject({ QueueUrl: z.string(), AttributeNames: z.array(z.string()).default([]) }),
  (state, { QueueUrl, AttributeNames }, call) => {
    const queue = authorizedQueue(state, call, QueueUrl, 'sqs:GetQueueAttributes');
    const unknown = AttributeNames.find((name) => name !== 'All' && !(name in queueAttributes(queue)) && !absentByDefault.includes(name));
    if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`, 400);
    const asked = Object.entries(queueAttributes(queue)).filter(([name]) => AttributeNames.includes('All') || AttributeNames.includes(name));
    return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
  },
);

/** Attributes that a queue may not have; asking for them gives nothing. */
const absentByDefault = ['RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];

function queueAttributes(queue: Queue): Readonly<Record<string, string>> {
  const { configuration } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  return {
    QueueArn: configuration.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(configuration.visibilityTimeoutSeconds),
    MaximumMessageSize: String(configuration.maximumMessageSize),
    MessageRetentionPeriod: String(configuration.retentionSeconds),
    DelaySeconds: String(configuration.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(configuration.receiveWaitSeconds),
    ...(configuration.redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(configuration.redrive) }),
    ...(configuration.redriveAllow === undefined ? {} : { RedriveAllowPolicy: JSON.stringify(configuration.redriveAllow) }),
    ...(configuration.kmsMasterKeyId === undefined
      ? {}
      : {
          KmsMasterKeyId: configuration.kmsMasterKeyId,
          KmsDataKeyReusePeriodSeconds: String(configuration.kmsDataKeyReusePeriodSeconds),
        }),
  };
}

export const listQueues = operation(
  z.strictObject({ QueueNamePrefix: z.string().default(''), ...page }),
  (state, { QueueNamePrefix, MaxResults, NextToken }, call) => {
    const { partition, region, accountId } = state.identity;
    state.authorize(call.principal, 'sqs:ListQueues', `arn:${partition}:sqs:${region}:${accountId}:*`);
    const queues = state.queues.all().filter(({ configuration }) => configuration.name.startsWith(QueueNamePrefix));
    const { urls, next } = pageOf(queues, MaxResults, NextToken);
    return { ...(urls.length === 0 ? {} : { QueueUrls: urls }), ...next };
  },
);

export const listDeadLetterSourceQueues = operation(
  z.strictObject({ QueueUrl: z.string(), ...page }),
  (state, { QueueUrl, MaxResults, NextToken }, call) => {
    const queue = authorizedQueue(state, call, QueueUrl, 'sqs:ListDeadLetterSourceQueues');
    const { urls, next } = pageOf(state.queues.sourcesOf(queue), MaxResults, NextToken);
    return { queueUrls: urls, ...next };
  },
);

export const purgeQueue = operation(z.strictObject({ QueueUrl: z.string() }), async (state, { QueueUrl }, call) => {
  await authorizedQueue(state, call, QueueUrl, 'sqs:PurgeQueue').purge();
  return {};
});

/** SQS gives a NextToken only to callers that set MaxResults. */
function pageOf(
  queues: readonly Queue[],
  maximum: number | undefined,
  token: string | undefined,
): { readonly urls: readonly string[]; readonly next: { readonly NextToken?: string } } {
  if (token !== undefined && maximum === undefined) throw invalidParameter('MaxResults is required with NextToken.');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8');
  const rest = queues.filter(({ configuration }) => configuration.name > after);
  const shown = rest.slice(0, maximum ?? 1000);
  const last = shown.at(-1);
  const more = maximum !== undefined && rest.length > shown.length && last !== undefined;
  return {
    urls: shown.map(({ configuration }) => configuration.url),
    next: more ? { NextToken: Buffer.from(last.configuration.name).toString('base64url') } : {},
  };
}
