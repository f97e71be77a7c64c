/** Which customer's key a resource names, for the permissions that its service asks for in a caller's name. */
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError } from '../cloud/service.js';

/**
 * The ARN of the key; undefined for none and for the service's own key, which asks for no permission.
 * @param service as in the alias of its own key: `sqs` for alias/aws/sqs
 * @throws AwsError for an alias of a customer's key
 */
export function customerKeyArn(named: string | undefined, service: string, identity: StackIdentity): string | undefined {
  if (named === undefined || named.endsWith(`alias/aws/${service}`)) return undefined;
  if (named.includes('alias/'))
    throw new AwsError('InvalidParameterValue', `The local cloud does not resolve the KMS alias ${named}: name the key by its ARN.`, 400);
  return named.startsWith('arn:') ? named : `arn:${identity.partition}:kms:${identity.region}:${identity.accountId}:key/${named}`;
}
