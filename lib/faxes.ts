/** Faxes: documents, jobs, the queue of nudges, and the functions that accept, read, send and sweep. */
import { Duration } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import { grantSecret, type Keys } from './keys.js';
import type { Limits } from './limits.js';
import type { Providers } from './providers.js';
import type { Outcomes } from './outcomes.js';
import type { SessionTable } from './session-table.js';
import type { Settings } from './settings.js';
import { removalPolicyOf, tableDefaults } from './storage.js';

export interface FaxesProps {
  readonly config: Config;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly settings: Settings;
  /** The sweeper also finishes what a crash left of a key's write. */
  readonly keys: Keys;
  /** And of a session's. */
  readonly sessionTable: SessionTable;
  readonly outcomes: Outcomes;
}

export interface FaxSenderProps extends Pick<FaxesProps, 'config' | 'settings' | 'audit' | 'outcomes'> {
  readonly providers: Providers;
  readonly gatewayUrl: string;
}

export class Faxes extends Construct {
  readonly table: TableV2;
  readonly documents: Bucket;
  readonly sendQueue: Queue;
  readonly upload: FaxbotFunction<'fax-upload'>;
  readonly read: FaxbotFunction<'fax-read'>;
  readonly change: FaxbotFunction<'fax-change'>;
  readonly sweeper: FaxbotFunction<'sweeper'>;
  private readonly documentsKey: Key;

  constructor(scope: Construct, id: string, props: FaxesProps) {
    super(scope, id);
    const { config, limits, settings } = props;

    this.documentsKey = new Key(this, 'DocumentsKey', {
      description: 'Faxbot: encrypts fax documents',
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(config),
    });
    this.documents = new Bucket(this, 'Documents', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.documentsKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ id: 'retention', expiration: Duration.days(config.documentRetentionDays), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: removalPolicyOf(config),
    });

