/** AWS::SQS::Queue: the properties that the local SQS enforces, those without effect here, and how a queue comes into service. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import { customerKeyArn } from '../kms/customer-key.js';
import type { QueueConfiguration } from './queue-configuration.js';
import type { Queues } from './queues.js';

/** CloudFormation takes numbers also as strings. */
function integerBetween(minimum: number, maximum: number) {
  return z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(minimum).max(maximum));
}

/** Policies come as an object or as its JSON. */
function objectOrJson<Schema extends z.ZodType>(schema: Schema) {
  const json = z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  });
  return z.union([schema, json.pipe(schema)]);
}

const queueProperties = z.strictObject({
  QueueName: z
    .string()
    .regex(/^[\w-]{1,80}$/, 'a standard queue has a name of 1 to 80 letters, digits, hyphens and underscores; FIFO queues are not supported here')
    .optional(),
  FifoQueue: z.literal(false, { error: 'FIFO queues are not supported by the local SQS' }).optional(),
  DelaySeconds: integerBetween(0, 900).default(0),
  VisibilityTimeout: integerBetween(0, 43_200).default(30),
  MessageRetentionPeriod: integerBetween(60, 1_209_600).default(345_600),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
  MaximumMessageSize: integerBetween(1024, 1_048_576).default(1_048_576),
  ReceiveMessageWaitTimeSeconds: integerBetween(0, 20).default(0),
  RedrivePolicy: objectOrJson(
    z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integerBetween(1, 1000) }),
  ).optional(),
  RedriveAllowPolicy: objectOrJson(
    z.strictObject({
      redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
      sourceQueueArns: z.array(z.string()).max(10).optional(),
    }),
  ).optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: integerBetween(60, 86_400).default(300),
});

type QueueProperties = z.infer<typeof queueProperties>;

export function queueResourceType(queues: Queues, identity: StackIdentity, endpointUrl: string): ResourceType {
  return resourceType<QueueProperties>({
    type: 'AWS::SQS::Queue',
    properties: queueProperties,
    inert: {
      SqsManagedSseEnabled: 'Nothing is encrypted at rest on this machine, and a key that SQS manages asks for no permission.',
      Tags: 'Tags serve bills and searches in an AWS account.',
    },
    create: async ({ properties, generatedName }) => {
      const { configuration } = await queues.add(queueConfiguration(properties, generatedName, identity, endpointUrl));
      const { name, arn, url } = configuration;
      return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
  });
}

/** @throws AwsError for an alias of a customer's key */
export function queueConfiguration(
  properties: QueueProperties,
  generatedName: string,
  identity: StackIdentity,
  endpointUrl: string,
): QueueConfiguration {
  const name = properties.QueueName ?? generatedQueueName(generatedName);
  const kmsKeyArn = customerKeyArn(properties.KmsMasterKeyId, 'sqs', identity);
  return {
    name,
    arn: `arn:${identity.partition}:sqs:${identity.region}:${identity.accountId}:${name}`,
    url: `${endpointUrl}/${identity.accountId}/${name}`,
    delaySeconds: properties.DelaySeconds,
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    retentionSeconds: properties.MessageRetentionPeriod,
    maximumMessageSize: properties.MaximumMessageSize,
    receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds,
    kmsDataKeyReusePeriodSeconds: properties.KmsDataKeyReusePeriodSeconds,
    ...(properties.RedrivePolicy === undefined ? {} : { redrive: properties.RedrivePolicy }),
    ...(properties.RedriveAllowPolicy === undefined ? {} : { redriveAllow: properties.RedriveAllowPolicy }),
    ...(properties.KmsMasterKeyId === undefined ? {} : { kmsMasterKeyId: properties.KmsMasterKeyId }),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
  };
}

function generatedQueueName(generatedName: string): string {
  const name = generatedName.replaceAll(/[^\w-]/g, '-');
  return name.length <= 80 ? name : `${name.slice(0, 71)}-${createHash('sha256').update(generatedName).digest('hex').slice(0, 8)}`;
}
