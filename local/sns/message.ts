/** What may be published, by the rules of SNS. Pure. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
import { AwsError } from '../cloud/service.js';
import { isMembers } from '../kms/aws-json.js';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** Base64. */
  readonly BinaryValue?: string | undefined;
}

export interface Publication {
  readonly message: string;
  readonly subject: string | undefined;
  readonly structure: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** Bytes of the message and its attributes together. */
const maximumSize = 262_144;

/** @throws AwsError InvalidParameter, ParameterValueInvalid */
export function checkPublication({ message, subject, structure, attributes }: Publication): void {
  if (message === '') throw invalid('Empty message');
  if (subject !== undefined && !isSubject(subject)) throw invalid('Subject');
  if (structure !== undefined) checkStructure(structure, message);
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
  if (sizeOf(message, attributes) > maximumSize) throw invalid('Message too long');
}

/** "UTF-8 text with no line breaks or control characters, and less than 100 characters long." */
function isSubject(subject: string): boolean {
  return subject !== '' && [...subject].length < 100 && !/\p{Cc}|\u2028|\u2029/u.test(subject);
}

function checkStructure(structure: string, message: string): void {
  if (structure !== 'json') throw invalid('MessageStructure');
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (!isMembers(parsed) || typeof parsed['default'] !== 'string')
    throw invalid('Message Structure - No default entry in JSON message body');
}

function checkAttribute(name: string, { DataType: type, StringValue: text, BinaryValue: binary }: MessageAttribute): void {
  if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name) || /^(aws|amazon)\./i.test(name))
    throw invalidAttribute(`The message attribute name '${name}' is invalid.`);
  if (!['String', 'String.Array', 'Number', 'Binary'].includes(type))
    throw invalidAttribute(`The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`);
  const [value, other] = type === 'Binary' ? [binary, text] : [text, binary];
  if (value === undefined || value === '' || other !== undefined)
    throw invalidAttribute(`The message attribute '${name}' must contain a non-empty value of its type '${type}'.`);
  if (type === 'Number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
    throw invalidAttribute(`Could not cast message attribute '${name}' value to number.`);
}

function sizeOf(message: string, attributes: Publication['attributes']): number {
  return Object.entries(attributes).reduce(
    (size, [name, { DataType, StringValue, BinaryValue }]) =>
      size +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      (BinaryValue === undefined ? Buffer.byteLength(StringValue ?? '') : Buffer.from(BinaryValue, 'base64').length),
    Buffer.byteLength(message),
  );
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`, 400);
}

function invalidAttribute(reason: string): AwsError {
  return new AwsError('ParameterValueInvalid', reason, 400);
}
