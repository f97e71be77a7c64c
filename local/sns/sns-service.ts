/** The operations of SNS that are built here: publishing, and looking at the topics. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { StackIdentity } from '../cloud/resource.js';
import { type Authorize, AwsError, type AwsService, type Principal } from '../cloud/service.js';
import { checkedOperation, type JsonOperation, notImplemented, isMembers } from '../kms/aws-json.js';
import type { MessageFile } from './message-file.js';
import { checkPublication } from './message.js';
import { parseQuery, queryAnswer } from './query-protocol.js';
import type { Topic, Topics } from './topic.js';

export interface SnsState {
  readonly identity: StackIdentity;
  readonly topics: Topics;
  readonly messages: MessageFile;
  readonly authorize: Authorize;
  /** Tells the person at the machine, by topic. */
  readonly tell: (source: string, line: string) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const attribute = z.strictObject({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.base64().optional() });
const publishInput = z.strictObject({
  TopicArn: z.string(),
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: z.record(z.string(), attribute).default({}),
});
const topicInput = z.strictObject({ TopicArn: z.string() });

export function snsService(state: SnsState): AwsService {
  const operations = new Map(Object.entries(snsOperations(state)));
  return {
    signingName: 'sns',
    handle: async (request, response) => {
      const { operation, input } = parseQuery(request.body.toString('utf8'));
      const run = operations.get(operation);
      if (run === undefined) throw notImplemented(`sns ${operation}`);
      const answer = await run(isMembers(input) ? input : {}, request.principal, '');
      const body = queryAnswer(operation, answer, request.requestId);
      response.writeHead(200, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    },
  };
}

function snsOperations(state: SnsState): Readonly<Record<string, JsonOperation>> {
  const { topics, identity } = state;
  /** The permission is asked before anyone learns whether the topic exists. */
  const authorized = (principal: Principal, action: string, arn: string): Topic => {
    state.authorize(principal, `sns:${action}`, arn);
    return topics.get(arn);
  };
  const operation = <Input>(name: string, schema: z.ZodType<Input>, run: (input: Input, principal: Principal) => object) => ({
    [name]: checkedOperation(`sns ${name}`, 'InvalidParameter', schema, run),
  });
  return {
    ...operation('Publish', publishInput, (input, principal) => publish(state, authorized(principal, 'Publish', input.TopicArn), input, principal)),
    ...operation('ListTopics', z.strictObject({}), (_, principal) => {
      state.authorize(principal, 'sns:ListTopics', '*');
      return { Topics: topics.all().map(({ arn }) => ({ TopicArn: arn })) };
    }),
    ...operation('GetTopicAttributes', topicInput, ({ TopicArn }, principal) => {
      const topic = authorized(principal, 'GetTopicAttributes', TopicArn);
      return { Attributes: attributesOf(topic, topics.subscriptionsOf(topic).length, identity) };
    }),
    ...operation('ListSubscriptionsByTopic', topicInput, ({ TopicArn }, principal) => ({
      Subscriptions: topics.subscriptionsOf(authorized(principal, 'ListSubscriptionsByTopic', TopicArn)).map(({ protocol, endpoint }) => ({
        // Nobody confirms on one machine.
        SubscriptionArn: 'PendingConfirmation',
        Owner: identity.accountId,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn,
      })),
    })),
  };
}

function publish(state: SnsState, topic: Topic, input: z.infer<typeof publishInput>, principal: Principal): object {
  authorizeKey(state, topic, principal);
  const { Subject: subject, Message: message, MessageStructure: structure, MessageAttributes: attributes } = input;
  checkPublication({ message, subject, structure, attributes });
  const messageId = randomUUID();
  state.messages.append({
    messageId,
    topicArn: topic.arn,
    publishedAt: new Date(state.clock()).toISOString(),
    publisher: principal.kind === 'role' ? principal.functionName : principal.kind,
    ...(subject === undefined ? {} : { subject }),
    message,
    ...(structure === 'json' ? { messageStructure: structure } : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: plain(attributes) }),
  });
  state.tell(topic.name, `Published to ${topic.name}: ${subject ?? '(no subject)'}`);
  return { MessageId: messageId };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html: a publisher needs both on the topic's own key. */
function authorizeKey({ authorize }: SnsState, { kmsKeyArn }: Topic, principal: Principal): void {
  if (kmsKeyArn === undefined) return;
  try {
    authorize(principal, 'kms:GenerateDataKey', kmsKeyArn);
    authorize(principal, 'kms:Decrypt', kmsKeyArn);
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('KMSAccessDenied', error.message, 400);
    throw error;
  }
}

function attributesOf(topic: Topic, subscriptions: number, { accountId }: StackIdentity): Readonly<Record<string, string>> {
  return {
    TopicArn: topic.arn,
    Owner: accountId,
    SubscriptionsConfirmed: '0',
    SubscriptionsPending: String(subscriptions),
    SubscriptionsDeleted: '0',
    ...(topic.kmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: topic.kmsMasterKeyId }),
  };
}

function plain(attributes: z.infer<typeof publishInput>['MessageAttributes']): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { DataType, ...(BinaryValue === undefined ? { StringValue: StringValue ?? '' } : { BinaryValue }) },
    ]),
  );
}
