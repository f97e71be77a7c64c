/** The settings that administrators change at run time: their table and their administration. */
import { Duration } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Limits } from './limits.js';
import type { Providers } from './providers.js';
import { tableDefaults } from './storage.js';

export interface SettingsProps {
  readonly config: Config;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly providers: Providers;
}

export class Settings extends Construct {
  readonly table: TableV2;
  readonly administration: FaxbotFunction<'settings-admin'>;

  constructor(scope: Construct, id: string, { config, audit, limits, providers }: SettingsProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', { ...tableDefaults(config), partitionKey: { name: 'pk', type: AttributeType.STRING } });

    this.administration = new FaxbotFunction(this, 'Administration', {
      config,
      functionName: 'settings-admin',
      capability: 'settings',
      description: 'Reads and changes the settings and the providers',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        ...audit.environment,
        ...providers.environment,
        SETTINGS_TABLE: this.table.tableName,
        STAGE: config.stage,
        PROVIDER: config.provider,
        SENDING: config.sending,
        MAX_FILE_SIZE_MB: String(config.maxFileSizeMb),
        DOCUMENT_TOKEN_MINUTES: String(config.documentTokenMinutes),
      },
    });
    this.grantRead(this.administration);
    this.grantSettle(this.administration);
    this.grant(this.administration, 'dynamodb:PutItem', 'dynamodb:BatchGetItem');
    limits.grantGate(this.administration);
    audit.grantAppend(this.administration);
    providers.grantRead(this.administration);
    providers.grantSave(this.administration);
  }

  get tableName(): string {
    return this.table.tableName;
  }

  /** Lets a function read the settings in force. */
  grantRead(grantee: IGrantable): void {
    this.grant(grantee, 'dynamodb:GetItem');
  }

  /** Lets a function take published events off the settings in force. */
  grantSettle(grantee: IGrantable): void {
    this.grant(grantee, 'dynamodb:UpdateItem');
  }

  private grant(grantee: IGrantable, ...actions: `dynamodb:${string}`[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }
}
