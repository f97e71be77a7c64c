/** The console in the template: who may read its files, what goes where, what a browser is told, what stays secret. */
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { originSecretHeader } from '../../lambdas/contract/console-origin.js';
import { readConfig } from '../../lib/config.js';
import { FaxbotStack } from '../../lib/faxbot-stack.js';

const synthesize = (context: Record<string, unknown> = {}) =>
  Template.fromStack(new FaxbotStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Faxbot-test', { config: readConfig(context) }));

const template = synthesize();

/** The managed policies, by the ids that AWS gave them. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const allViewerExceptHostHeader = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const behaviour = z.looseObject({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  FunctionAssociations: z.array(z.object({ EventType: z.string(), FunctionARN: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('FunctionARN')]) }) })).default([]),
});
const distributionShape = z.object({
  Properties: z.object({
    DistributionConfig: z.looseObject({
      DefaultCacheBehavior: behaviour,
      CacheBehaviors: z.array(behaviour),
      Origins: z.array(z.looseObject({ Id: z.string(), DomainName: z.unknown(), OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.unknown() })).optional() })),
    }),
  }),
});
const only = (type: string) => Object.entries(template.findResources(type));
const [[distributionId, distribution] = []] = only('AWS::CloudFront::Distribution');
const configuration = distributionShape.parse(distribution).Properties.DistributionConfig;
const originOf = ({ TargetOriginId }: z.output<typeof behaviour>) => configuration.Origins.find(({ Id }) => Id === TargetOriginId);
const functionsOf = ({ FunctionAssociations }: z.output<typeof behaviour>) =>
  FunctionAssociations.map(({ EventType, FunctionARN }) => [EventType, FunctionARN['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, '')]);
const [runtimeConfig, api, ...others] = configuration.CacheBehaviors;
if (runtimeConfig === undefined || api === undefined) throw new Error('The distribution lacks a behaviour');

describe('the files', () => {
  const [bucket = ''] = only('AWS::S3::Bucket').flatMap(([id]) => (id.startsWith('ConsoleFiles') ? [id] : []));

  it('lie in a private bucket with keys of S3, whose public access is blocked', () => {
    expect(template.findResources('AWS::S3::Bucket')[bucket]).toMatchObject({
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
  });

  it('are read by this distribution alone, with signed requests', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: bucket },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': { 'Fn::Join': ['', Match.arrayWith([{ Ref: distributionId }])] } } },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
    expect(originOf(configuration.DefaultCacheBehavior)).toMatchObject({ DomainName: { 'Fn::GetAtt': [bucket, 'RegionalDomainName'] }, OriginAccessControlId: expect.anything() });
  });

  const deployment = z.object({
    Properties: z.looseObject({ Exclude: z.array(z.string()).optional(), Include: z.array(z.string()).optional(), SystemMetadata: z.object({ 'cache-control': z.string() }) }),
    DependsOn: z.array(z.string()).default([]),
  });
  const deployments = only('Custom::CDKBucketDeployment').map(([id, resource]) => ({ id, ...deployment.parse(resource) }));
  const deploymentOf = (name: string) => deployments.find(({ id }) => id.startsWith(`ConsoleFiles${name}`));

  it('are kept by browsers for a year where their names hold a hash, and asked for again where they do not', () => {
    expect(deployments.length).toBe(3);
    expect(deploymentOf('Assets')?.Properties).toMatchObject({ Exclude: ['*'], Include: ['assets/*'], SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' } });
    expect(deploymentOf('Page')?.Properties).toMatchObject({ Exclude: ['assets/*'], SystemMetadata: { 'cache-control': 'no-cache' } });
    expect(deploymentOf('RuntimeConfig')?.Properties).toMatchObject({ SystemMetadata: { 'cache-control': 'no-store' } });
  });

  it('of an older version stay for the tabs that stand open, and the page comes after its assets', () => {
    for (const { Properties } of deployments) expect(Properties).toMatchObject({ Prune: false, RetainOnDelete: true });
    expect(deploymentOf('Page')?.DependsOn).toContain(deploymentOf('Assets')?.id);
  });

  it('go with the stack where nothing is to be kept', () => {
    synthesize({ removalPolicy: 'destroy' }).allResourcesProperties('Custom::CDKBucketDeployment', { RetainOnDelete: false });
  });
});

describe('the distribution', () => {
  it('speaks HTTP/2 and HTTP/3 at the cheapest edges, and opens with the console', () => {
    expect(configuration).toMatchObject({ HttpVersion: 'http2and3', IPV6Enabled: true, PriceClass: 'PriceClass_100', DefaultRootObject: 'index.html', Enabled: true });
  });

  it('has no error pages, which would stand in the place of the API’s errors', () => {
    expect(configuration).not.toHaveProperty('CustomErrorResponses');
  });

  it('serves pages and files from its caches, under the headers’ policy', () => {
    const { DefaultCacheBehavior: pages } = configuration;
    expect(pages).toMatchObject({ CachePolicyId: cachingOptimized, Compress: true, ViewerProtocolPolicy: 'redirect-to-https', ResponseHeadersPolicyId: { Ref: expect.stringMatching(/^ConsoleHeaders/) } });
    expect(functionsOf(pages)).toEqual([['viewer-request', 'ConsolePageFunction']]);
  });

  it('keeps no runtime-config.json', () => {
    expect(runtimeConfig).toMatchObject({ PathPattern: '/runtime-config.json', CachePolicyId: cachingDisabled, ResponseHeadersPolicyId: { Ref: expect.anything() } });
    expect(originOf(runtimeConfig)).toBe(originOf(configuration.DefaultCacheBehavior));
  });

  it('hands /api/* to the gateway as it is: every method, no cache, and all headers but the host', () => {
    expect(others).toEqual([]);
    expect(api).toMatchObject({
      PathPattern: '/api/*',
      CachePolicyId: cachingDisabled,
      OriginRequestPolicyId: allViewerExceptHostHeader,
      ViewerProtocolPolicy: 'https-only',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
    });
    expect(functionsOf(api)).toEqual([['viewer-request', 'ConsoleAddressFunction']]);
    expect(originOf(api)).toMatchObject({ CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] } });
    expect(JSON.stringify(originOf(api)?.DomainName)).toMatch(/\{"Ref":"GatewayApi[0-9A-F]{8}"\},"\.execute-api\."/);
    expect(originOf(api)).not.toHaveProperty('OriginPath');
    template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'api' });
  });

  it('runs its functions in the current runtime, published', () => {
    template.resourceCountIs('AWS::CloudFront::Function', 2);
    template.allResourcesProperties('AWS::CloudFront::Function', { AutoPublish: true, FunctionConfig: { Runtime: 'cloudfront-js-2.0' } });
  });

  it('is named in the outputs, as it is to be opened', () => {
    expect(template.findOutputs('ConsoleUrl')).toMatchObject({ ConsoleUrl: { Value: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [distributionId, 'DomainName'] }]] } } });
  });
});

describe('the secret of the distribution', () => {
  it('is made by Secrets Manager, and stands in the template as a reference alone', () => {
    const [header, ...more] = originOf(api)?.OriginCustomHeaders ?? [];
    expect(more).toEqual([]);
    expect(header).toEqual({
      HeaderName: originSecretHeader,
      HeaderValue: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: expect.stringMatching(/^OriginSecret/) }, ':SecretString:::}}']] },
    });
    const secret = z.looseObject({ Properties: z.looseObject({}) }).parse(only('AWS::SecretsManager::Secret').find(([id]) => id.startsWith('OriginSecret'))?.[1]);
    expect(secret.Properties).toMatchObject({ GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } });
    expect(secret.Properties).not.toHaveProperty('SecretString');
  });
});

describe('a browser', () => {
  it('is told to load nothing but the console’s own files, to run no inline script, to be in no frame and to stay with TLS', () => {
    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentSecurityPolicy: {
            ContentSecurityPolicy:
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            Override: true,
          },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
        },
        CustomHeadersConfig: {
          Items: [
            { Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true },
            { Header: 'Cross-Origin-Resource-Policy', Value: 'same-origin', Override: true },
            { Header: 'Permissions-Policy', Value: Match.stringLikeRegexp('camera=\\(\\).*microphone=\\(\\)'), Override: true },
          ],
        },
      },
    });
  });
});

it('two stacks of one name in two regions of an account do not meet: what CloudFront names once an account holds the region', () => {
  for (const type of ['AWS::CloudFront::OriginAccessControl', 'AWS::CloudFront::ResponseHeadersPolicy', 'AWS::CloudFront::Function']) {
    for (const [id, resource] of only(type)) expect([id, JSON.stringify(resource)]).toEqual([id, expect.stringMatching(/"Name":\{"Fn::Join":\["",\[.*"Ref":"AWS::Region"/)]);
  }
});
