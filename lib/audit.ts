/** The audit trail: a log group of its own, which functions can only append to. */
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { removalPolicyOf } from './storage.js';

export class Audit extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', { retention: config.auditRetentionDays, removalPolicy: removalPolicyOf(config) });
  }

  get logGroupName(): string {
    return this.logGroup.logGroupName;
  }

  /** Lets a function append audit events, and neither read nor delete any. */
  grantAppend(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resourceArns: [this.logGroup.logGroupArn] });
  }
}
