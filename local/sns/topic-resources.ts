/** AWS::SNS::Topic and AWS::SNS::Subscription: what is enforced of them, and what has no effect on one machine. */
import * as z from 'zod';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import { customerKeyArn } from '../kms/customer-key.js';
import type { Topics } from './topic.js';

const nothingIsDelivered = 'Nothing is delivered from this machine: messages stay in the state folder.';

/** Who waits outside of the stack. A function or a queue of the stack would wait in vain, so it is an error. */
const outsiders = z.enum(['email', 'email-json', 'http', 'https', 'sms'], {
  error: 'the local cloud delivers to no function, queue or stream; it takes subscriptions of email, email-json, http, https and sms',
});

const topicProperties = z.strictObject({
  TopicName: z
    .string()
    .regex(/^[\w-]{1,256}$/, 'a standard topic has a name of 1 to 256 letters, digits, hyphens and underscores; FIFO topics are not supported here')
    .optional(),
  FifoTopic: z.literal(false, { error: 'FIFO topics are not supported by the local SNS' }).optional(),
  KmsMasterKeyId: z.string().optional(),
  Subscription: z.array(z.strictObject({ Protocol: outsiders, Endpoint: z.string() })).default([]),
});

const subscriptionProperties = z.strictObject({ TopicArn: z.string(), Protocol: outsiders, Endpoint: z.string().min(1) });

export function topicResourceTypes(topics: Topics, identity: StackIdentity): readonly ResourceType[] {
  return [
    resourceType({
      type: 'AWS::SNS::Topic',
      properties: topicProperties,
      inert: {
        DisplayName: `It is the sender's name of e-mails and text messages. ${nothingIsDelivered}`,
        SignatureVersion: `It says how deliveries are signed. ${nothingIsDelivered}`,
        TracingConfig: 'There are no traces on this machine.',
        Tags: 'Tags serve bills and searches in an AWS account.',
      },
      create: async ({ properties, generatedName }) => {
        const name = properties.TopicName ?? generatedName;
        const arn = topics.arnOf(name);
        topics.add({
          name,
          arn,
          kmsMasterKeyId: properties.KmsMasterKeyId,
          kmsKeyArn: customerKeyArn(properties.KmsMasterKeyId, 'sns', identity),
        });
        for (const { Protocol: protocol, Endpoint: endpoint } of properties.Subscription)
          topics.subscribe({ topicArn: arn, protocol, endpoint });
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
    }),
    resourceType({
      type: 'AWS::SNS::Subscription',
      properties: subscriptionProperties,
      inert: {
        DeliveryPolicy: nothingIsDelivered,
        FilterPolicy: nothingIsDelivered,
        FilterPolicyScope: nothingIsDelivered,
        RawMessageDelivery: nothingIsDelivered,
      },
      create: async ({ properties, generatedName }) => {
        topics.subscribe({ topicArn: properties.TopicArn, protocol: properties.Protocol, endpoint: properties.Endpoint });
        return { ref: `${properties.TopicArn}:${generatedName}`, attributes: {} };
      },
    }),
  ];
}
