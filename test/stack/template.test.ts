/** Properties and permissions of the template, and of the configuration that shapes it. */
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { functionEnvironments } from '../../lambdas/contract/environment.js';
import { isOpen, operationIds, operations } from '../../lambdas/contract/operations.js';
import * as z from 'zod';
import { usagePlanNames } from '../../lambdas/contract/tiers.js';
import { readConfig } from '../../lib/config.js';
import { FaxbotStack } from '../../lib/faxbot-stack.js';

function synthesize(context: Record<string, unknown> = {}): Template {
  // Functions are not bundled here: their code is proved by the end-to-end tests.
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new FaxbotStack(app, 'Faxbot-test', { config: readConfig(context) }));
}

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }>;
const template = synthesize();
const resources: Resources = template.toJSON()['Resources'];
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);

describe('the template', () => {
  it('stays far below what CloudFormation and API Gateway take', () => {
    console.log(`The template has ${Object.keys(resources).length} resources.`);
    expect(Object.keys(resources).length).toBeLessThan(400);
    const permissions = ofType('AWS::Lambda::Permission');
    const sizes = new Map<string, number>();
    for (const [, { Properties = {} }] of permissions) {
      const target = JSON.stringify(Properties['FunctionName']);
      sizes.set(target, (sizes.get(target) ?? 0) + JSON.stringify(Properties).length + 200);
    }
    console.log(`The largest function policy has about ${Math.max(...sizes.values())} bytes.`);
    expect(Math.max(...sizes.values())).toBeLessThan(20_480);
    expect([...sizes.keys()].length).toBe(permissions.length);
  });

  it('deploys into a new account: no reserved concurrency, no VPC', () => {
    for (const [, { Properties = {} }] of ofType('AWS::Lambda::Function')) {
      expect(Object.keys(Properties)).not.toEqual(expect.arrayContaining(['ReservedConcurrentExecutions']));
      expect(Object.keys(Properties)).not.toEqual(expect.arrayContaining(['VpcConfig']));
    }
    template.resourceCountIs('AWS::ApiGateway::Account', 1);
    synthesize({ gatewayLogRole: 'existing' }).resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  it('runs nodejs24.x on arm64, with structured logs', () => {
    // The CDK's own function, which puts the console's files into their bucket, is what the CDK makes it.
    const ours = ofType('AWS::Lambda::Function').filter(([id]) => !id.startsWith('CustomCDKBucketDeployment'));
    expect(ours.length).toBe(Object.keys(functionEnvironments).length);
    for (const [, { Properties }] of ours) expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], LoggingConfig: { LogFormat: 'JSON' } });
  });

  it('keeps what it stores: retained, recoverable, protected from deletion', () => {
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup']) {
      expect(ofType(type).length).toBeGreaterThan(0);
      for (const [id, { DeletionPolicy }] of ofType(type)) expect([id, DeletionPolicy]).toEqual([id, 'Retain']);
    }
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.anyValue() });
  });

  it('names nothing that must be unique, so that it can be deployed again beside what stayed, and twice into one account', () => {
    const unique: Readonly<Record<string, string>> = {
      'AWS::DynamoDB::GlobalTable': 'TableName',
      'AWS::S3::Bucket': 'BucketName',
      'AWS::SQS::Queue': 'QueueName',
      'AWS::SNS::Topic': 'TopicName',
      'AWS::SecretsManager::Secret': 'Name',
      'AWS::Logs::LogGroup': 'LogGroupName',
      'AWS::Lambda::Function': 'FunctionName',
      'AWS::IAM::Role': 'RoleName',
      'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
      'AWS::KMS::Alias': 'AliasName',
      'AWS::Scheduler::Schedule': 'Name',
      'AWS::CloudWatch::Alarm': 'AlarmName',
    };
    const named = Object.entries(resources).filter(([, { Type, Properties = {} }]) => unique[Type] !== undefined && Properties[unique[Type]] !== undefined);
    expect(named.map(([id]) => id)).toEqual([]);
  });

  it('locks the anchors of the audit chain as long as the audit log is kept, unless it is to be thrown away', () => {
    const bucket = z.looseObject({});
    const anchors = (of: Template) =>
      Object.entries(of.findResources('AWS::S3::Bucket')).flatMap(([id, { Properties }]) => (id.startsWith('AuditAnchors') ? [bucket.parse(Properties)] : []));
    expect(anchors(template)).toEqual([
      expect.objectContaining({
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 2192 } } },
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    ]);
    const [thrownAway] = anchors(synthesize({ removalPolicy: 'destroy' }));
    expect(Object.keys(thrownAway ?? {})).not.toContain('ObjectLockEnabled');
    expect(thrownAway).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
  });

  it('keeps documents private and encrypted with a key of their own', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    template.resourceCountIs('AWS::S3::BucketPolicy', 3);
    template.resourceCountIs('AWS::SQS::QueuePolicy', 4);
  });

  it('answers nothing from an authorizer cache and asks for no identity source', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { ApiKeySourceType: 'AUTHORIZER', BinaryMediaTypes: ['multipart/form-data', 'application/x-www-form-urlencoded'] });
  });

  it('has a method for each operation, and only the open ones go without the authorizer and a usage plan', () => {
    const methods = ofType('AWS::ApiGateway::Method').map(([, { Properties = {} }]) => Properties);
    for (const id of operationIds) {
      const open = isOpen(operations[id]);
      expect(methods.filter((method) => method['OperationName'] === id)).toMatchObject([
        { HttpMethod: operations[id].method, AuthorizationType: open ? 'NONE' : 'CUSTOM', ApiKeyRequired: !open },
      ]);
    }
    const others = methods.filter((method) => method['OperationName'] === undefined);
    expect(others.every((method) => ['ANY', 'OPTIONS'].includes(String(method['HttpMethod'])) && JSON.stringify(method['Integration']).includes('"MOCK"'))).toBe(true);
  });

  it('writes no path and no query string into the access log', () => {
    const [stage] = ofType('AWS::ApiGateway::Stage');
    const format = JSON.stringify(stage?.[1].Properties?.['AccessLogSetting']);
    expect(format).toContain('$context.resourcePath');
    expect(format).not.toMatch(/\$context\.path|querystring|\$context\.authorizer\.(?!principalId|integrationLatency)/);
  });

  it('has a usage plan and a native key for each tier and for requests without a key', () => {
    template.resourceCountIs('AWS::ApiGateway::UsagePlan', usagePlanNames.length);
    template.resourceCountIs('AWS::ApiGateway::UsagePlanKey', usagePlanNames.length);
  });
});

