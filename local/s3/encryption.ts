/**
 * Server-side encryption: which key an object stands under, and which KMS permissions a request therefore needs.
 * Nothing is encrypted on this machine; what is enforced is who may use the key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError, type Authorize, type Principal } from '../cloud/service.js';

export type Encryption =
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms';
      /** Absent for the AWS managed key aws/s3, whose key policy lets every principal of the account use it through S3. */
      readonly keyArn?: string;
      readonly bucketKeyEnabled: boolean;
    };

/**
 * A key's ARN from what a template or a header names it by; undefined for the AWS managed key.
 * @throws AwsError for a customer's alias, which this machine cannot resolve to a key
 */
export function kmsKeyArn(named: string | undefined, identity: StackIdentity): string | undefined {
  if (named === undefined || named === 'alias/aws/s3' || named.endsWith(':alias/aws/s3')) return undefined;
  if (named.includes('alias/'))
    throw new AwsError('NotImplemented', `The local S3 does not resolve the KMS alias ${named}: name the key by its ARN.`, 501);
  return named.startsWith('arn:') ? named : `arn:${identity.partition}:kms:${identity.region}:${identity.accountId}:key/${named}`;
}

/** The encryption that a write gets: its own headers, else the bucket's default. */
export function encryptionOfWrite(
  headers: Readonly<Record<string, string>>,
  bucketDefault: Encryption,
  identity: StackIdentity,
): Encryption {
  const algorithm = headers['x-amz-server-side-encryption'];
  const keyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  const bucketKey = headers['x-amz-server-side-encryption-bucket-key-enabled'];
  if (algorithm === undefined) {
    if (keyId !== undefined || bucketKey !== undefined)
      throw new AwsError(
        'InvalidArgument',
        'x-amz-server-side-encryption-aws-kms-key-id and -bucket-key-enabled need the header x-amz-server-side-encryption: aws:kms.',
        400,
      );
    return bucketDefault;
  }
  if (algorithm === 'AES256') return { algorithm: 'AES256' };
  if (algorithm !== 'aws:kms')
    throw new AwsError('NotImplemented', `The local S3 does not support the server-side encryption ${algorithm}.`, 501);
  const inherited = bucketDefault.algorithm === 'aws:kms' ? bucketDefault : undefined;
  const keyArn = keyId === undefined ? inherited?.keyArn : kmsKeyArn(keyId, identity);
  return {
    algorithm: 'aws:kms',
    ...(keyArn === undefined ? {} : { keyArn }),
    bucketKeyEnabled: bucketKey === undefined ? (inherited?.bucketKeyEnabled ?? false) : bucketKey === 'true',
  };
}

/** The implied KMS permissions of a request, as S3 asks for them in the caller's name. */
export function authorizeKey(
  authorize: Authorize,
  principal: Principal,
  encryption: Encryption,
  ...actions: readonly ('kms:GenerateDataKey' | 'kms:Decrypt')[]
): void {
  if (encryption.algorithm !== 'aws:kms' || encryption.keyArn === undefined) return;
  for (const action of actions) authorize(principal, action, encryption.keyArn);
}

/** What an answer says about an object's encryption. */
export function encryptionHeaders(encryption: Encryption, identity: StackIdentity): Record<string, string> {
  if (encryption.algorithm === 'AES256') return { 'x-amz-server-side-encryption': 'AES256' };
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id':
      encryption.keyArn ?? `arn:${identity.partition}:kms:${identity.region}:${identity.accountId}:alias/aws/s3`,
    ...(encryption.bucketKeyEnabled ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  };
}
