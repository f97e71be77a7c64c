/** A message: what is stored of it, how its size and digests are reckoned, what may be in it. Pure. */
import { createHash } from 'node:crypto';
import { AwsError } from '../cloud/service.js';
import { invalidParameter } from './sqs-errors.js';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** Base64. */
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  /** Milliseconds since the epoch; retention counts from here, also in a dead-letter queue. */
  readonly sentAt: number;
  /** Milliseconds since the epoch: when the delay of its sending ends. */
  readonly deliverableAt: number;
  readonly traceHeader?: string;
  /** The queue that it was moved from when it was received too often. */
  readonly deadLetterSourceArn?: string;
}

/** How often a message has been received. */
export interface Receptions {
  /** In all its queues: ApproximateReceiveCount goes on counting in a dead-letter queue. */
  readonly total: number;
  /** In the queue that it is in: what maxReceiveCount is compared with. */
  readonly here: number;
  /** Milliseconds since the epoch. */
  readonly firstAt?: number;
}

export const neverReceived: Receptions = { total: 0, here: 0 };

/** Bytes that count against MaximumMessageSize: the body, and of each attribute its name, type and value. */
export function messageSize(body: string, attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (size, [name, { DataType, StringValue, BinaryValue }]) =>
      size +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      (BinaryValue === undefined ? Buffer.byteLength(StringValue ?? '') : Buffer.from(BinaryValue, 'base64').length),
    Buffer.byteLength(body),
  );
}

/** Hex. */
export function md5OfText(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * The digest of attributes that clients verify; undefined where there are none.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const feed = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    feed(Buffer.from(name));
    feed(Buffer.from(attribute.DataType));
    hash.update(Buffer.from([attribute.BinaryValue === undefined ? 1 : 2]));
    feed(attribute.BinaryValue === undefined ? Buffer.from(attribute.StringValue ?? '') : Buffer.from(attribute.BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}

// Whatever XML 1.0 can't carry. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const allowedText = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

/** @throws AwsError InvalidMessageContents, InvalidParameterValue */
export function checkContents(body: string, attributes: MessageAttributes, maximumSize: number): void {
  if (!allowedText.test(body))
    throw new AwsError('InvalidMessageContents', 'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF', 400);
  if (Object.keys(attributes).length > 10) throw invalidParameter('A message has at most 10 message attributes.');
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
  if (messageSize(body, attributes) > maximumSize)
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${maximumSize} bytes.`);
}

function checkAttribute(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name) || /^(aws|amazon)\./i.test(name))
    throw invalidParameter(`The message attribute name '${name}' is invalid.`);
  const [, type] = /^(String|Number|Binary)(?:\..{1,249})?$/.exec(DataType) ?? [];
  if (type === undefined)
    throw invalidParameter(`The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`);
  const value = type === 'Binary' ? BinaryValue : StringValue;
  const other = type === 'Binary' ? StringValue : BinaryValue;
  if (value === undefined || value === '' || other !== undefined)
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of its type '${DataType}'.`);
  if (type === 'Number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  if (type === 'String' && !allowedText.test(value))
    throw new AwsError('InvalidMessageContents', `Invalid characters found in the message attribute '${name}'.`, 400);
}
