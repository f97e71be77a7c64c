/** The credentials of the fax providers: one secret, which administrators fill at run time. */
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { removalPolicyOf } from './storage.js';

export class Providers extends Construct {
  /** Of every function that opens providers. */
  readonly environment: { readonly PROVIDER_CREDENTIALS_SECRET: string; readonly PROVIDER_ENDPOINTS: string };
  private readonly credentials: Secret;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    // What is generated is read by nobody: the providers' item names the version that counts (lambdas/provider-settings).
    this.credentials = new Secret(this, 'Credentials', {
      description: 'Faxbot: the credentials of the fax providers. Administrators write them through the API, nobody by hand.',
      generateSecretString: { secretStringTemplate: '{"v":1,"providers":{}}', generateStringKey: 'generated', passwordLength: 32, excludePunctuation: true },
      removalPolicy: removalPolicyOf(config),
    });
    this.environment = { PROVIDER_CREDENTIALS_SECRET: this.credentials.secretArn, PROVIDER_ENDPOINTS: JSON.stringify(config.providerEndpoints) };
  }

  /** Lets a function read the credentials. */
  grantRead(grantee: IGrantable): void {
    this.grant(grantee, 'secretsmanager:GetSecretValue');
  }

  /** Lets a function save credentials. */
  grantSave(grantee: IGrantable): void {
    this.grant(grantee, 'secretsmanager:PutSecretValue');
  }

  private grant(grantee: IGrantable, action: `secretsmanager:${string}`): void {
    Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [this.credentials.secretArn] });
  }
}
