/** AWS::S3::Bucket: the properties that the local S3 enforces, those without effect here, and how a bucket comes into service. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import type { BucketConfiguration, Buckets } from './bucket.js';
import { kmsKeyArn, type Encryption } from './encryption.js';
import type { LifecycleRule } from './lifecycle.js';

// CloudFormation takes numbers and booleans also as strings.
const integer = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const lifecycleRule = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().default(''),
  TagFilters: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).default([]),
  ObjectSizeGreaterThan: integer.optional(),
  ObjectSizeLessThan: integer.optional(),
  ExpirationInDays: integer.optional(),
  ExpiredObjectDeleteMarker: flag.default(false),
  NoncurrentVersionExpirationInDays: integer.optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: integer, NewerNoncurrentVersions: integer.default(0) })
    .optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: integer }).optional(),
});

const period = z
  .strictObject({
    Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
    Days: integer.pipe(z.int().min(1).max(36_500)).optional(),
    Years: integer.pipe(z.int().min(1).max(100)).optional(),
  })
  .refine(({ Days, Years }) => (Days === undefined) !== (Years === undefined), 'a default retention has either Days or Years');

const bucketProperties = z.strictObject({
  BucketName: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens')
    .optional(),
  // ACLs give nothing to anybody here: a request with one other than bucket-owner-full-control is refused.
  AccessControl: z.enum(['Private', 'LogDeliveryWrite']).optional(),
  OwnershipControls: z
    .strictObject({
      Rules: z
        .array(z.strictObject({ ObjectOwnership: z.enum(['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']) }))
        .length(1),
    })
    .optional(),
  // Enforced by construction: no request without a principal's signature ever reads or writes an object.
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: flag.optional(),
      BlockPublicPolicy: flag.optional(),
      IgnorePublicAcls: flag.optional(),
      RestrictPublicBuckets: flag.optional(),
    })
    .optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z
        .array(
          z.strictObject({
            BucketKeyEnabled: flag.default(false),
            ServerSideEncryptionByDefault: z
              .strictObject({ SSEAlgorithm: z.enum(['AES256', 'aws:kms']), KMSMasterKeyID: z.string().optional() })
              .optional(),
          }),
        )
        .length(1),
    })
    .optional(),
  CorsConfiguration: z
    .strictObject({
      CorsRules: z.array(
        z.strictObject({
          Id: z.string().optional(),
          AllowedOrigins: z.array(z.string().regex(/^[^*]*\*?[^*]*$/, 'an origin has at most one *')).min(1),
          AllowedMethods: z.array(z.enum(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])).min(1),
          AllowedHeaders: z.array(z.string()).default([]),
          ExposedHeaders: z.array(z.string()).default([]),
          MaxAge: integer.optional(),
        }),
      ),
    })
    .optional(),
  LifecycleConfiguration: z.strictObject({ Rules: z.array(lifecycleRule) }).optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  ObjectLockEnabled: flag.default(false),
  ObjectLockConfiguration: z
    .strictObject({
      ObjectLockEnabled: z.literal('Enabled').optional(),
      Rule: z.strictObject({ DefaultRetention: period.optional() }).optional(),
    })
    .optional(),
});

type BucketProperties = z.infer<typeof bucketProperties>;

export function bucketResourceType(buckets: Buckets, identity: StackIdentity, now: () => number): ResourceType {
  return resourceType<BucketProperties>({
    type: 'AWS::S3::Bucket',
    properties: bucketProperties,
    inert: {
      Tags: 'Tags serve bills and searches in an AWS account.',
      LoggingConfiguration: 'Server access logs are a record that AWS keeps, hours later and best effort; nothing in a stack reads them.',
    },
    create: async ({ properties, generatedName }) => {
      const name = properties.BucketName ?? generatedBucketName(generatedName);
      await buckets.add(name, bucketConfiguration(properties, identity), now());
      return {
        ref: name,
        attributes: {
          Arn: `arn:aws:s3:::${name}`,
          DomainName: `${name}.s3.amazonaws.com`,
          RegionalDomainName: `${name}.s3.${identity.region}.amazonaws.com`,
          DualStackDomainName: `${name}.s3.dualstack.${identity.region}.amazonaws.com`,
        },
      };
    },
  });
}

/** A bucket name out of a generated one: lower case, at most 63 characters, still one of its own. */
export function generatedBucketName(generatedName: string): string {
  const name = generatedName.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
  if (name.length <= 63) return name;
  return `${name.slice(0, 54)}-${createHash('sha256').update(generatedName).digest('hex').slice(0, 8)}`;
}

