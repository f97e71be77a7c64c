/** A function of the stack calls its own gateway by the deployed address: the Host header at the endpoint, the stage in the path. */
import { isMembers } from '../../local/kms/aws-json.js';
import { startCore, type CoreCloud } from './core-assembly.js';

/** Sends what its event says to the endpoint, as a function does that knows the gateway's address on AWS. */
const caller = `
const { request } = require('node:http');
exports.handler = ({ host, path, method = 'GET', headers = {}, size = 0 }) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  const sent = request({ hostname, port, path, method, headers: { ...headers, Host: host } }, (response) => {
    const chunks = [];
    response.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({
      status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('base64'),
    }));
  });
  sent.on('error', reject).end(Buffer.alloc(size, 'x'));
});`;

const echo = `
exports.handler = async (event) => ({
  statusCode: 200, headers: { 'Content-Type': 'image/png' }, isBase64Encoded: true,
  body: Buffer.from(JSON.stringify(event)).toString('base64'),
});`;

const gateway = {
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'own', BinaryMediaTypes: ['image/png'] } },
  Thing: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: { Ref: 'Api' }, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'thing' },
  },
  Method: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { Ref: 'Thing' },
      HttpMethod: 'ANY',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: { 'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations' },
      },
    },
  },
  Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } }, DependsOn: ['Method'] },
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'live' },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'Echo' }, Principal: 'apigateway.amazonaws.com' },
  },
};

let cloud: CoreCloud;
let host: string;
beforeAll(async () => {
  cloud = await startCore({ resources: gateway, functions: { Caller: { source: caller }, Echo: { source: echo } } });
  host = `${cloud.resources['Api'] ?? ''}.execute-api.us-east-1.amazonaws.com`;
});
afterAll(async () => cloud.end());

async function call(event: object) {
  const { error, result } = await cloud.invoke('Caller', { host, ...event });
  if (error !== undefined || !isMembers(result) || !isMembers(result['headers'])) throw new Error(JSON.stringify(result));
  return { status: result['status'], headers: result['headers'], text: Buffer.from(String(result['body']), 'base64').toString() };
}

test('the call arrives as one over the internet would', async () => {
  const { status, headers, text } = await call({ path: '/live/thing?a=1', method: 'POST', headers: { Accept: 'image/png', 'Content-Type': 'text/plain' }, size: 5 });
  expect(status).toBe(200);
  expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(text)).toMatchObject({
    path: '/thing',
    body: 'xxxxx',
    queryStringParameters: { a: '1' },
    headers: { Host: host, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443' },
    requestContext: { domainName: host, stage: 'live', path: '/live/thing', domainPrefix: cloud.resources['Api'] },
  });
});

test.each<[string, object]>([
  ['another stage', { path: '/other/thing' }],
  ['no stage', { path: '/thing' }],
  ['an API that does not exist', { path: '/live/thing', host: 'abcdefghij.execute-api.us-east-1.amazonaws.com' }],
  ['another region', { path: '/live/thing', host: 'abcdefghij.execute-api.eu-west-1.amazonaws.com' }],
])('%s is forbidden, in the words of AWS', async (_case, event) => {
  const { status, headers, text } = await call(event);
  expect([status, text, headers['x-amzn-errortype']]).toEqual([403, '{"message":"Forbidden"}', 'ForbiddenException']);
});

test('a path that the stage does not have is what the stage answers', async () => {
  expect(await call({ path: '/live/nothing' })).toMatchObject({ status: 403, text: '{"message":"Missing Authentication Token"}' });
});

test("the gateway's own limits hold there: 10 MB of body, 10,240 bytes of headers", async () => {
  const large = await call({ path: '/live/thing', method: 'POST', size: 10 * 1024 * 1024 + 1 });
  expect(large).toMatchObject({ status: 413, text: 'HTTP content length exceeded 10485760 bytes.' });
  const wordy = await call({ path: '/live/thing', headers: { 'X-Long': 'a'.repeat(20_000) } });
  expect(wordy.status).toBe(431);
});
