/** ReceiveMessage, and the attributes that a received message carries. */
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';
import { md5OfAttributes, md5OfText, type MessageAttributes } from './message.js';
import { authorizedQueue, authorizeKey, operation } from './operation.js';
import type { ReceivedMessage } from './queue.js';

const systemAttributeNames = [
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
] as const;
/** Those of FIFO queues; asking for them gives nothing. */
const fifoAttributeNames = ['SequenceNumber', 'MessageDeduplicationId', 'MessageGroupId'];

export const receiveMessage = operation(
  z.strictObject({
    QueueUrl: z.string(),
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: z.int().min(0).max(43_200).optional(),
    WaitTimeSeconds: z.int().min(0).max(20).optional(),
    /** The older name of MessageSystemAttributeNames. */
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
    MessageAttributeNames: z.array(z.string()).default([]),
  }),
  async (state, input, call) => {
    const queue = authorizedQueue(state, call, input.QueueUrl, 'sqs:ReceiveMessage');
    authorizeKey(state, call.principal, queue, 'kms:Decrypt');
    const systemNames = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
    const unknown = systemNames.find((name) => ![...systemAttributeNames, ...fifoAttributeNames, 'All'].includes(name));
    if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`, 400);
    const received = await queue.receive({
      maximum: input.MaxNumberOfMessages,
      visibilityTimeoutSeconds: input.VisibilityTimeout,
      waitMilliseconds: (input.WaitTimeSeconds ?? queue.configuration.receiveWaitSeconds) * 1000,
      signal: call.gone,
    });
    if (received.length === 0) return {};
    return { Messages: received.map((one) => told(one, systemNames, input.MessageAttributeNames)) };
  },
);

function told(received: ReceivedMessage, systemNames: readonly string[], attributeNames: readonly string[]): object {
  const { message, receiptHandle } = received;
  const all = systemNames.includes('All');
  const system = Object.entries(systemAttributes(received)).filter(([name]) => all || systemNames.includes(name));
  const attributes = selectAttributes(message.attributes, attributeNames);
  const md5 = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5OfText(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5, MessageAttributes: attributes }),
  };
}

/** All the system attributes that a standard queue's message has. */
export function systemAttributes({ message, receptions }: ReceivedMessage): Readonly<Record<string, string>> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receptions.total),
    ApproximateFirstReceiveTimestamp: String(receptions.firstAt ?? message.sentAt),
    ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
  };
}

/** Those attributes whose names, prefixes (`foo.*`) or all (`All`, `.*`) are asked for. */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([attribute]) =>
      names.some((name) =>
        name === 'All' || name === '.*' ? true : name.endsWith('.*') ? attribute.startsWith(name.slice(0, -1)) : attribute === name,
      ),
    ),
  );
}
