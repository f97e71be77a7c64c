/** SendMessage and SendMessageBatch. */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Principal } from '../cloud/service.js';
import { checkEntries, eachEntry, entryId } from './batch.js';
import { checkContents, md5OfAttributes, md5OfText, messageSize, type Message, type MessageAttributes } from './message.js';
import { authorizedQueue, authorizeKey, operation, type SqsState } from './operation.js';
import type { Queue } from './queue.js';
import { invalidParameter } from './sqs-errors.js';

const attribute = z.strictObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.base64().optional(),
});
const content = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), attribute).default({}),
  MessageSystemAttributes: z.record(z.string(), attribute).default({}),
};
const entry = z.strictObject({ Id: entryId, ...content });

type Content = Omit<z.infer<typeof entry>, 'Id'>;

const maximumBatch = 1_048_576;

export const sendMessage = operation(z.strictObject({ QueueUrl: z.string(), ...content }), async (state, input, call) => {
  const queue = authorizedQueue(state, call, input.QueueUrl, 'sqs:SendMessage');
  authorizeKey(state, call.principal, queue, 'kms:GenerateDataKey', 'kms:Decrypt');
  const message = newMessage(state, queue, call.principal, input);
  await queue.send([message]);
  return sent(message, input.MessageSystemAttributes);
});

export const sendMessageBatch = operation(
  z.strictObject({ QueueUrl: z.string(), Entries: z.array(entry) }),
  async (state, { QueueUrl, Entries }, call) => {
    const queue = authorizedQueue(state, call, QueueUrl, 'sqs:SendMessage');
    authorizeKey(state, call.principal, queue, 'kms:GenerateDataKey', 'kms:Decrypt');
    checkEntries(Entries);
    const size = Entries.reduce((sum, { MessageBody, MessageAttributes: attributes }) => sum + messageSize(MessageBody, attributes), 0);
    if (size > maximumBatch)
      throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${maximumBatch} bytes. You have sent ${size} bytes.`, 400);
    const messages: Message[] = [];
    const answer = await eachEntry(Entries, (one) => {
      const message = newMessage(state, queue, call.principal, one);
      messages.push(message);
      return sent(message, one.MessageSystemAttributes);
    });
    if (messages.length > 0) await queue.send(messages);
    return answer;
  },
);

function newMessage(state: SqsState, queue: Queue, principal: Principal, input: Content): Message {
  const { configuration } = queue;
  checkContents(input.MessageBody, input.MessageAttributes, configuration.maximumMessageSize);
  const { AWSTraceHeader: trace, ...unknown } = input.MessageSystemAttributes;
  const [other] = Object.keys(unknown);
  if (other !== undefined || (trace !== undefined && (trace.DataType !== 'String' || trace.StringValue === undefined)))
    throw invalidParameter(`Message system attribute name '${other ?? 'AWSTraceHeader'}' is invalid.`);
  const now = state.clock.now();
  return {
    messageId: randomUUID(),
    body: input.MessageBody,
    attributes: input.MessageAttributes,
    senderId: senderId(principal),
    sentAt: now,
    deliverableAt: now + (input.DelaySeconds ?? configuration.delaySeconds) * 1000,
    ...(trace?.StringValue === undefined ? {} : { traceHeader: trace.StringValue }),
  };
}

function sent(message: Message, systemAttributes: MessageAttributes): object {
  const md5 = md5OfAttributes(message.attributes);
  const md5OfSystem = md5OfAttributes(systemAttributes);
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: md5OfText(message.body),
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5 }),
    ...(md5OfSystem === undefined ? {} : { MD5OfMessageSystemAttributes: md5OfSystem }),
  };
}

/** IAM's unique id of the sender; a role's session has its name behind it. */
export function senderId(principal: Principal): string {
  if (principal.kind === 'administrator') return 'AIDALOCALADMINISTRATO';
  const id = createHash('sha256').update(principal.roleArn).digest('hex').slice(0, 17).toUpperCase();
  return `AROA${id}:${principal.functionName}`;
}
