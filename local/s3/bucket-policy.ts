/**
 * AWS::S3::BucketPolicy: what it says of CloudFront, which reads a bucket as a service and has no other permission. Of roles
 * of this account the roles' own policies decide; TLS (aws:SecureTransport) does not exist on the loopback.
 */
import * as z from 'zod';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import { AwsError } from '../cloud/service.js';
import { evaluate } from '../iam/evaluate.js';
import { compileResourcePolicy, resourcePolicyDocument, type Statement } from '../iam/policy-document.js';

const cloudFront = 'cloudfront.amazonaws.com';

export class BucketPolicies {
  readonly #ofCloudFront = new Map<string, readonly Statement[]>();

  constructor(private readonly identity: StackIdentity) {}

  add(bucketName: string, statements: readonly Statement[]): void {
    if (this.#ofCloudFront.has(bucketName)) throw new Error(`the bucket ${bucketName} has a policy already`);
    this.#ofCloudFront.set(bucketName, statements);
  }

  /**
   * What a distribution may do: an unsigned request, or one signed by an origin access control, which names the distribution.
   * @param signedFor the distribution's ARN; undefined without an origin access control
   * @throws AwsError AccessDenied
   */
  assertCloudFrontMay(signedFor: string | undefined, bucketName: string, action: string, resourceArn: string): void {
    const context = {
      // The loopback has no TLS; CloudFront has.
      'aws:securetransport': 'true',
      's3:tlsversion': '1.3',
      'aws:resourceaccount': this.identity.accountId,
      ...(signedFor === undefined ? {} : { 'aws:sourcearn': signedFor, 'aws:sourceaccount': this.identity.accountId }),
    };
    // Nobody opens a bucket to the world here, so an unsigned request is nobody's.
    const statements = signedFor === undefined ? [] : (this.#ofCloudFront.get(bucketName) ?? []);
    if (evaluate(statements, action, resourceArn, context) !== 'allowed') throw new AwsError('AccessDenied', 'Access Denied', 403);
  }
}

export function bucketPolicyResourceType(policies: BucketPolicies): ResourceType {
  return resourceType({
    type: 'AWS::S3::BucketPolicy',
    properties: z.strictObject({ Bucket: z.string(), PolicyDocument: resourcePolicyDocument }),
    inert: {},
    create: async ({ logicalId, generatedName, properties }) => {
      policies.add(properties.Bucket, compileResourcePolicy(properties.PolicyDocument, cloudFront, logicalId));
      return { ref: generatedName, attributes: {} };
    },
  });
}
