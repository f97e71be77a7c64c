/**
 * CloudFront on this machine: the one distribution of the template, on a port of its own. It keeps no cache, and speaks http,
 * which browsers trust on localhost.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { resourceType, type ResourceType } from '../cloud/resource.js';
import type { DistributionOrigin } from '../s3/distribution-origin.js';
import { distributionProperties, type DistributionProperties, type OriginConfig } from './distribution-properties.js';
import { EdgeFunction } from './edge-function.js';
import { EdgeServer } from './edge-server.js';
import { apiOrigin, bucketOrigin, type Origin } from './origins.js';
import { responseHeadersPolicyType, type ResponseHeadersPolicy } from './response-headers.js';
import { RunningDistribution } from './running-distribution.js';

export interface CloudFrontDependencies extends ModuleDependencies {
  readonly buckets: DistributionOrigin;
  /** 0: any that is free. */
  readonly port: number;
  /** Passes on what the distribution says; it may come in floods. */
  readonly tell: (source: string, line: string) => void;
}

export interface CloudFrontModule extends CloudModule {
  /** Where the distribution answers, without a slash at the end; undefined before `start()` and where the template has none. */
  readonly url: string | undefined;
}

const functionProperties = z.strictObject({
  Name: z.string(),
  AutoPublish: z.union([z.literal(true), z.literal('true')]),
  FunctionCode: z.string().max(10_240, 'a CloudFront function has at most 10 KB'),
  FunctionConfig: z.strictObject({ Comment: z.string(), Runtime: z.literal('cloudfront-js-2.0') }),
});

const accessControlProperties = z.strictObject({
  OriginAccessControlConfig: z.strictObject({
    Name: z.string(),
    Description: z.string().optional(),
    OriginAccessControlOriginType: z.literal('s3'),
    SigningBehavior: z.literal('always'),
    SigningProtocol: z.literal('sigv4'),
  }),
});

/** The module. Its server listens when `start()` resolves, which rejects with the error of `listen` (EADDRINUSE). */
export function createCloudFront(dependencies: CloudFrontDependencies): CloudFrontModule {
  const { identity } = dependencies;
  const functions = new Map<string, EdgeFunction>();
  const accessControls = new Set<string>();
  const responseHeadersPolicies = new Map<string, ResponseHeadersPolicy>();
  let declared: RunningDistribution | undefined;
  let server: EdgeServer | undefined;

  const idOf = (logicalId: string): string =>
    createHash('sha256').update(`${identity.stackName}/${logicalId}`).digest('hex').slice(0, 13).toUpperCase();
  const arnOf = (kind: string, id: string): string => `arn:${identity.partition}:cloudfront::${identity.accountId}:${kind}/${id}`;

  const functionType = resourceType({
    type: 'AWS::CloudFront::Function',
    properties: functionProperties,
    inert: {},
    create: async ({ properties }) => {
      const arn = arnOf('function', properties.Name);
      functions.set(arn, new EdgeFunction(properties.Name, properties.FunctionCode));
      return { ref: arn, attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' } };
    },
  });

  const accessControlType = resourceType({
    type: 'AWS::CloudFront::OriginAccessControl',
    properties: accessControlProperties,
    inert: {},
    create: async ({ logicalId }) => {
      const id = `E${idOf(logicalId)}`;
      accessControls.add(id);
      return { ref: id, attributes: { Id: id } };
    },
  });

  const distributionType: ResourceType = resourceType<DistributionProperties>({
    type: 'AWS::CloudFront::Distribution',
    properties: distributionProperties,
    inert: { Tags: 'Tags serve bills and searches in an AWS account.' },
    create: async ({ logicalId, properties }) => {
      if (declared !== undefined) throw new Error('the local cloud serves one distribution');
      const id = `E${idOf(logicalId)}`;
      const domainName = `d${idOf(logicalId).toLowerCase()}.cloudfront.net`;
      const { DistributionConfig: config } = properties;
      declared = new RunningDistribution({
        id,
        domainName,
        config,
        origins: new Map(config.Origins.map((origin) => [origin.Id, originOf(origin, arnOf('distribution', id))])),
        functions,
        responseHeadersPolicies,
        tell: (line) => { dependencies.tell('CloudFront', line); },
      });
      return { ref: id, attributes: { Id: id, DomainName: domainName } };
    },
  });

  function originOf(config: OriginConfig, distributionArn: string): Origin {
    const control = config.OriginAccessControlId;
    if (config.CustomOriginConfig !== undefined) {
      if (control !== undefined) throw new Error('an origin access control is for buckets here');
      return apiOrigin(config, dependencies.endpointUrl);
    }
    if (control !== undefined && !accessControls.has(control)) throw new Error(`the stack has no origin access control ${control}`);
    if (config.OriginCustomHeaders.length > 0) throw new Error('a bucket takes no custom headers here');
    return bucketOrigin(config, dependencies.buckets, control === undefined ? undefined : distributionArn);
  }

  return {
    services: [],
    resourceTypes: [functionType, accessControlType, responseHeadersPolicyType(responseHeadersPolicies, idOf), distributionType],
    get url() {
      return server === undefined ? undefined : `http://localhost:${server.port}`;
    },
    async start() {
      if (declared !== undefined) server = await EdgeServer.listen(dependencies.port, declared);
    },
    async close() {
      await server?.close();
      declared?.close();
    },
  };
}
