/**
 * The managed policies that the local cloud knows. Nothing is cached here, so of a cache policy only the compression counts.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */

export interface CachePolicy {
  readonly name: string;
  /** Whether `Compress` has an effect. */
  readonly compresses: boolean;
}

export const cachePolicies: Readonly<Record<string, CachePolicy>> = {
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { name: 'CachingOptimized', compresses: true },
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { name: 'CachingDisabled', compresses: false },
};

/** Without an origin request policy an origin gets neither query nor cookies nor any header of the viewer. */
export const originRequestPolicies: Readonly<Record<string, string>> = {
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': 'AllViewerExceptHostHeader',
};
