/** API keys: their table, the pepper, the bootstrap key, the authorizer and the administration. */
import { Duration } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { AuthEvents } from './auth-events.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Limits } from './limits.js';
import type { OriginSecret } from './origin-secret.js';
import type { SessionTable } from './session-table.js';
import type { Settings } from './settings.js';
import { removalPolicyOf, tableDefaults } from './storage.js';

export interface KeysProps {
  readonly config: Config;
  readonly audit: Audit;
  readonly authEvents: AuthEvents;
  readonly limits: Limits;
  readonly settings: Settings;
  readonly sessionTable: SessionTable;
  readonly originSecret: OriginSecret;
  /** Makes the values of native API Gateway keys unique in the region. */
  readonly stackUniqueId: string;
}

export class Keys extends Construct {
  readonly table: TableV2;
  readonly bootstrapKey: Secret;
  readonly pepper: Secret;
  readonly authorizer: FaxbotFunction<'authorizer'>;
  readonly administration: FaxbotFunction<'key-admin'>;

  constructor(scope: Construct, id: string, { config, audit, authEvents, limits, settings, sessionTable, originSecret, stackUniqueId }: KeysProps) {
    super(scope, id);
    const removalPolicy = removalPolicyOf(config);

    this.table = new TableV2(this, 'Table', {
      ...tableDefaults(config),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        { indexName: 'listing', partitionKey: { name: 'listed', type: AttributeType.STRING }, sortKey: { name: 'createdAt', type: AttributeType.NUMBER } },
        { indexName: 'outbox', partitionKey: { name: 'outboxState', type: AttributeType.STRING }, sortKey: { name: 'pk', type: AttributeType.STRING } },
      ],
    });

    this.pepper = new Secret(this, 'Pepper', {
      description: 'Faxbot: hashes API keys. Add a version beside the old one and make it current; never remove one that keys use.',
      generateSecretString: { secretStringTemplate: '{"current":"1"}', generateStringKey: '1', passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
    this.bootstrapKey = new Secret(this, 'BootstrapKey', {
      description: 'Faxbot: signs in until the first admin key exists',
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy,
    });

    this.authorizer = new FaxbotFunction(this, 'Authorizer', {
      config,
      functionName: 'authorizer',
      capability: 'keys',
      description: 'Checks the API key or the session of every request',
      memoryMegabytes: 512,
      timeout: Duration.seconds(10),
      environment: {
        ...authEvents.environment,
        KEYS_TABLE: this.table.tableName,
        SESSIONS_TABLE: sessionTable.tableName,
        LIMITS_TABLE: limits.tableName,
        PEPPER_SECRET: this.pepper.secretArn,
        BOOTSTRAP_SECRET: this.bootstrapKey.secretArn,
        ORIGIN_SECRET: originSecret.secret.secretArn,
        SETTINGS_TABLE: settings.tableName,
        AUDIT_LOG_GROUP: audit.logGroupName,
        STACK_UNIQUE_ID: stackUniqueId,
      },
    });
    this.grantLookup(this.authorizer);
    grantSecret(this.pepper, this.authorizer);
    grantSecret(this.bootstrapKey, this.authorizer);
    grantSecret(originSecret.secret, this.authorizer);
    sessionTable.grantLookup(this.authorizer);
    limits.grantLookup(this.authorizer);
    settings.grantRead(this.authorizer);
    audit.grantLog(this.authorizer);
    authEvents.grantRecord(this.authorizer);

    this.administration = new FaxbotFunction(this, 'Administration', {
      config,
      functionName: 'key-admin',
      capability: 'keys',
      description: 'Creates, lists, rotates and revokes API keys',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        KEYS_TABLE: this.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        NATIVE_KEY_POOL: String(config.nativeKeyPool),
        PEPPER_SECRET: this.pepper.secretArn,
        ...audit.environment,
      },
    });
    this.grantLookup(this.administration);
    this.grantSettle(this.administration);
    this.grantQuery(this.administration, 'listing');
    grantSecret(this.pepper, this.administration);
    limits.grantGate(this.administration);
    limits.grantRead(this.administration);
    limits.grantPool(this.administration);
    settings.grantRead(this.administration);
    audit.grantAppend(this.administration);
  }

  /** Lets a function read one key or the roster. */
  grantLookup(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem'], resourceArns: [this.table.tableArn] });
  }

  /** Lets a function write keys and the roster. */
  grantSettle(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], resourceArns: [this.table.tableArn] });
  }

  /** Lets a function read all keys of an index. */
  grantQuery(grantee: IGrantable, index: 'listing' | 'outbox'): void {
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [`${this.table.tableArn}/index/${index}`] });
  }
}

/** Secret.grantRead would add DescribeSecret, which nothing here needs. */
export function grantSecret(secret: Secret, grantee: IGrantable): void {
  Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [secret.secretArn] });
}
