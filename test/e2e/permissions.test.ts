/** Which function may do what to which resource: the whole table. Whoever widens a permission changes this file. */
import * as z from 'zod';
import { evaluate } from '../../local/iam/evaluate.js';
import { compileIdentityPolicy } from '../../local/iam/policy-document.js';
import { functionEnvironments } from '../../lambdas/contract/environment.js';
import { grantsOf, words } from './grants.js';
import { testAssembly } from './shared-assembly.js';
import { readTemplate, type Template } from './stack-resources.js';

const ownLog = (name: string) => [`logs:CreateLogStream on ${name}`, `logs:PutLogEvents on ${name}`];
const auditLog = ownLog('AuditLog');
const verification = ['dynamodb:Query on AuditChain', 's3:GetObjectVersion on AuditAnchors/anchors/*', 's3:ListBucketVersions on AuditAnchors'];
const auditTrail = [...auditLog, 'dynamodb:PutItem on AuditChain', 'dynamodb:Query on AuditChain'];
/** Of the stage that the tests deploy. */
const consumerSecrets = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:faxbot/dev/*';
const gate = ['dynamodb:PutItem on AuthEventsTable', 'dynamodb:UpdateItem on LimitsTable'];
const tracing = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];

const allowed: Readonly<Record<string, readonly string[]>> = {
  authorizer: [
    ...auditLog,
    ...ownLog('KeysAuthorizerLog'),
    ...tracing,
    'dynamodb:GetItem on KeysTable',
    'dynamodb:GetItem on LimitsTable',
    'dynamodb:GetItem on SessionTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on AuthEventsTable',
    'secretsmanager:GetSecretValue on KeysBootstrapKey',
    'secretsmanager:GetSecretValue on KeysPepper',
    'secretsmanager:GetSecretValue on OriginSecret',
  ],
  'key-admin': [
    ...auditTrail,
    ...ownLog('KeysAdministrationLog'),
    ...tracing,
    'dynamodb:BatchGetItem on LimitsTable',
    'dynamodb:GetItem on LimitsTable',
    'dynamodb:GetItem on KeysTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on KeysTable',
    'dynamodb:Query on KeysTable/index/listing',
    'dynamodb:UpdateItem on KeysTable',
    'dynamodb:Query on LimitsTable/index/pool',
    ...gate,
    'secretsmanager:GetSecretValue on KeysPepper',
  ],
  'key-reminders': [
    ...ownLog('KeyRemindersFunctionLog'),
    ...tracing,
    'dynamodb:Query on KeysTable/index/listing',
    'kms:Decrypt on NoticesKey',
    'kms:GenerateDataKey on NoticesKey',
    'sns:Publish on NoticesTopic',
  ],
  'key-rotation': [
    ...auditTrail,
    ...ownLog('KeyRotationFunctionLog'),
    ...tracing,
    'dynamodb:GetItem on KeysTable',
    'dynamodb:PutItem on KeysTable',
    'dynamodb:UpdateItem on KeysTable',
    'secretsmanager:GetSecretValue on KeysPepper',
    ...['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map((action) => `secretsmanager:${action} on ${consumerSecrets}`),
  ],
  'settings-admin': [
    ...auditTrail,
    ...ownLog('SettingsAdministrationLog'),
    ...tracing,
    ...gate,
    'dynamodb:BatchGetItem on SettingsTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on SettingsTable',
    'dynamodb:UpdateItem on SettingsTable',
    'secretsmanager:GetSecretValue on ProvidersCredentials',
    'secretsmanager:PutSecretValue on ProvidersCredentials',
  ],
  'fax-upload': [
    ...ownLog('FaxesUploadLog'),
    ...tracing,
    'dynamodb:GetItem on FaxesTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on FaxesTable',
    ...gate,
    'kms:GenerateDataKey on FaxesDocumentsKey',
    's3:DeleteObject on FaxesDocuments/documents/*',
    's3:PutObject on FaxesDocuments/documents/*',
    'sqs:SendMessage on FaxesSendQueue',
  ],
  'fax-read': [
    ...auditTrail,
    ...ownLog('FaxesReadLog'),
    ...tracing,
    'dynamodb:GetItem on FaxesTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:Query on FaxesTable/index/listing',
    'dynamodb:Query on FaxesTable/index/owner',
    ...gate,
    'kms:Decrypt on FaxesDocumentsKey',
    's3:GetObject on FaxesDocuments/documents/*',
    'secretsmanager:GetSecretValue on FaxesDocumentTokenSecret',
    'secretsmanager:GetSecretValue on OutcomesSigningSecret',
  ],
  'fax-change': [
    ...auditTrail,
    ...ownLog('FaxesChangeLog'),
    ...tracing,
    'dynamodb:GetItem on FaxesTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on FaxesTable',
    ...gate,
    'kms:Decrypt on FaxesDocumentsKey',
    'kms:GenerateDataKey on FaxesDocumentsKey',
    's3:GetObject on FaxesDocuments/documents/*',
    's3:ListBucket on FaxesDocuments',
    's3:PutObject on FaxesDocuments/documents/*',
    'sqs:SendMessage on FaxesSendQueue',
    'sqs:SendMessage on OutcomesQueue',
  ],
  'fax-sender': [
    ...auditTrail,
    ...ownLog('FaxesSenderLog'),
    ...tracing,
    'dynamodb:GetItem on FaxesTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on FaxesTable',
    'kms:Decrypt on FaxesDocumentsKey',
    's3:GetObject on FaxesDocuments/documents/*',
    'secretsmanager:GetSecretValue on ProvidersCredentials',
    'sqs:ChangeMessageVisibility on FaxesSendQueue',
    'sqs:DeleteMessage on FaxesSendQueue',
    'sqs:GetQueueAttributes on FaxesSendQueue',
    'sqs:GetQueueUrl on FaxesSendQueue',
    'sqs:ReceiveMessage on FaxesSendQueue',
    'sqs:SendMessage on FaxesSendQueue',
    'sqs:SendMessage on OutcomesQueue',
  ],
  'outcome-notifier': [
    ...ownLog('OutcomesNotifierLog'),
    ...tracing,
    'kms:Decrypt on NoticesKey',
    'kms:GenerateDataKey on NoticesKey',
    'secretsmanager:GetSecretValue on OutcomesSigningSecret',
    'sns:Publish on OutcomesTopic',
    ...['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage', 'SendMessage'].map((action) => `sqs:${action} on OutcomesQueue`),
  ],
  sweeper: [
    ...auditTrail,
    ...ownLog('FaxesSweeperLog'),
    ...tracing,
    'dynamodb:GetItem on KeysTable',
    'dynamodb:GetItem on SettingsTable',
    'dynamodb:PutItem on KeysTable',
    'dynamodb:Query on FaxesTable/index/due',
    'dynamodb:Query on KeysTable/index/outbox',
    'dynamodb:Query on SessionTable/index/outbox',
    'dynamodb:UpdateItem on SessionTable',
    'dynamodb:UpdateItem on FaxesTable',
    'dynamodb:UpdateItem on KeysTable',
    'dynamodb:UpdateItem on SettingsTable',
    'sqs:SendMessage on FaxesSendQueue',
  ],
  'native-keys': [
    ...ownLog('NativeKeysFunctionLog'),
    ...tracing,
    'apigateway:POST on arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys',
    ...['basic', 'high', 'standard'].map((tier) => `apigateway:POST on arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/GatewayApiPlan${tier}/keys`),
    'dynamodb:BatchGetItem on KeysTable',
    'dynamodb:Query on LimitsTable/index/pool',
    'dynamodb:UpdateItem on LimitsTable',
  ],
  sessions: [
    ...auditTrail,
    ...ownLog('SessionsFunctionLog'),
    ...tracing,
    'dynamodb:BatchGetItem on LimitsTable',
    'dynamodb:GetItem on KeysTable',
    'dynamodb:GetItem on LimitsTable',
    'dynamodb:GetItem on SessionTable',
    'dynamodb:PutItem on SessionTable',
    'dynamodb:Query on SessionTable/index/listing',
    'dynamodb:UpdateItem on SessionTable',
    ...gate,
    'secretsmanager:GetSecretValue on KeysPepper',
  ],
  'auth-history': [
    ...ownLog('AuthHistoryFunctionLog'),
    ...tracing,
    'dynamodb:Query on AuthEventsTable',
    'dynamodb:Query on AuthEventsTable/index/key',
    ...gate,
  ],
  'audit-anchor': [
    ...auditLog,
    ...ownLog('AuditAnchoringFunctionLog'),
    ...tracing,
    ...verification,
    'lambda:InvokeFunction on FaxesSweeper',
    'logs:FilterLogEvents on AuditLog',
    's3:PutObject on AuditAnchors/anchors/*',
  ],
  'audit-read': [...ownLog('AuditReadLog'), ...tracing, ...verification, ...gate],
  'fax-webhook': [
    ...ownLog('WebhooksFunctionLog'),
    ...tracing,
    'dynamodb:GetItem on SettingsTable',
    'secretsmanager:GetSecretValue on ProvidersCredentials',
    'sqs:SendMessage on FaxesSendQueue',
  ],
  health: [
    ...ownLog('HealthFunctionLog'),
    ...tracing,
    'dynamodb:DescribeTable on FaxesTable',
    'dynamodb:DescribeTable on KeysTable',
    'dynamodb:GetItem on SettingsTable',
    's3:ListBucket on FaxesDocuments',
    'sqs:GetQueueAttributes on FaxesSendQueue',
  ],
};

/** The only resources with a wildcard: lib/nag-exceptions.ts gives the reason of each. */
const wildcards = ['*', 'AuditAnchors/anchors/*', 'FaxesDocuments/documents/*', consumerSecrets];

