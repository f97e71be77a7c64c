/** Notices of how faxes come out: a topic for the team's own programs, and the addresses that clients name. */
import { Duration } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import { grantSecret } from './keys.js';
import type { Notices } from './notices.js';
import { removalPolicyOf } from './storage.js';

/** Ten notices side by side, each with the ten seconds that its receiver has. */
const notifierTimeout = Duration.seconds(30);

export class Outcomes extends Construct {
  readonly topic: Topic;
  readonly queue: Queue;
  readonly signingSecret: Secret;

  constructor(scope: Construct, id: string, { config, notices }: { readonly config: Config; readonly notices: Notices }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: `Faxbot ${config.stage} faxes`, masterKey: notices.key, enforceSSL: true });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(notifierTimeout.toSeconds() * 6),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: {
        queue: new Queue(this, 'DeadLetters', {
          encryption: QueueEncryption.SQS_MANAGED,
          enforceSSL: true,
          retentionPeriod: Duration.days(14),
          removalPolicy: removalPolicyOf(config),
        }),
        maxReceiveCount: 5,
      },
      removalPolicy: removalPolicyOf(config),
    });
    this.signingSecret = new Secret(this, 'SigningSecret', {
      description: 'Faxbot: signs the notices of how faxes come out',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removalPolicyOf(config),
    });
    const notifier = new FaxbotFunction(this, 'Notifier', {
      config,
      functionName: 'outcome-notifier',
      capability: 'outcomes',
      description: 'Tells how faxes came out',
      memoryMegabytes: 512,
      timeout: notifierTimeout,
      environment: {
        OUTCOMES_TOPIC: this.topic.topicArn,
        OUTCOME_QUEUE: this.queue.queueUrl,
        OUTCOME_SIGNING_SECRET: this.signingSecret.secretArn,
        PRIVATE_NOTIFY_HOSTS: JSON.stringify(config.privateNotifyHosts),
      },
    });
    notices.grantPublish(notifier, this.topic);
    this.grantAnnounce(notifier);
    grantSecret(this.signingSecret, notifier);
    notifier.addEventSource(new SqsEventSource(this.queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 5 }));
  }

  /** Lets a function queue notices. */
  grantAnnounce(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
  }

  /** Lets a function tell owners the secret that their notices are signed with. */
  grantTellSecret(grantee: IGrantable): void {
    grantSecret(this.signingSecret, grantee);
  }
}
