/** The audit trail: a chain of links in a table, a log group to which functions can only append, and the function that reads it. */
import { Duration } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Limits } from './limits.js';
import { removalPolicyOf, tableDefaults } from './storage.js';

export class Audit extends Construct {
  readonly logGroup: LogGroup;
  readonly table: TableV2;
  /** Anchors of the chain, which nobody can change or remove before their time. */
  readonly anchors: Bucket;
  readonly read: FaxbotFunction<'audit-read'>;

  constructor(scope: Construct, id: string, { config, limits }: { readonly config: Config; readonly limits: Limits }) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', { retention: config.auditRetentionDays, removalPolicy: removalPolicyOf(config) });
    // No time to live: an expired link would be a missing one.
    this.table = new TableV2(this, 'Chain', {
      ...tableDefaults(config),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sequence', type: AttributeType.NUMBER },
    });
    this.anchors = new Bucket(this, 'Anchors', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      // A stack that is to be destroyed with its data must be able to.
      ...(config.removalPolicy === 'retain' ? { objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(config.auditRetentionDays)) } : {}),
      removalPolicy: removalPolicyOf(config),
    });
    this.read = new FaxbotFunction(this, 'Read', {
      config,
      functionName: 'audit-read',
      capability: 'audit',
      description: 'Reads the audit trail',
      memoryMegabytes: 1024,
      timeout: Duration.seconds(28),
      environment: { ...limits.gateEnvironment, AUDIT_TABLE: this.table.tableName, ANCHORS_BUCKET: this.anchors.bucketName },
    });
    this.grantVerify(this.read);
    limits.grantGate(this.read);
  }

  get logGroupName(): string {
    return this.logGroup.logGroupName;
  }

  /** What a function needs in its environment to publish. */
  get environment(): { readonly AUDIT_TABLE: string; readonly AUDIT_LOG_GROUP: string } {
    return { AUDIT_TABLE: this.table.tableName, AUDIT_LOG_GROUP: this.logGroupName };
  }

  /** Lets a function publish: append to the chain and to the log. (IAM can't tell an append from an overwrite; the anchors can.) */
  grantAppend(grantee: IGrantable): void {
    this.grantChain(grantee, 'dynamodb:PutItem', 'dynamodb:Query');
    this.grantLog(grantee);
  }

  /** Lets a function read the chain and its anchors. */
  grantVerify(grantee: IGrantable): void {
    this.grantChain(grantee, 'dynamodb:Query');
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucketVersions'], resourceArns: [this.anchors.bucketArn] });
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObjectVersion'], resourceArns: [this.anchors.arnForObjects('anchors/*')] });
  }

  /** Lets a function add anchors. Whoever may do this must not append to the chain. */
  grantAnchor(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:PutObject'], resourceArns: [this.anchors.arnForObjects('anchors/*')] });
  }

  /** Lets a function read the log. */
  grantReadLog(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['logs:FilterLogEvents'], resourceArns: [this.logGroup.logGroupArn] });
  }

  /** Lets a function append to the log alone, and neither read nor delete any of it. */
  grantLog(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resourceArns: [this.logGroup.logGroupArn] });
  }

  private grantChain(grantee: IGrantable, ...actions: `dynamodb:${string}`[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }
}
