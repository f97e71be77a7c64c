/** The one list of cdk-nag rules that this stack does not follow, each with its reason. */
import { Validations, type Stack } from 'aws-cdk-lib';
import type { Config } from './config.js';
import { consumerSecretPrefix } from './key-rotation.js';

/** @param consumerSecrets the prefix of the names of consumers' secrets */
const exceptionsFor = (consumerSecrets: string): Readonly<Record<string, string>> => ({
  'AwsSolutions::AwsSolutions-COG4': 'API keys are the product: a Lambda authorizer checks them. Cognito has no place in it.',
  'AwsSolutions::AwsSolutions-APIG4':
    'Open by design: health, the OpenAPI document, the callbacks (whose signatures a function verifies), CORS preflight and the MOCK answers for 404 and 405. A test lists every method without the authorizer.',
  'AwsSolutions::AwsSolutions-APIG2': 'Requests are validated in the functions, by the schemas of the operations table, whose errors name the field.',
  'AwsSolutions::AwsSolutions-APIG3': 'A web ACL costs $9 a month whether or not faxes flow; docs/guides/deploy.md says how to attach one.',
  'AwsSolutions::AwsSolutions-APIG6': 'Execution logs hold headers and paths, so tokens and ids of faxes: the access log is enough and holds neither.',
  'AwsSolutions::AwsSolutions-S1':
    'Each document that is opened stands in the audit log with its reader; server access logs would hold presigned addresses.',
  'AwsSolutions::AwsSolutions-SMG4':
    'The pepper is versioned by hand (old hashes need the old one), the bootstrap key ends with the first admin key, and a new token secret ends all open links.',
  'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    'The account-level logging role of API Gateway: this is the policy that AWS documents for it.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::*]': 'X-Ray: PutTraceSegments and PutTelemetryRecords take no resource.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<FaxesDocuments31F3F3B9.Arn>/documents/*]': 'Every document of the one bucket: their keys are not known before.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<KeyRemindersFunction121F9EE0.Arn>:*]': 'The schedule may invoke any version of the one function: the CDK writes it so.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<AuditAnchors34FFD86B.Arn>/anchors/*]': 'Every anchor of the one bucket: their keys are their times.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<AuditAnchoringFunction8814D90B.Arn>:*]': 'The schedule may invoke any version of the one function: the CDK writes it so.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<FaxesSweeper84AB781D.Arn>:*]': 'The schedule may invoke any version of the one function: the CDK writes it so.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::<NativeKeysFunction779A1032.Arn>:*]': 'The schedule may invoke any version of the one function: the CDK writes it so.',
  [`AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${consumerSecrets}*]`]:
    'Secrets that teams create for their own applications, by a prefix that names this stack: which there will be is not known before.',
  'AwsSolutions::AwsSolutions-CFR1': 'The people who look after a fax gateway travel; sessions and ranges of addresses keep others out.',
  'AwsSolutions::AwsSolutions-CFR2': 'A web ACL costs $9 a month whether or not anybody comes; docs/guides/deploy.md says how to attach one.',
  'AwsSolutions::AwsSolutions-CFR3': 'Its log would hold query strings and addresses of pages, so ids of faxes: the access log of the API and the audit trail hold who did what.',
  'AwsSolutions::AwsSolutions-CFR4':
    'On its own host name CloudFront decides which TLS it takes, and every current browser comes with 1.2 or 1.3; docs/guides/deploy.md says what a certificate of your own changes.',
  'Serverless::Serverless-LambdaDLQ':
    'Invoked synchronously or by SQS, whose queue has a dead-letter queue. The sweeper is invoked again a minute later.',
  'Serverless::Serverless-LambdaEventSourceMappingDestination': 'On-failure destinations are for streams; the queue has a dead-letter queue.',
  'Serverless::Serverless-SQSRedrivePolicy': 'It is the dead-letter queue.',
});

/** Of the CDK's own function that puts the console's files into their bucket: it runs while CloudFormation deploys, and never else. */
const exceptionsOfDeployments: Readonly<Record<string, string>> = {
  'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]': 'The CDK gives its function the role that AWS documents: it writes logs.',
  ...Object.fromEntries(
    [
      'Action::s3:GetBucket*',
      'Action::s3:GetObject*',
      'Action::s3:List*',
      'Action::s3:Abort*',
      'Action::s3:DeleteObject*',
      'Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*',
      'Resource::<ConsoleFilesBucket56BBFA60.Arn>/*',
    ].map((finding) => [`AwsSolutions::AwsSolutions-IAM5[${finding}]`, "The CDK writes it so: from its own bucket of assets into the console's, which hold nothing secret."]),
  ),
  'AwsSolutions::AwsSolutions-L1': "The runtime is the CDK's choice for its function.",
  'Serverless::Serverless-LambdaLatestVersion': "The runtime is the CDK's choice for its function.",
  'Serverless::Serverless-LambdaTracing': "No request passes it: a deployment that fails says why in the stack's events.",
};

/** Tells cdk-nag about every exception; a rule that is not listed here still fails the synthesis. */
export function acknowledgeExceptions(stack: Stack, config: Config): void {
  for (const [id, reason] of Object.entries(exceptionsFor(consumerSecretPrefix(config)))) Validations.of(stack).acknowledge({ id, reason });
  // The CDK makes one such function for the whole stack, by a name that is its own affair.
  const deployments = stack.node.children.filter(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
  for (const [id, reason] of Object.entries(exceptionsOfDeployments)) for (const one of deployments) Validations.of(one).acknowledge({ id, reason });
}