    this.table = new TableV2(this, 'Table', {
      ...tableDefaults(config),
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'forgetAt',
      globalSecondaryIndexes: [
        { indexName: 'listing', partitionKey: { name: 'listMonth', type: AttributeType.STRING }, sortKey: { name: 'createdAt', type: AttributeType.NUMBER } },
        { indexName: 'owner', partitionKey: { name: 'ownerMonth', type: AttributeType.STRING }, sortKey: { name: 'createdAt', type: AttributeType.NUMBER } },
        {
          indexName: 'due',
          partitionKey: { name: 'due', type: AttributeType.STRING },
          sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });

    const deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: removalPolicyOf(config),
    });
    this.sendQueue = new Queue(this, 'SendQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS: six times the function's timeout, so that a throttled batch is not received twice.
      visibilityTimeout: Duration.seconds(config.claimSeconds * 6),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
      removalPolicy: removalPolicyOf(config),
    });

    this.upload = new FaxbotFunction(this, 'Upload', {
      config,
      functionName: 'fax-upload',
      capability: 'faxes',
      description: 'Accepts a fax: checks the document, stores it, queues the job',
      // One processor: the document check is the one thing here that computes.
      memoryMegabytes: 1769,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        FAXES_TABLE: this.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        DOCUMENTS_BUCKET: this.documents.bucketName,
        SEND_QUEUE: this.sendQueue.queueUrl,
        DEFAULT_COUNTRY: config.defaultCountry,
        MAX_FILE_SIZE_MB: String(config.maxFileSizeMb),
        JOB_RETENTION_DAYS: String(config.jobRetentionDays),
        DOCUMENT_RETENTION_DAYS: String(config.documentRetentionDays),
        PROVIDER: config.provider,
        SENDING: config.sending,
        PRIVATE_NOTIFY_HOSTS: JSON.stringify(config.privateNotifyHosts),
      },
      besides: 'documents/build-assets.mjs',
    });
    this.grantTable(this.upload, 'dynamodb:PutItem', 'dynamodb:GetItem');
    this.grantStoreDocuments(this.upload);
    this.grantNudge(this.upload);
    limits.grantGate(this.upload);
    settings.grantRead(this.upload);

    this.read = this.createRead(props);
    this.change = this.createChange(props);
    this.sweeper = this.createSweeper(props);
  }

  private createRead({ config, limits, settings, audit, outcomes }: FaxesProps): FaxbotFunction<'fax-read'> {
    const documentTokenSecret = new Secret(this, 'DocumentTokenSecret', {
      description: 'Faxbot: signs the short-lived tokens that open a document',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removalPolicyOf(config),
    });
    const read = new FaxbotFunction(this, 'Read', {
      config,
      functionName: 'fax-read',
      capability: 'faxes',
      description: 'Reads faxes and opens their documents',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        FAXES_TABLE: this.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        DOCUMENTS_BUCKET: this.documents.bucketName,
        DOCUMENT_TOKEN_SECRET: documentTokenSecret.secretArn,
        DOCUMENT_TOKEN_MINUTES: String(config.documentTokenMinutes),
        ...audit.environment,
        JOB_RETENTION_DAYS: String(config.jobRetentionDays),
        OUTCOME_SIGNING_SECRET: outcomes.signingSecret.secretArn,
      },
    });
    this.grantTable(read, 'dynamodb:GetItem');
    this.grantQuery(read, 'listing');
    this.grantQuery(read, 'owner');
    this.grantReadDocuments(read);
    grantSecret(documentTokenSecret, read);
    outcomes.grantTellSecret(read);
    limits.grantGate(read);
    settings.grantRead(read);
    audit.grantAppend(read);
    return read;
  }

  private createChange({ config, limits, settings, audit, outcomes }: FaxesProps): FaxbotFunction<'fax-change'> {
    const change = new FaxbotFunction(this, 'Change', {
      config,
      functionName: 'fax-change',
      capability: 'faxes',
      description: 'Cancels faxes, sends them again, and settles what is uncertain',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        FAXES_TABLE: this.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        DOCUMENTS_BUCKET: this.documents.bucketName,
        SEND_QUEUE: this.sendQueue.queueUrl,
        OUTCOME_QUEUE: outcomes.queue.queueUrl,
        ...audit.environment,
        DEFAULT_COUNTRY: config.defaultCountry,
        JOB_RETENTION_DAYS: String(config.jobRetentionDays),
        DOCUMENT_RETENTION_DAYS: String(config.documentRetentionDays),
        PROVIDER: config.provider,
        SENDING: config.sending,
      },
    });
    this.grantTable(change, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.grantReadDocuments(change);
    Grant.addToPrincipal({ grantee: change, actions: ['s3:PutObject'], resourceArns: [this.documents.arnForObjects('documents/*')] });
    Grant.addToPrincipal({ grantee: change, actions: ['kms:GenerateDataKey'], resourceArns: [this.documentsKey.keyArn] });
    // So that a document that is gone is told from one that may not be read.
    Grant.addToPrincipal({ grantee: change, actions: ['s3:ListBucket'], resourceArns: [this.documents.bucketArn] });
    this.grantNudge(change);
    outcomes.grantAnnounce(change);
    limits.grantGate(change);
    settings.grantRead(change);
    audit.grantAppend(change);
    return change;
  }

  /** The sender comes after the gateway: it tells providers the gateway's address, which the functions behind the gateway can't know. */
  addSender({ config, settings, audit, providers, outcomes, gatewayUrl }: FaxSenderProps): FaxbotFunction<'fax-sender'> {
    const sender = new FaxbotFunction(this, 'Sender', {
      config,
      functionName: 'fax-sender',
      capability: 'faxes',
      description: 'Hands faxes to their providers and follows them to their end',
      memoryMegabytes: 1024,
      timeout: Duration.seconds(config.claimSeconds),
      environment: {
        FAXES_TABLE: this.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        DOCUMENTS_BUCKET: this.documents.bucketName,
        SEND_QUEUE: this.sendQueue.queueUrl,
        OUTCOME_QUEUE: outcomes.queue.queueUrl,
        ...audit.environment,
        ...providers.environment,
        GATEWAY_URL: gatewayUrl,
        PROVIDER: config.provider,
        SENDING: config.sending,
        CLAIM_SECONDS: String(config.claimSeconds),
        SANDBOX_SECONDS_PER_PAGE: String(config.sandboxSecondsPerPage),
      },
    });
    this.grantTable(sender, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.grantReadDocuments(sender);
    this.grantNudge(sender);
    outcomes.grantAnnounce(sender);
    settings.grantRead(sender);
    providers.grantRead(sender);
    audit.grantAppend(sender);
    // Ten jobs of a batch are sent side by side; how many batches run is the one brake, since a new account has no
    // concurrency to reserve.
    sender.addEventSource(new SqsEventSource(this.sendQueue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: config.senderConcurrency }));
    return sender;
  }

  private createSweeper({ config, keys, sessionTable, settings, audit }: FaxesProps): FaxbotFunction<'sweeper'> {
    const sweeper = new FaxbotFunction(this, 'Sweeper', {
      config,
      functionName: 'sweeper',
      capability: 'faxes',
      description: 'Nudges what is due and finishes what a crash left',
      memoryMegabytes: 512,
      timeout: Duration.seconds(55),
      environment: {
        FAXES_TABLE: this.table.tableName,
        KEYS_TABLE: keys.table.tableName,
        SESSIONS_TABLE: sessionTable.tableName,
        SETTINGS_TABLE: settings.tableName,
        SEND_QUEUE: this.sendQueue.queueUrl,
        ...audit.environment,
      },
    });
    this.grantTable(sweeper, 'dynamodb:UpdateItem');
    this.grantQuery(sweeper, 'due');
    this.grantNudge(sweeper);
    keys.grantLookup(sweeper);
    sessionTable.grantSettle(sweeper);
    keys.grantSettle(sweeper);
    keys.grantQuery(sweeper, 'outbox');
    settings.grantRead(sweeper);
    settings.grantSettle(sweeper);
    audit.grantAppend(sweeper);
    new Schedule(this, 'EveryMinute', {
      description: 'Faxbot: runs the sweeper',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      // The next run is a minute away: a retry would only pile up.
      target: new LambdaInvoke(sweeper, { retryAttempts: 0 }),
    });
    return sweeper;
  }

  private grantTable(grantee: IGrantable, ...actions: `dynamodb:${string}`[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }

  private grantQuery(grantee: IGrantable, index: 'listing' | 'owner' | 'due'): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [`${this.table.tableArn}/index/${index}`] });
  }

  /** Lets a function put messages into the send queue. */
  grantNudge(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.sendQueue.queueArn] });
  }

  private grantStoreDocuments(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:PutObject', 's3:DeleteObject'], resourceArns: [this.documents.arnForObjects('documents/*')] });
    Grant.addToPrincipal({ grantee, actions: ['kms:GenerateDataKey'], resourceArns: [this.documentsKey.keyArn] });
  }

  private grantReadDocuments(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject'], resourceArns: [this.documents.arnForObjects('documents/*')] });
    Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [this.documentsKey.keyArn] });
  }
}
