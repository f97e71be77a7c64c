/** The table of the console's sessions, which nothing but their own function writes, the sweeper's settling apart. */
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { tableDefaults } from './storage.js';

export class SessionTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...tableDefaults(config),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'forgetAt',
      globalSecondaryIndexes: [
        { indexName: 'listing', partitionKey: { name: 'listed', type: AttributeType.STRING }, sortKey: { name: 'endsAt', type: AttributeType.NUMBER } },
        { indexName: 'outbox', partitionKey: { name: 'outboxState', type: AttributeType.STRING }, sortKey: { name: 'pk', type: AttributeType.STRING } },
      ],
    });
  }

  get tableName(): string {
    return this.table.tableName;
  }

  /** Lets a function read one session. */
  grantLookup(grantee: IGrantable): void {
    this.grant(grantee, 'dynamodb:GetItem');
  }

  /** Lets a function open, end and list sessions. */
  grantAdminister(grantee: IGrantable): void {
    this.grant(grantee, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    this.grantQuery(grantee, 'listing');
  }

  /** Lets a function finish what a crash left. */
  grantSettle(grantee: IGrantable): void {
    this.grant(grantee, 'dynamodb:UpdateItem');
    this.grantQuery(grantee, 'outbox');
  }

  private grant(grantee: IGrantable, ...actions: `dynamodb:${string}`[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }

  private grantQuery(grantee: IGrantable, index: 'listing' | 'outbox'): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [`${this.table.tableArn}/index/${index}`] });
  }
}
