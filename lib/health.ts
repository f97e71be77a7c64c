/** Health and the OpenAPI document. */
import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import type { Faxes } from './faxes.js';
import { FaxbotFunction } from './function.js';
import type { Keys } from './keys.js';
import type { Settings } from './settings.js';

export interface HealthProps {
  readonly config: Config;
  readonly keys: Keys;
  readonly faxes: Faxes;
  readonly settings: Settings;
}

export class Health extends Construct {
  readonly function: FaxbotFunction<'health'>;

  constructor(scope: Construct, id: string, { config, keys, faxes, settings }: HealthProps) {
    super(scope, id);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'health',
      capability: 'health',
      description: 'Says whether faxes can be accepted and sent',
      memoryMegabytes: 512,
      timeout: Duration.seconds(10),
      environment: {
        KEYS_TABLE: keys.table.tableName,
        FAXES_TABLE: faxes.table.tableName,
        SETTINGS_TABLE: settings.tableName,
        DOCUMENTS_BUCKET: faxes.documents.bucketName,
        SEND_QUEUE: faxes.sendQueue.queueUrl,
        PROVIDER: config.provider,
        SENDING: config.sending,
      },
    });
    Grant.addToPrincipal({ grantee: this.function, actions: ['dynamodb:DescribeTable'], resourceArns: [keys.table.tableArn, faxes.table.tableArn] });
    settings.grantRead(this.function);
    Grant.addToPrincipal({ grantee: this.function, actions: ['s3:ListBucket'], resourceArns: [faxes.documents.bucketArn] });
    Grant.addToPrincipal({ grantee: this.function, actions: ['sqs:GetQueueAttributes'], resourceArns: [faxes.sendQueue.queueArn] });
  }
}