describe('a setting', () => {
  it.each([
    [{ stage: 'Production!' }, /stage is wrong: write 1 to 30 lower-case letters/],
    [{ maxFileSizeMb: '40' }, /maxFileSizeMb is wrong: write a whole number of megabytes from 1 to 4/],
    [{ provider: 'pigeon' }, /provider is wrong: write one of sandbox/],
    [{ defaultCountry: 'usa' }, /defaultCountry is wrong: write two capital letters/],
    [{ logRetentionDays: '8' }, /logRetentionDays is wrong: write one of 1, 3, 5/],
    [{ removalPolicy: 'keep' }, /removalPolicy is wrong: write retain or destroy/],
    [{ colour: 'red' }, /There is no setting colour: the settings are stage, provider/],
    [{ stage: 'production' }, /the sandbox delivers no fax, so stage production refuses it: set a real provider, or allowSandbox=true/],
    [{ stage: 'production', allowSandbox: 'true', removalPolicy: 'destroy' }, /stage production keeps its data: write retain/],
  ])('%j fails with a sentence that says what to write', (context, sentence) => {
    expect(() => readConfig(context)).toThrow(sentence);
  });

  it('production takes the sandbox where a team insists, and the outputs say what that means', () => {
    const outputs = synthesize({ stage: 'production', allowSandbox: 'true' }).findOutputs('*');
    expect(outputs['Warning']).toMatchObject({ Value: 'The provider is the sandbox: it dials nobody, and no fax is delivered' });
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(['ApiUrl', 'BootstrapKeyCommand', 'BootstrapKeySecretArn', 'KeyRotationFunctionArn', 'Warning']));
  });
});
