/** Rotation for consumers: the function that Secrets Manager calls to keep a key's current token in an application's secret. */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Grant, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import { grantSecret, type Keys } from './keys.js';

export interface KeyRotationProps {
  readonly config: Config;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly gatewayUrl: string;
}

export class KeyRotation extends Construct {
  readonly function: FaxbotFunction<'key-rotation'>;
  /** The function reaches secrets of these names and no others. */
  readonly secretPrefix: string;

  constructor(scope: Construct, id: string, { config, audit, keys, gatewayUrl }: KeyRotationProps) {
    super(scope, id);
    this.secretPrefix = consumerSecretPrefix(config);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'key-rotation',
      capability: 'keys',
      description: 'Gives a consumer secret in Secrets Manager a new token of its API key',
      memoryMegabytes: 512,
      timeout: Duration.seconds(60),
      environment: {
        KEYS_TABLE: keys.table.tableName,
        PEPPER_SECRET: keys.pepper.secretArn,
        ...audit.environment,
        GATEWAY_URL: gatewayUrl,
        ROTATION_OVERLAP_SECONDS: String(config.rotationOverlapHours * 3600),
      },
    });
    keys.grantLookup(this.function);
    keys.grantSettle(this.function);
    grantSecret(keys.pepper, this.function);
    audit.grantAppend(this.function);
    Grant.addToPrincipal({
      grantee: this.function,
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
      resourceArns: [Stack.of(this).formatArn({ service: 'secretsmanager', resource: 'secret', arnFormat: ArnFormat.COLON_RESOURCE_NAME, resourceName: `${this.secretPrefix}*` })],
    });
    this.function.addPermission('SecretsManager', { principal: new ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Stack.of(this).account });
  }
}

/** How the names of consumers' secrets begin. */
export function consumerSecretPrefix({ stage }: Pick<Config, 'stage'>): string {
  return `faxbot/${stage}/`;
}
