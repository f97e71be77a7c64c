/** Topics and subscriptions as the template declares them. */
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError } from '../cloud/service.js';

export interface Topic {
  readonly name: string;
  readonly arn: string;
  /** As the template gives it. */
  readonly kmsMasterKeyId: string | undefined;
  /** A customer's key, whose permissions publishers need. */
  readonly kmsKeyArn: string | undefined;
}

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions: Subscription[] = [];

  constructor(private readonly identity: StackIdentity) {}

  arnOf(name: string): string {
    const { partition, region, accountId } = this.identity;
    return `arn:${partition}:sns:${region}:${accountId}:${name}`;
  }

  /** @throws Error where another topic of the template has the name */
  add(topic: Topic): void {
    if (this.#topics.has(topic.arn)) throw new Error(`another topic has the name ${topic.name}`);
    this.#topics.set(topic.arn, topic);
  }

  /** @throws AwsError NotFound */
  subscribe(subscription: Subscription): void {
    this.get(subscription.topicArn);
    this.#subscriptions.push(subscription);
  }

  /** @throws AwsError NotFound */
  get(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  subscriptionsOf({ arn }: Topic): readonly Subscription[] {
    return this.#subscriptions.filter(({ topicArn }) => topicArn === arn);
  }
}
