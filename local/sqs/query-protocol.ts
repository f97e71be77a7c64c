/**
 * The older wire format of SQS, "AWS query": a form in, XML out. Debian's aws CLI (2.9) still speaks it.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { type FormBranch, numbered, readForm } from '../endpoint/query-form.js';
import { element, escapeXml, textElement } from '../s3/xml.js';
import { invalidParameter, unsupported } from './sqs-errors.js';

/** List and map members by the name that the form gives them; a map's members have a Name and a Value. */
const lists: Readonly<Record<string, { readonly member: string; readonly map?: true }>> = {
  AttributeName: { member: 'AttributeNames' },
  MessageAttributeName: { member: 'MessageAttributeNames' },
  MessageSystemAttributeName: { member: 'MessageSystemAttributeNames' },
  MessageAttribute: { member: 'MessageAttributes', map: true },
  MessageSystemAttribute: { member: 'MessageSystemAttributes', map: true },
  SendMessageBatchRequestEntry: { member: 'Entries' },
  DeleteMessageBatchRequestEntry: { member: 'Entries' },
  ChangeMessageVisibilityBatchRequestEntry: { member: 'Entries' },
};

const integers = new Set(['DelaySeconds', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds', 'MaxResults']);

/**
 * A form as operation and input, the input as the JSON protocol would have it.
 * @throws AwsError InvalidParameterValue, UnsupportedOperation
 */
export function parseQuery(body: string): { readonly operation: string; readonly input: object } {
  const { action, version, root } = readForm(body);
  if (version !== undefined && version !== '2012-11-05') throw unsupported(`the API version ${version}`);
  return { operation: action, input: structure(root) };
}

function structure(branch: FormBranch): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, child] of branch.branches) {
    const list = lists[name];
    if (list === undefined) members[name] = child.branches.size > 0 ? structure(child) : scalar(name, child.text ?? '');
    else if (list.map === true) members[list.member] = Object.fromEntries(numbered(child).map(namedItem));
    else members[list.member] = numbered(child).map((item) => (item.branches.size > 0 ? structure(item) : (item.text ?? '')));
  }
  return members;
}

function namedItem(item: FormBranch): readonly [name: string, value: unknown] {
  const value = item.branches.get('Value');
  return [item.branches.get('Name')?.text ?? '', value === undefined ? {} : structure(value)];
}

function scalar(name: string, text: string): string | number {
  if (!integers.has(name)) return text;
  if (!/^-?\d+$/.test(text)) throw invalidParameter(`Value ${text} for parameter ${name} is invalid. Reason: Must be an integer.`);
  return Number(text);
}

/** The XML of an answer. */
export function queryAnswer(operation: string, answer: object, requestId: string): string {
  const result = Object.entries(answer).map(([name, value]) => member(operation, name, value));
  // Operations without output have no result element.
  const parts = result.length === 0 && !/^(Receive|List|Get)/.test(operation) ? [] : [element(`${operation}Result`, ...result)];
  const metadata = element('ResponseMetadata', textElement('RequestId', requestId));
  return `<?xml version="1.0"?><${operation}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${parts.join('')}${metadata}</${operation}Response>`;
}

/** Lists are flat: each item stands under its own name. */
function member(operation: string, name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item: unknown) => single(operation, itemName(operation, name), item)).join('');
  if (name === 'Attributes' && isRecord(value))
    return Object.entries(value).map(([key, text]) => element('Attribute', textElement('Name', key), textElement('Value', String(text)))).join('');
  if (name === 'MessageAttributes' && isRecord(value))
    return Object.entries(value).map(([key, one]) => element('MessageAttribute', textElement('Name', key), single(operation, 'Value', one))).join('');
  return single(operation, name, value);
}

function single(operation: string, name: string, value: unknown): string {
  if (!isRecord(value)) return `<${name}>${escapeXml(String(value))}</${name}>`;
  return element(name, ...Object.entries(value).map(([key, inner]) => member(operation, key, inner)));
}

function itemName(operation: string, list: string): string {
  switch (list) {
    case 'Messages':
      return 'Message';
    case 'QueueUrls':
    case 'queueUrls':
      return 'QueueUrl';
    case 'Successful':
      return `${operation}ResultEntry`;
    case 'Failed':
      return 'BatchResultErrorEntry';
    default:
      return list;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
