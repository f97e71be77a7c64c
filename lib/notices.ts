/** Notices: one topic for what a person has to hear of, such as alarms and reminders. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, PolicyStatement, ServicePrincipal, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { noEmail, type Config } from './config.js';
import { removalPolicyOf } from './storage.js';

export class Notices extends Construct {
  readonly topic: Topic;
  /** Encrypts what is published. */
  readonly key: Key;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    // A key of the stack's own: CloudWatch can't use the one that AWS has for topics.
    this.key = new Key(this, 'Key', { description: 'Faxbot: encrypts notices', enableKeyRotation: true, removalPolicy: removalPolicyOf(config) });
    this.topic = new Topic(this, 'Topic', { displayName: `Faxbot ${config.stage}`, masterKey: this.key, enforceSSL: true });
    this.letAlarmsPublish();
    if (config.noticesEmail !== noEmail) this.topic.addSubscription(new EmailSubscription(config.noticesEmail));
  }

  get topicArn(): string {
    return this.topic.topicArn;
  }

  /** Lets a function publish notices, or to another topic under the same key. */
  grantPublish(grantee: IGrantable, topic: Topic = this.topic): void {
    Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [topic.topicArn] });
    Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resourceArns: [this.key.keyArn] });
  }

  private letAlarmsPublish(): void {
    const stack = Stack.of(this);
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
      },
    });
    this.topic.addToResourcePolicy(new PolicyStatement({ actions: ['sns:Publish'], principals: [alarms], resources: [this.topic.topicArn] }));
    this.key.addToResourcePolicy(new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], principals: [alarms], resources: ['*'] }));
  }
}
