/** A bucket as the origin of a distribution: GET and HEAD of one key, allowed by the bucket's own policy. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../cloud/service.js';
import type { Answer, S3State } from './answer.js';
import type { BucketPolicies } from './bucket-policy.js';
import { errorAnswer } from './error-answer.js';
import { getObject, headObject } from './get-object.js';

export interface OriginRequest {
  readonly bucketName: string;
  readonly key: string;
  readonly method: 'GET' | 'HEAD';
  /** Conditions and a range; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The ARN of the distribution whose origin access control signs; undefined where it has none. */
  readonly signedFor: string | undefined;
}

export interface DistributionOrigin {
  hasBucket(bucketName: string): boolean;
  /** A refusal is an answer, too: also for a key that is not there, where listing is not allowed. */
  read(request: OriginRequest): Promise<Answer>;
}

export function distributionOrigin(state: S3State, policies: BucketPolicies): DistributionOrigin {
  return {
    hasBucket: (bucketName) => state.buckets.find(bucketName) !== undefined,
    async read({ bucketName, key, method, headers, signedFor }) {
      const asCloudFront: S3State = {
        ...state,
        dependencies: {
          ...state.dependencies,
          authorize: (_principal, action, resourceArn) => {
            // The policy of a KMS key is not evaluated for services.
            if (!action.startsWith('s3:')) throw new AwsError('AccessDenied', 'Access Denied', 403);
            policies.assertCloudFrontMay(signedFor, bucketName, action, resourceArn);
          },
        },
      };
      const operation = method === 'GET' ? getObject : headObject;
      try {
        return await operation(asCloudFront, {
          // Whoever this is: the bucket's policy alone is asked.
          principal: { kind: 'administrator' },
          bucket: state.buckets.get(bucketName),
          key,
          query: new URLSearchParams(),
          headers,
          body: Buffer.alloc(0),
        });
      } catch (error) {
        if (error instanceof AwsError) return errorAnswer(error, `/${key}`, randomUUID());
        throw error;
      }
    },
  };
}
