/** The distribution of the local cloud: which behaviour a request gets, what its function, its origin and its headers make of it. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { request as send } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createCloudFront, type CloudFrontModule } from '../../local/cloudfront/cloudfront.js';
import { EdgeFunction } from '../../local/cloudfront/edge-function.js';
import { normalizedPath, pathPattern } from '../../local/cloudfront/path-pattern.js';
import { deploy } from '../../local/cloud/deploy.js';
import type { ResourceType } from '../../local/cloud/resource.js';
import { parseTemplate } from '../../local/cloud/template.js';
import { createS3, type S3Module } from '../../local/s3/s3.js';
import { startCore, type CoreCloud } from './core-assembly.js';
import { identity, temporaryFolder } from './one-module.js';

const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const rewrite = `
function handler(event) {
  var request = event.request;
  if (request.uri === '/moved') return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/other' } } };
  if (request.uri === '/throws') throw new Error('no');
  if (request.uri === '/forever') for (;;);
  if (request.uri === '/post') request.method = 'POST';
  if (request.uri.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}`;
const address = `
async function handler(event) {
  var request = event.request;
  request.headers['viewer'] = { value: event.viewer.ip };
  request.querystring.seen = { value: Object.keys(request.cookies).join('-') };
  return request;
}`;

const echo = `exports.handler = async ({ httpMethod, path, headers, multiValueQueryStringParameters, body }) => ({
  statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ httpMethod, path, headers, query: multiValueQueryStringParameters, body }),
});`;

const edgeFunction = (name: string, code: string): object => ({
  Type: 'AWS::CloudFront::Function',
  Properties: { Name: name, AutoPublish: true, FunctionCode: code, FunctionConfig: { Comment: name, Runtime: 'cloudfront-js-2.0' } },
});
const runs = (name: string): object[] => [{ EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [name, 'FunctionARN'] } }];

const files = { TargetOriginId: 'files', ViewerProtocolPolicy: 'redirect-to-https', ResponseHeadersPolicyId: { Ref: 'Headers' } };
const config = {
  Enabled: true,
  DefaultRootObject: 'index.html',
  Origins: [
    { Id: 'files', DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }, OriginAccessControlId: { Ref: 'Access' }, S3OriginConfig: { OriginAccessIdentity: '' } },
    {
      Id: 'api',
      DomainName: { 'Fn::Sub': '${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}' },
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
      OriginCustomHeaders: [{ HeaderName: 'secret', HeaderValue: { 'Fn::Sub': '{{resolve:secretsmanager:${Secret}:SecretString:::}}' } }],
    },
  ],
  DefaultCacheBehavior: { ...files, CachePolicyId: cachingOptimized, Compress: true, FunctionAssociations: runs('Rewrite') },
  CacheBehaviors: [
    { ...files, PathPattern: '/plain.json', CachePolicyId: cachingDisabled, Compress: true },
    {
      PathPattern: '/api/*',
      TargetOriginId: 'api',
      ViewerProtocolPolicy: 'https-only',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      CachePolicyId: cachingDisabled,
      OriginRequestPolicyId: allViewerExceptHost,
      FunctionAssociations: runs('Address'),
    },
  ],
};

const policy = {
  Type: 'AWS::S3::BucketPolicy',
  Properties: {
    Bucket: { Ref: 'Bucket' },
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: { 'Fn::Sub': '${Bucket.Arn}/*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: { 'Fn::Sub': '${Bucket.Arn}/*' }, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': '${Bucket.Arn}/*' },
          Condition: { StringEquals: { 'AWS:SourceArn': { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}' } } },
        },
      ],
    },
  },
};

const resources = {
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'origin-secret' } },
  Rewrite: edgeFunction('rewrite', rewrite),
  Address: edgeFunction('address', address),
  Access: {
    Type: 'AWS::CloudFront::OriginAccessControl',
    Properties: { OriginAccessControlConfig: { Name: 'access', OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' } },
  },
  Headers: {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        Name: 'headers',
        CustomHeadersConfig: { Items: [{ Header: 'Cache-Control', Value: 'ours', Override: false }, { Header: 'Content-Type', Value: 'text/x-ours', Override: false }] },
        SecurityHeadersConfig: { ContentTypeOptions: { Override: true }, FrameOptions: { FrameOption: 'DENY', Override: true } },
      },
    },
  },
  Distribution: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: config } },
};

const api = {
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
  Proxy: { Type: 'AWS::ApiGateway::Resource', Properties: { RestApiId: { Ref: 'Api' }, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: '{proxy+}' } },
  Any: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { Ref: 'Proxy' },
      HttpMethod: 'ANY',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: { 'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations' },
      },
    },
  },
  Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } }, DependsOn: ['Any'] },
  Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'api' } },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'Echo' }, Principal: 'apigateway.amazonaws.com' },
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As it stands, without a client that tidies paths or unpacks bodies. */
function ask(url: string, path: string, options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = send({ hostname, port, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }); });
    });
    call.on('error', reject);
    call.end(options.body);
  });
}