const functionNames = Object.keys(functionEnvironments);
let template: Template;
beforeAll(async () => {
  template = readTemplate(await testAssembly());
}, 240_000);

it('the table names every function', () => {
  expect(Object.keys(allowed).sort()).toEqual([...functionNames].sort());
});

describe.each(functionNames)('%s', (name) => {
  it('may do what the table says, and nothing else', () => {
    expect(grantsOf(template, name).map(words).sort()).toEqual([...(allowed[name] ?? [])].sort());
  });

  it('has no action with a wildcard, and no resource with one that has no reason', () => {
    for (const grant of grantsOf(template, name)) {
      expect(grant.action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      if (grant.resource.includes('*')) expect(wildcards).toContain(words(grant).split(' on ')[1]);
    }
  });

  it('has nothing twice: without any one of its grants, that action on that resource is denied', () => {
    const grants = grantsOf(template, name);
    for (const taken of grants) {
      const concrete = arnOf(taken.resource).replace('*', 'any');
      const decide = (left: typeof grants) =>
        evaluate(
          compileIdentityPolicy({ Statement: left.map(({ action, resource }) => ({ Effect: 'Allow', Action: [action], Resource: [arnOf(resource)] })) }, name),
          taken.action,
          concrete,
          {},
        );
      expect([words(taken), decide(grants)]).toEqual([words(taken), 'allowed']);
      expect([words(taken), decide(grants.filter((one) => one !== taken))]).toEqual([words(taken), 'not-allowed']);
    }
  });
});

/** Stands for the resource's ARN, which only a deployment knows. */
function arnOf(resource: string): string {
  return resource === '*' ? '*' : resource.replace(/<(\w+)>/, 'arn:aws:service:region:account:$1');
}

describe('the audit chain', () => {
  const may = (pattern: RegExp) => functionNames.filter((name) => grantsOf(template, name).map(words).some((grant) => pattern.test(grant)));

  it('and its anchors: who writes the one has no access to the other', () => {
    const writers = may(/^dynamodb:(Put|Update|Delete|BatchWrite)\w* on AuditChain/);
    expect(writers.sort()).toEqual(['fax-change', 'fax-read', 'fax-sender', 'key-admin', 'key-rotation', 'sessions', 'settings-admin', 'sweeper']);
    expect(may(/ on AuditAnchors/).sort()).toEqual(['audit-anchor', 'audit-read']);
    expect(may(/^s3:(?!Get|List)\w+ on AuditAnchors/)).toEqual(['audit-anchor']);
  });

  it('can be deleted by nobody, nor can its log', () => {
    expect(may(/^(dynamodb:(Delete|Update|BatchWrite)\w* on AuditChain|logs:(Delete|Put(?!LogEvents))\w* on AuditLog)/)).toEqual([]);
  });

  it('is out of the reach of the authorizer: strangers can not make it grow', () => {
    expect(may(/ on AuditChain/)).not.toContain('authorizer');
  });
});

describe('the resources themselves', () => {
  const statements = z.object({
    PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Effect: z.string(), Action: z.unknown(), Condition: z.unknown() })) }),
  });
  const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

  it('every bucket and every queue refuses what comes without TLS', () => {
    for (const [type, policyType, action] of [
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 's3:*'],
      ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'sqs:*'],
    ] as const) {
      const policies = ofType(policyType);
      for (const [id] of ofType(type)) {
        const own = policies.filter(([, { Properties }]) => JSON.stringify([Properties?.['Bucket'], Properties?.['Queues']]).includes(`"${id}"`));
        const denials = own.flatMap(([, { Properties }]) => statements.parse(Properties).PolicyDocument.Statement);
        expect(denials).toContainEqual(expect.objectContaining({ Effect: 'Deny', Action: action, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
      }
    }
  });

  it('no resource policy allows anybody anything, but the one distribution the files of the console', () => {
    for (const type of ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy']) {
      for (const [id, { Properties }] of ofType(type)) {
        const allowances = statements.parse(Properties).PolicyDocument.Statement.filter(({ Effect }) => Effect !== 'Deny');
        if (!id.startsWith('ConsoleFiles')) expect([id, allowances]).toEqual([id, []]);
        else {
          expect(allowances).toMatchObject([{ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } }]);
          expect(JSON.stringify(allowances[0]?.Condition)).toMatch(/^\{"StringEquals":\{"AWS:SourceArn":.+:distribution\/",\{"Ref":"ConsoleDistribution[0-9A-F]{8}"\}/);
        }
      }
    }
  });

  it('only API Gateway may invoke a function from outside, and only this API; the rotation function Secrets Manager, and only of this account', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    const [rotation, ...others] = [...permissions].sort((one) => (JSON.stringify(one).includes('KeyRotation') ? -1 : 1));
    expect(rotation).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'secretsmanager.amazonaws.com', SourceAccount: { Ref: 'AWS::AccountId' } });
    expect(others.length).toBeGreaterThan(0);
    for (const permission of others) {
      expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
      expect(JSON.stringify(permission?.['SourceArn'])).toMatch(/"Ref":"GatewayApi[0-9A-F]{8}"/);
    }
  });

  it('a function’s role is assumed by Lambda alone and has no policy of AWS’s own; the CDK’s function at deployments has the one that AWS documents', () => {
    for (const [id, { Properties }] of ofType('AWS::IAM::Role')) {
      const text = JSON.stringify(Properties);
      const services = [...text.matchAll(/"([a-z]+\.amazonaws\.com)"/g)].map(([, service]) => service);
      expect([id, services]).toEqual([id, [id.startsWith('Gateway') ? 'apigateway.amazonaws.com' : id.startsWith('Scheduler') ? 'scheduler.amazonaws.com' : 'lambda.amazonaws.com']]);
      expect([id, text.includes('ManagedPolicyArns')]).toEqual([id, /^(Gateway|CustomCDKBucketDeployment)/.test(id)]);
    }
  });
});
