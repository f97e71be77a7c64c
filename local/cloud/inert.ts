/** What of a template has no effect on one machine. */
import { references } from './intrinsics.js';
import type { Template } from './template.js';

/**
 * The resource types that have no effect on one machine, each with its reason. This list is reviewed: a type gets here
 * only where leaving it out can't make something work locally that fails on AWS, or where the reason says what is not checked.
 */
export const inertResourceTypes: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'Tells AWS which construct libraries are in use; nothing runs.',
  'AWS::SQS::QueuePolicy':
    'Resource policies are not evaluated: the only callers are roles of this account, whose identity policies are, and TLS (aws:SecureTransport) does not exist on the loopback.',
  'AWS::SecretsManager::ResourcePolicy':
    'Resource policies are not evaluated: the only callers are roles of this account, whose identity policies are; secrets are never deleted here.',
  'AWS::SNS::TopicPolicy':
    'Resource policies are not evaluated: the only publishers are roles of this account, whose identity policies are, and TLS (aws:SecureTransport) does not exist on the loopback.',
  'AWS::Lambda::LayerVersion': 'Only what is built in has layers (the AWS CLI of a bucket deployment); a function that names one is an error.',
  'AWS::ApiGateway::Account':
    'The role that lets API Gateway write logs is a setting of the whole account; here access logs are written by the gateway itself.',
  'AWS::CloudWatch::Alarm': 'No metrics are collected on one machine, so no alarm can ring.',
  'AWS::CloudWatch::CompositeAlarm': 'No metrics are collected on one machine, so no alarm can ring.',
  'AWS::CloudWatch::Dashboard': 'No metrics are collected on one machine, so there is nothing to draw.',
};

/**
 * Custom resources that are built in, each with its reason. Exactly the function that is the provider of such a resource (its
 * ServiceToken) is not started.
 */
export const builtInCustomResources: Readonly<Record<string, string>> = {
  'Custom::CDKBucketDeployment':
    'Its provider is a program in Python around the AWS CLI, which this machine need not have. local/s3/bucket-deployment.ts copies the files; who may copy them is not checked, and nothing is invalidated where nothing is cached.',
};

/** Logical ids of the functions that are the providers of built-in custom resources. */
export function builtInProviders(resources: Template['Resources']): ReadonlySet<string> {
  return new Set(
    Object.values(resources).flatMap(({ Type, Properties }) =>
      Type in builtInCustomResources
        ? [...references(Properties?.['ServiceToken'] ?? '')].filter((name) => resources[name]?.Type === 'AWS::Lambda::Function')
        : [],
    ),
  );
}

/** Template parameters that only ask whether the AWS account is bootstrapped for the CDK. */
export const inertParameters: Readonly<Record<string, string>> = {
  BootstrapVersion: 'Read from the account by CloudFormation; this machine needs no CDK bootstrap.',
};

/** Template rules that only ask whether the AWS account is bootstrapped for the CDK. */
export const inertRules: Readonly<Record<string, string>> = {
  CheckBootstrapVersion: 'Checks the parameter BootstrapVersion.',
};