async function put(cloud: CoreCloud, key: string, body: string, contentType: string): Promise<void> {
  const s3 = new S3Client({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: cloud.resources['Bucket'], Key: key, Body: body, ContentType: contentType, CacheControl: 'no-cache' }));
  s3.destroy();
}

const page = `<html>${'a page '.repeat(400)}</html>`;

describe('a distribution', () => {
  let cloud: CoreCloud;
  let url: string;

  beforeAll(async () => {
    cloud = await startCore({ resources: { ...resources, ...api, Policy: policy }, functions: { Echo: { source: echo } }, outputs: { Url: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } } });
    url = cloud.consoleUrl ?? '';
    await put(cloud, 'index.html', page, 'text/html');
    await put(cloud, 'plain.json', JSON.stringify({ plain: 'x'.repeat(2_000) }), 'application/json');
    await put(cloud, 'with space.txt', 'a space', 'text/plain');
  }, 60_000);
  afterAll(() => cloud.close());

  it('has a name of CloudFront, and answers on a port of this machine', () => {
    expect(cloud.outputs['Url']).toMatch(/^d[0-9a-f]{13}\.cloudfront\.net$/);
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
  });

  it.each(['/', '/keys', '/keys?tab=x'])('gives the page for %s', async (path) => {
    const answer = await ask(url, path);
    expect([answer.status, answer.body.toString()]).toEqual([200, page]);
  });

  it('sets the headers of its policy, and leaves the origin’s where they do not override', async () => {
    expect((await ask(url, '/')).headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      'content-type': 'text/html',
      'x-cache': 'Miss from cloudfront',
    });
  });

  it('compresses where the cache policy allows it, and answers 304 for the tag that it gave', async () => {
    const brotli = await ask(url, '/', { headers: { 'accept-encoding': 'gzip, br' } });
    expect([brotli.headers['content-encoding'], brotliDecompressSync(brotli.body).toString()]).toEqual(['br', page]);
    const gzip = await ask(url, '/', { headers: { 'accept-encoding': 'gzip, br;q=0' } });
    expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', page]);
    const plain = await ask(url, '/plain.json', { headers: { 'accept-encoding': 'gzip, br' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const again = await ask(url, '/', { headers: { 'if-none-match': String(brotli.headers['etag']) } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('answers HEAD without a body, and a range in part', async () => {
    const head = await ask(url, '/', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(page.length), 0]);
    const part = await ask(url, '/', { headers: { range: 'bytes=0-5', 'accept-encoding': 'br' } });
    expect([part.status, part.body.toString()]).toEqual([206, '<html>']);
  });

  it('reads a key from its encoded path', async () => {
    expect((await ask(url, '/with%20space.txt')).body.toString()).toBe('a space');
    expect((await ask(url, '/with%2.txt')).status).toBe(400);
  });

  it.each(['/none.js', '/../../etc/passwd.txt', '/%2e%2e/%2e%2e/package.json', '/api/../none.js'])('tells nothing of %s', async (path) => {
    const answer = await ask(url, path);
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'application/xml']);
    expect(answer.body.toString()).toContain('<Code>AccessDenied</Code>');
  });

  it.each(['PUT', 'POST', 'DELETE', 'OPTIONS'])('refuses %s on a file', async (method) => {
    const answer = await ask(url, '/index.html', { method });
    expect([answer.status, answer.headers['x-cache']]).toEqual([403, 'Error from cloudfront']);
  });

  it('lets a function answer by itself', async () => {
    const answer = await ask(url, '/moved');
    expect([answer.status, answer.headers['location']]).toEqual([302, '/other']);
  });

  it.each([['/throws', 'no'], ['/forever', 'timed out'], ['/post', 'method']])('answers 503 for a function that fails on %s, and says so', async (path, reason) => {
    expect((await ask(url, path)).status).toBe(503);
    expect(cloud.told.at(-1)).toContain(reason);
  });

  it('hands everything but Host to the API, with its own headers in place of the viewer’s', async () => {
    const answer = await ask(url, '/api/some/path?a=1&a=2%2F3', {
      method: 'POST',
      headers: { cookie: 'one=1; two=2', secret: 'forged', viewer: '203.0.113.9', 'x-forwarded-for': '203.0.113.9', 'x-custom': 'kept', 'content-type': 'text/plain' },
      body: 'the body',
    });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      httpMethod: 'POST',
      path: '/some/path',
      query: { a: ['1', '2/3'], seen: ['one-two'] },
      body: 'the body',
      headers: { Host: expect.stringMatching(/^\w+\.execute-api\.us-east-1\.amazonaws\.com$/), cookie: 'one=1; two=2', secret: 'origin-secret', viewer: '127.0.0.1', 'x-custom': 'kept', 'X-Forwarded-For': '203.0.113.9, 127.0.0.1, 127.0.0.1' },
    });
  });

  it('passes an error of the API on as it is', async () => {
    const answer = await ask(url, '/api/', { method: 'DELETE' });
    expect(answer.status).toBe(403);
    expect(answer.body.toString()).toBe('{"message":"Missing Authentication Token"}');
  });
});

