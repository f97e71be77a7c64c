/** The secret by which the authorizer knows a request of the console's distribution. It stands between the two, and needs neither. */
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { removalPolicyOf } from './storage.js';

export class OriginSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: "Faxbot: shows that a request came by the Admin Console's distribution. Its value stands in the distribution.",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removalPolicyOf(config),
    });
  }
}
