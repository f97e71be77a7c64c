/** The queues of the stack, by name, ARN and URL. */
import { AwsError } from '../cloud/service.js';
import type { Clock } from './clock.js';
import type { MessageStore } from './message-store.js';
import { Queue } from './queue.js';
import { allowsRedriveFrom, type QueueConfiguration } from './queue-configuration.js';
import { invalidParameter, queueDoesNotExist } from './sqs-errors.js';
import type { UnreliableDelivery } from './unreliable-delivery.js';

export class Queues {
  private readonly byName = new Map<string, Queue>();

  constructor(
    readonly store: MessageStore,
    private readonly clock: Clock,
    private readonly delivery?: UnreliableDelivery,
  ) {}

  /**
   * Puts a queue of the template into service with the messages that it had.
   * @throws AwsError for a name that is taken, or a dead-letter queue that does not exist or does not allow it
   */
  async add(configuration: QueueConfiguration): Promise<Queue> {
    if (this.byName.has(configuration.name))
      throw new AwsError('QueueNameExists', `Two resources of the template have the queue name ${configuration.name}.`, 400);
    const queue = new Queue(configuration, this.store, this.clock, this.deadLetterQueueOf(configuration), this.delivery);
    this.byName.set(configuration.name, queue);
    await queue.restore();
    return queue;
  }

  /** In the order of their names. */
  all(): readonly Queue[] {
    return [...this.byName.values()].sort((one, other) => (one.configuration.name < other.configuration.name ? -1 : 1));
  }

  /** @throws AwsError QueueDoesNotExist */
  named(name: string): Queue {
    const queue = this.byName.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  withArn(arn: string): Queue | undefined {
    return this.all().find((queue) => queue.configuration.arn === arn);
  }

  /** The queues whose dead letters go to this one. */
  sourcesOf(deadLetterQueue: Queue): readonly Queue[] {
    const { arn } = deadLetterQueue.configuration;
    return this.all().filter((queue) => queue.configuration.redrive?.deadLetterTargetArn === arn);
  }

  private deadLetterQueueOf({ arn, redrive }: QueueConfiguration): Queue | undefined {
    if (redrive === undefined) return undefined;
    const target = this.withArn(redrive.deadLetterTargetArn);
    if (target === undefined)
      throw invalidParameter(`RedrivePolicy: the dead letter target ${redrive.deadLetterTargetArn} does not exist.`);
    if (!allowsRedriveFrom(target.configuration, arn))
      throw invalidParameter(`RedrivePolicy: the RedriveAllowPolicy of ${target.configuration.name} does not allow ${arn}.`);
    return target;
  }
}

/** The name that a queue's URL ends in. The host does not matter: a client may have come by another name of this machine. */
export function queueNameOfUrl(url: string): string {
  const [, name] = /\/\d{12}\/([\w-]{1,80}(?:\.fifo)?)\/?$/.exec(url) ?? [];
  if (name === undefined) throw new AwsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`, 404);
  return name;
}