export function bucketConfiguration(properties: BucketProperties, identity: StackIdentity): BucketConfiguration {
  return {
    encryption: defaultEncryption(properties, identity),
    corsRules: (properties.CorsConfiguration?.CorsRules ?? []).map((rule) => ({
      allowedOrigins: rule.AllowedOrigins,
      allowedMethods: rule.AllowedMethods,
      allowedHeaders: rule.AllowedHeaders,
      exposedHeaders: rule.ExposedHeaders,
      ...(rule.MaxAge === undefined ? {} : { maxAgeSeconds: rule.MaxAge }),
    })),
    lifecycleRules: (properties.LifecycleConfiguration?.Rules ?? [])
      .filter((rule) => rule.Status === 'Enabled')
      .map(ruleOfTemplate),
    ...versioningAndLock(properties),
  };
}

/** Object Lock brings versioning with it. */
function versioningAndLock(properties: BucketProperties): Pick<BucketConfiguration, 'versioning' | 'objectLock'> {
  const versioning = properties.VersioningConfiguration?.Status;
  if (!properties.ObjectLockEnabled) {
    if (properties.ObjectLockConfiguration !== undefined) throw new Error('ObjectLockConfiguration needs ObjectLockEnabled: true');
    return { versioning: versioning ?? 'Off' };
  }
  if (versioning === 'Suspended') throw new Error('a bucket with Object Lock keeps versions: its versioning can\'t be suspended');
  const { Mode: mode, Days: days, Years: years = 0 } = properties.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  return {
    versioning: 'Enabled',
    objectLock: mode === undefined ? {} : { defaultRetention: { mode, days: days ?? years * 365 } },
  };
}

function defaultEncryption(properties: BucketProperties, identity: StackIdentity): Encryption {
  const rule = properties.BucketEncryption?.ServerSideEncryptionConfiguration[0];
  const byDefault = rule?.ServerSideEncryptionByDefault;
  if (rule === undefined || byDefault?.SSEAlgorithm !== 'aws:kms') return { algorithm: 'AES256' };
  const keyArn = kmsKeyArn(byDefault.KMSMasterKeyID, identity);
  return { algorithm: 'aws:kms', ...(keyArn === undefined ? {} : { keyArn }), bucketKeyEnabled: rule.BucketKeyEnabled };
}

function ruleOfTemplate(rule: z.infer<typeof lifecycleRule>): LifecycleRule {
  const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
  return {
    prefix: rule.Prefix,
    tags: Object.fromEntries(rule.TagFilters.map((tag) => [tag.Key, tag.Value])),
    expiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
    newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions ?? 0,
    ...(rule.ObjectSizeGreaterThan === undefined ? {} : { sizeGreaterThan: rule.ObjectSizeGreaterThan }),
    ...(rule.ObjectSizeLessThan === undefined ? {} : { sizeLessThan: rule.ObjectSizeLessThan }),
    ...(rule.ExpirationInDays === undefined ? {} : { expirationDays: rule.ExpirationInDays }),
    ...(noncurrentDays === undefined ? {} : { noncurrentDays }),
    ...(rule.AbortIncompleteMultipartUpload === undefined
      ? {}
      : { abortUploadDays: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation }),
  };
}
