/** The history of sign-ins: its table, which functions can only add to. Who reads it: auth-history.ts. */
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { tableDefaults } from './storage.js';

export class AuthEvents extends Construct {
  readonly table: TableV2;
  /** What a function needs to add events. */
  readonly environment: { readonly AUTH_EVENTS_TABLE: string; readonly AUTH_EVENT_RETENTION_DAYS: string };

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...tableDefaults(config),
      partitionKey: { name: 'day', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.STRING },
      timeToLiveAttribute: 'forgetAt',
      globalSecondaryIndexes: [
        { indexName: 'key', partitionKey: { name: 'key_id', type: AttributeType.STRING }, sortKey: { name: 'at', type: AttributeType.STRING } },
      ],
    });
    this.environment = { AUTH_EVENTS_TABLE: this.table.tableName, AUTH_EVENT_RETENTION_DAYS: String(config.authEventRetentionDays) };
  }

  /** Lets a function read events. */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [this.table.tableArn, `${this.table.tableArn}/index/key`] });
  }

  /** Lets a function add events, and neither read nor change any. */
  grantRecord(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:PutItem'], resourceArns: [this.table.tableArn] });
  }
}
