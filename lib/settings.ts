/** The settings that administrators change at run time: their table. */
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { tableDefaults } from './storage.js';

export class Settings extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', { ...tableDefaults(config), partitionKey: { name: 'pk', type: AttributeType.STRING } });
  }

  get tableName(): string {
    return this.table.tableName;
  }

  /** Lets a function read the settings in force. */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem'], resourceArns: [this.table.tableArn] });
  }
}
