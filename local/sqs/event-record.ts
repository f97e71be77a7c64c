/** The event that a function gets for a batch of messages. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
import { md5OfAttributes, md5OfText } from './message.js';
import type { ReceivedMessage } from './queue.js';
import { systemAttributes } from './receive.js';

/** The payload: JSON of `{ Records: [...] }`. */
export function batchEvent(received: readonly ReceivedMessage[], queueArn: string, region: string): string {
  return JSON.stringify({ Records: received.map((one) => record(one, queueArn, region)) });
}

function record(received: ReceivedMessage, eventSourceARN: string, awsRegion: string): object {
  const { message, receiptHandle } = received;
  const md5 = md5OfAttributes(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: systemAttributes(received),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...(StringValue === undefined ? {} : { stringValue: StringValue }),
          ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    ...(md5 === undefined ? {} : { md5OfMessageAttributes: md5 }),
    md5OfBody: md5OfText(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  };
}
