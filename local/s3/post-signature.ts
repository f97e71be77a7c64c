/** Whose signature a form upload carries: SigV4 over its policy. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError, type Principal } from '../cloud/service.js';
import { invalidArgument } from './answer.js';
import type { FormFields } from './post-policy.js';

/** The credentials that have been given out, as the endpoint keeps them. */
export interface CredentialFinder {
  find(accessKeyId: string):
    | {
        readonly accessKey: { readonly secretAccessKey: string; readonly sessionToken?: string | undefined };
        readonly principal: Principal;
      }
    | undefined;
}

/**
 * The principal that signed a form's policy.
 * @throws AwsError AccessDenied, InvalidArgument, InvalidAccessKeyId, InvalidToken, SignatureDoesNotMatch
 */
export function signerOfForm(fields: FormFields, credentials: CredentialFinder | undefined, region: string): Principal {
  const { policy } = fields;
  if (policy === undefined) throw new AwsError('AccessDenied', 'Access Denied', 403);
  if (fields['x-amz-algorithm'] !== 'AWS4-HMAC-SHA256')
    throw invalidArgument("Bucket POST must contain a field named 'x-amz-algorithm' with the value AWS4-HMAC-SHA256.");
  const signature = required(fields, 'x-amz-signature');
  const date = required(fields, 'x-amz-date');
  const [accessKeyId = '', day = '', scopeRegion = '', service, ending, ...rest] = required(fields, 'x-amz-credential').split('/');
  if (service !== 's3' || ending !== 'aws4_request' || rest.length > 0 || scopeRegion !== region || !date.startsWith(`${day}T`))
    throw invalidArgument(`The x-amz-credential must be of the form <access key>/<date>/${region}/s3/aws4_request.`);
  if (credentials === undefined)
    throw new AwsError('NotImplemented', 'This S3 was started without the credentials that form uploads are verified by.', 501);
  const found = credentials.find(accessKeyId);
  if (found === undefined)
    throw new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403);
  const { secretAccessKey, sessionToken } = found.accessKey;
  if (sessionToken !== fields['x-amz-security-token'])
    throw new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400);
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(policy).digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  return found.principal;
}

function required(fields: FormFields, name: string): string {
  const value = fields[name];
  if (value === undefined) throw invalidArgument(`Bucket POST must contain a field named '${name}'.`);
  return value;
}
