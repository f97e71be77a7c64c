/** The limits table, with one item a caller that is written with each request, and what the gate in front of operations needs. */
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { GateEnvironment } from '../lambdas/contract/environment.js';
import type { AuthEvents } from './auth-events.js';
import type { Config } from './config.js';
import { tableDefaults } from './storage.js';

export interface LimitsProps {
  readonly config: Config;
  readonly authEvents: AuthEvents;
}

export class Limits extends Construct {
  readonly table: TableV2;
  /** What a function that serves keys needs for its gate. */
  readonly gateEnvironment: GateEnvironment;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LimitsProps,
  ) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...tableDefaults(props.config),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      // Of the last uses of sessions alone.
      timeToLiveAttribute: 'forgetAt',
      globalSecondaryIndexes: [
        { indexName: 'pool', partitionKey: { name: 'pool', type: AttributeType.STRING }, sortKey: { name: 'pooled_at', type: AttributeType.NUMBER } },
      ],
    });
    this.gateEnvironment = { LIMITS_TABLE: this.table.tableName, ...props.authEvents.environment };
  }

  get tableName(): string {
    return this.table.tableName;
  }

  /** Lets a function count requests, and record who signed in. */
  grantGate(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:UpdateItem'], resourceArns: [this.table.tableArn] });
    this.props.authEvents.grantRecord(grantee);
  }

  /** Lets a function find native keys of the pool. To move one, it needs grantMove or has a gate. */
  grantPool(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [`${this.table.tableArn}/index/pool`] });
  }

  /** Lets a function move native keys from pool to pool. */
  grantMove(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:UpdateItem'], resourceArns: [this.table.tableArn] });
  }

  /** Lets a function read when one session was used. */
  grantLookup(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem'], resourceArns: [this.table.tableArn] });
  }

  /** Lets a function read when keys were used, and what is left of their limits. */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], resourceArns: [this.table.tableArn] });
  }
}
