/** AWS::CloudFront::Distribution as a template writes it. What is not here stops the start with its name. */
import * as z from 'zod';
import { cachePolicies, originRequestPolicies } from './managed-policies.js';

// CloudFormation takes numbers and booleans also as strings.
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const oneOf = (known: Readonly<Record<string, unknown>>, what: string) =>
  z.string().refine((id) => Object.hasOwn(known, id), `the local cloud does not know this ${what}; it knows ${Object.keys(known).join(', ')}`);

const allMethods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;

const behavior = z.strictObject({
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.enum(allMethods)).default(['GET', 'HEAD']),
  // Without effect: nothing is cached.
  CachedMethods: z.array(z.enum(['GET', 'HEAD', 'OPTIONS'])).optional(),
  CachePolicyId: oneOf(cachePolicies, 'cache policy'),
  OriginRequestPolicyId: oneOf(originRequestPolicies, 'origin request policy').optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  Compress: flag.default(false),
  // Without effect: there is no TLS on the loopback, to which a browser gives the rights of https all the same.
  ViewerProtocolPolicy: z.enum(['redirect-to-https', 'https-only', 'allow-all']),
  FunctionAssociations: z.array(z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: z.string() })).max(1).default([]),
});

const origin = z
  .strictObject({
    Id: z.string(),
    DomainName: z.string(),
    OriginPath: z.string().regex(/^(\/.*[^/])?$/, 'an origin path begins with a slash and ends without').default(''),
    OriginCustomHeaders: z.array(z.strictObject({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
    OriginAccessControlId: z.string().optional(),
    S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.literal('').optional() }).optional(),
    CustomOriginConfig: z
      .strictObject({
        OriginProtocolPolicy: z.literal('https-only'),
        // Without effect: the way to the gateway is within this machine.
        OriginSSLProtocols: z.array(z.literal('TLSv1.2')).optional(),
      })
      .optional(),
  })
  .refine((one) => (one.S3OriginConfig === undefined) !== (one.CustomOriginConfig === undefined), 'an origin is either a bucket or a custom one');

export const distributionProperties = z.strictObject({
  DistributionConfig: z.strictObject({
    // One that is not enabled would answer nothing.
    Enabled: z.union([z.literal(true), z.literal('true')]),
    Comment: z.string().optional(),
    DefaultRootObject: z.string().default(''),
    // Without effect: the loopback speaks HTTP/1.1, over IPv4 and IPv6, and has no edge locations.
    HttpVersion: z.enum(['http1.1', 'http2', 'http3', 'http2and3']).optional(),
    IPV6Enabled: flag.optional(),
    PriceClass: z.enum(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).optional(),
    Origins: z.array(origin).min(1),
    DefaultCacheBehavior: behavior,
    CacheBehaviors: z.array(behavior.extend({ PathPattern: z.string() })).default([]),
  }),
});

export type DistributionProperties = z.output<typeof distributionProperties>;
export type DistributionConfig = DistributionProperties['DistributionConfig'];
export type OriginConfig = DistributionConfig['Origins'][number];
export type BehaviorConfig = DistributionConfig['DefaultCacheBehavior'];