describe('a bucket', () => {
  async function startedWith(others: Record<string, object>): Promise<{ status: number }> {
    const cloud = await startCore({ resources: { ...resources, ...others, Distribution: { ...resources.Distribution, Properties: { DistributionConfig: withoutApi } } } });
    try {
      await put(cloud, 'index.html', page, 'text/html');
      return await ask(cloud.consoleUrl ?? '', '/');
    } finally {
      await cloud.close();
    }
  }
  const withoutApi = { ...config, Origins: config.Origins.slice(0, 1), CacheBehaviors: [] };
  const forAnother: typeof policy = structuredClone(policy);
  for (const statement of forAnother.Properties.PolicyDocument.Statement)
    if (statement.Effect === 'Allow') Object.assign(statement, { Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::000000000000:distribution/EANOTHER' } } });

  it('without a policy lets no distribution read', async () => expect((await startedWith({})).status).toBe(403));
  it('whose policy names another distribution does not either', async () => expect((await startedWith({ Policy: forAnother })).status).toBe(403));
  it('whose policy names this one does', async () => expect((await startedWith({ Policy: policy })).status).toBe(200));
});

describe('what the local cloud does not know', () => {
  const folder = temporaryFolder();
  let s3: S3Module;
  let cloudFront: CloudFrontModule;
  beforeEach(() => {
    const dependencies = { identity, endpointUrl: 'http://127.0.0.1:1', stateDirectory: folder.path, authorize: () => undefined };
    s3 = createS3(dependencies);
    cloudFront = createCloudFront({ ...dependencies, buckets: s3.origin, port: 0, tell: () => undefined });
  });
  afterEach(async () => {
    await cloudFront.close();
    await s3.close();
  });
  afterAll(() => { folder.remove(); });

  const deployed = (change: object): Promise<unknown> => {
    const types: readonly ResourceType[] = [...s3.resourceTypes, ...cloudFront.resourceTypes];
    const { Secret: _secret, ...others } = resources;
    const changed = { ...config, Origins: config.Origins.slice(0, 1), CacheBehaviors: [], ...change };
    return deploy(parseTemplate(JSON.parse(JSON.stringify({ Resources: { ...others, Distribution: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: changed } } } }))), identity, types);
  };
  const behavior = config.DefaultCacheBehavior;

  it.each<[string, object, string]>([
    ['error responses', { CustomErrorResponses: [] }, 'does not support the property DistributionConfig.CustomErrorResponses'],
    ['another cache policy', { DefaultCacheBehavior: { ...behavior, CachePolicyId: '00000000-0000-0000-0000-000000000000' } }, 'does not know this cache policy'],
    ['another origin request policy', { DefaultCacheBehavior: { ...behavior, OriginRequestPolicyId: 'x' } }, 'does not know this origin request policy'],
    ['another event', { DefaultCacheBehavior: { ...behavior, FunctionAssociations: [{ EventType: 'viewer-response', FunctionARN: 'x' }] } }, 'viewer-request'],
    ['a function that is not there', { DefaultCacheBehavior: { ...behavior, FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'arn:x' }] } }, 'no function arn:x'],
    ['a bucket that is not there', { Origins: [{ Id: 'files', DomainName: 'other.s3.us-east-1.amazonaws.com', S3OriginConfig: {} }] }, 'no bucket of the stack'],
    ['another host', { Origins: [{ Id: 'files', DomainName: 'example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } }] }, 'calls no other hosts'],
    ['writing to a bucket', { DefaultCacheBehavior: { ...behavior, AllowedMethods: ['GET', 'HEAD', 'PUT'] } }, 'takes only GET and HEAD'],
  ])('%s is an error', async (_what, change, message) => {
    await expect(deployed(change)).rejects.toThrow(message);
  });
});

describe('an edge function', () => {
  const context = { distributionDomainName: 'd.cloudfront.net', distributionId: 'E', requestId: 'r' };
  it.each(['process', 'require', 'fetch', 'setTimeout', 'Buffer'])('sees no %s', (name) => {
    expect(new EdgeFunction('f', `function handler() { return { kind: typeof ${name} }; }`).run({}, '::1', context)).toEqual({ kind: 'undefined' });
  });
  it('keeps nothing from run to run, and makes no code from text', () => {
    const counting = new EdgeFunction('f', 'var count = 0; function handler() { count += 1; return { count: count }; }');
    expect([counting.run({}, '::1', context), counting.run({}, '::1', context)]).toEqual([{ count: 1 }, { count: 1 }]);
    expect(() => new EdgeFunction('f', 'function handler() { return eval("1"); }').run({}, '::1', context)).toThrow(/Code generation/);
  });
});

describe('a path pattern', () => {
  it.each([
    ['/api/*', '/api/health', true],
    ['api/*', '/api/', true],
    ['/api/*', '/api', false],
    ['/api/*', '/API/x', false],
    ['/?.json', '/a.json', true],
    ['*', '/anything', true],
  ])('%s and %s: %s', (pattern, path, expected) => expect(pathPattern(pattern)(path)).toBe(expected));

  it('is held against the path without dot segments', () => expect(normalizedPath('/api/../x/./y')).toBe('/x/y'));
});
