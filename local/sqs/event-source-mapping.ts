/** AWS::Lambda::EventSourceMapping for SQS queues: the properties that are enforced, and the checks that Lambda makes. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { FunctionInvoker } from '../cloud/function-invoker.js';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import { AwsError, type Authorize, type Principal } from '../cloud/service.js';
import type { Clock } from './clock.js';
import { Poller, type Mapping } from './poller.js';
import type { Queue } from './queue.js';
import type { Queues } from './queues.js';

export interface EventSourceDependencies {
  readonly identity: StackIdentity;
  readonly authorize: Authorize;
  readonly functions: FunctionInvoker;
  /** The principal of a function's role. */
  roleOf(functionArn: string): Principal;
  functionTimeoutSeconds(functionArn: string): number;
}

/**
 * Invocations at once for a mapping without ScalingConfig: the number that Lambda begins with. Its growth beyond that
 * is not reproduced. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const concurrencyByDefault = 5;

const integer = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

const mappingProperties = z
  .strictObject({
    EventSourceArn: z.string().regex(/^arn:aws:sqs:/, 'only SQS queues are event sources here'),
    FunctionName: z.string(),
    BatchSize: integer.pipe(z.int().min(1).max(10_000)).default(10),
    MaximumBatchingWindowInSeconds: integer.pipe(z.int().min(0).max(300)).default(0),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).max(1).default([]),
    ScalingConfig: z.strictObject({ MaximumConcurrency: integer.pipe(z.int().min(2).max(1000)).optional() }).optional(),
    Enabled: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).default(true),
  })
  .refine((mapping) => mapping.BatchSize <= 10 || mapping.MaximumBatchingWindowInSeconds >= 1, {
    message: 'a batch of more than 10 messages needs a MaximumBatchingWindowInSeconds of at least 1',
    path: ['MaximumBatchingWindowInSeconds'],
  });

/** The permissions that Lambda asks for in the name of the function's role. */
const pollingActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

export class EventSourceMappings {
  private readonly mappings: { readonly mapping: Mapping; readonly queue: Queue }[] = [];
  private readonly pollers: Poller[] = [];

  constructor(
    private readonly dependencies: EventSourceDependencies,
    private readonly queues: Queues,
    private readonly clock: Clock,
  ) {}

  resourceType(): ResourceType {
    return resourceType({
      type: 'AWS::Lambda::EventSourceMapping',
      properties: mappingProperties,
      inert: { Tags: 'Tags serve bills and searches in an AWS account.' },
      create: async ({ properties, generatedName }) => {
        this.add(properties);
        const id = uuidOf(generatedName);
        const { partition, region, accountId } = this.dependencies.identity;
        return {
          ref: id,
          attributes: { Id: id, EventSourceMappingArn: `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${id}` },
        };
      },
    });
  }

  /** Begins to poll. A mapping whose function may not do so says which permission is missing, and stays still. */
  start(): void {
    for (const { mapping, queue } of this.mappings) {
      const refused = this.refusedPermission(mapping, queue);
      if (refused !== undefined) {
        console.warn(`The event source mapping of ${queue.configuration.name} does not poll: ${refused}`);
        continue;
      }
      const poller = new Poller(mapping, queue, this.dependencies.functions, this.clock, this.dependencies.identity.region);
      this.pollers.push(poller);
      poller.start();
    }
  }

  stop(): void {
    for (const poller of this.pollers) poller.stop();
  }

  /** @throws AwsError where Lambda would refuse to make the mapping */
  private add(properties: z.infer<typeof mappingProperties>): void {
    const queue = this.queues.withArn(properties.EventSourceArn);
    if (queue === undefined)
      throw new AwsError('InvalidParameterValueException', `The event source ${properties.EventSourceArn} does not exist.`, 400);
    const functionArn = this.functionArn(properties.FunctionName);
    const functionTimeoutSeconds = this.dependencies.functionTimeoutSeconds(functionArn);
    const { visibilityTimeoutSeconds } = queue.configuration;
    if (visibilityTimeoutSeconds < functionTimeoutSeconds)
      throw new AwsError(
        'InvalidParameterValueException',
        `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${functionTimeoutSeconds} seconds`,
        400,
      );
    if (!properties.Enabled) return;
    this.mappings.push({
      queue,
      mapping: {
        functionArn,
        functionTimeoutSeconds,
        batchSize: properties.BatchSize,
        batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
        reportsItemFailures: properties.FunctionResponseTypes.length > 0,
        maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? concurrencyByDefault,
      },
    });
  }

  private functionArn(named: string): string {
    if (named.startsWith('arn:')) return named;
    const { partition, region, accountId } = this.dependencies.identity;
    return `arn:${partition}:lambda:${region}:${accountId}:function:${named}`;
  }

  /** AWS's words for the first permission that the function's role lacks. */
  private refusedPermission(mapping: Mapping, queue: Queue): string | undefined {
    const { arn, kmsKeyArn } = queue.configuration;
    try {
      const role = this.dependencies.roleOf(mapping.functionArn);
      for (const action of pollingActions) this.dependencies.authorize(role, action, arn);
      if (kmsKeyArn !== undefined) this.dependencies.authorize(role, 'kms:Decrypt', kmsKeyArn);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }
}

/** The same id at each start. */
function uuidOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-');
}
