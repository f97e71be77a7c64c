/** Identity policies and trust policies, as AWS evaluates them. */
import { Roles } from '../../local/iam/roles.js';
import { iamResourceTypes } from '../../local/iam/resource-types.js';
import { deploy } from '../../local/cloud/deploy.js';
import { parseTemplate } from '../../local/cloud/template.js';
import type { StackIdentity } from '../../local/cloud/resource.js';

const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'us-east-1',
  partition: 'aws',
  stackName: 'Stack',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Stack/1',
};
const trust = (Service: string, Condition?: object) => ({
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service }, ...(Condition && { Condition }) }],
});
const bucket = 'arn:aws:s3:::documents';

/** A role with one inline policy of these statements. */
async function roleWith(statements: readonly object[], extra: object = {}, AssumeRolePolicyDocument: object = trust('lambda.amazonaws.com')) {
  const roles = new Roles(identity);
  const template = parseTemplate({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'worker', AssumeRolePolicyDocument, ...extra } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: { Version: '2012-10-17', Statement: statements } },
      },
    },
  });
  await deploy(template, identity, iamResourceTypes(identity, roles));
  const roleArn = 'arn:aws:iam::000000000000:role/worker';
  return {
    roles,
    roleArn,
    try: (action: string, resource: string): string => {
      try {
        roles.authorize({ kind: 'role', roleArn, functionName: 'send' }, action, resource);
        return 'allowed';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    },
  };
}

describe('identity policies', () => {
  test('what no statement allows is refused in the words of AWS', async () => {
    const role = await roleWith([{ Effect: 'Allow', Action: 's3:PutObject', Resource: `${bucket}/*` }]);
    expect(role.try('s3:PutObject', `${bucket}/a/b`)).toBe('allowed');
    expect(role.try('s3:GetObject', `${bucket}/a`)).toBe(
      `User: arn:aws:sts::000000000000:assumed-role/worker/send is not authorized to perform: s3:GetObject on resource: "${bucket}/a" because no identity-based policy allows the s3:GetObject action`,
    );
  });

  test('an explicit deny wins over every allow, in any order', async () => {
    const role = await roleWith([
      { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' },
      { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    ]);
    expect(role.try('dynamodb:GetItem', 'arn:t')).toBe('allowed');
    expect(role.try('dynamodb:DeleteItem', 'arn:t')).toMatch(/on resource: arn:t with an explicit deny in an identity-based policy$/);
  });

  test('wildcards: * crosses slashes and colons, ? is one character, actions in any case, resources in exact case', async () => {
    const role = await roleWith([{ Effect: 'Allow', Action: 'S3:get*', Resource: [`${bucket}/fax-?/*`, 'arn:aws:s3:*:other'] }]);
    expect(role.try('s3:GetObject', `${bucket}/fax-1/x/y`)).toBe('allowed');
    expect(role.try('s3:GetObject', `${bucket}/fax-12/x`)).not.toBe('allowed');
    expect(role.try('s3:GetObject', `${bucket}/FAX-1/x`)).not.toBe('allowed');
    expect(role.try('s3:GetObject', 'arn:aws:s3:::other')).toBe('allowed');
  });

  test('a dot in a pattern is a dot', async () => {
    const role = await roleWith([{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:a.b' }]);
    expect(role.try('s3:GetObject', 'arn:axb')).not.toBe('allowed');
  });

  test('NotAction and NotResource are all others', async () => {
    const role = await roleWith([{ Effect: 'Allow', NotAction: 's3:Delete*', NotResource: `${bucket}/secret/*` }]);
    expect(role.try('s3:GetObject', `${bucket}/a`)).toBe('allowed');
    expect(role.try('s3:DeleteObject', `${bucket}/a`)).not.toBe('allowed');
    expect(role.try('s3:GetObject', `${bucket}/secret/a`)).not.toBe('allowed');
  });

  test('conditions on what is known are evaluated', async () => {
    const here = await roleWith([{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-east-1'] } } }]);
    expect(here.try('s3:GetObject', bucket)).toBe('allowed');
    const elsewhere = await roleWith([{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringNotLike: { 'aws:ResourceAccount': '0000*' } } }]);
    expect(elsewhere.try('s3:GetObject', bucket)).not.toBe('allowed');
  });

  test.each([
    [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringEquals: { 's3:prefix': 'x' } } }, 'Policy, statement 0: the local cloud does not evaluate the condition key s3:prefix'],
    [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { NumericEquals: { 'aws:PrincipalArn': '1' } } }, 'condition operator NumericEquals'],
    [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::${aws:username}' }, 'policy variables'],
    [{ Effect: 'Allow', Resource: '*' }, 'Action or NotAction'],
    [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Colour: 'red' }, 'Colour'],
  ])('%j stops the start', async (statement, message) => {
    await expect(roleWith([statement])).rejects.toThrow(message);
  });

  test('managed policies are those of AWS, and an unknown one stops the start', async () => {
    const arn = (name: string): object => ({ ManagedPolicyArns: [`arn:aws:iam::aws:policy/${name}`] });
    const role = await roleWith([{ Effect: 'Allow', Action: 'x:y', Resource: '*' }], arn('service-role/AWSLambdaBasicExecutionRole'));
    expect(role.try('logs:PutLogEvents', 'arn:any')).toBe('allowed');
    await expect(roleWith([], arn('AdministratorAccess'))).rejects.toThrow('does not know the managed policy');
  });

  test('the administrator may do everything', () => {
    expect(() => new Roles(identity).authorize({ kind: 'administrator' }, 's3:DeleteBucket', bucket)).not.toThrow();
  });
});

describe('trust policies', () => {
  test('only the service that is trusted may act through a role', async () => {
    const { roles, roleArn } = await roleWith([], {}, trust('scheduler.amazonaws.com'));
    expect(roles.trusts(roleArn, 'scheduler.amazonaws.com')).toBe(true);
    expect(roles.trusts(roleArn, 'lambda.amazonaws.com')).toBe(false);
  });

  test('its condition on the account and the source holds', async () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '000000000000' }, ArnLike: { 'aws:SourceArn': 'arn:aws:scheduler:*:*:schedule/mine/*' } };
    const { roles, roleArn } = await roleWith([], {}, trust('scheduler.amazonaws.com', condition));
    const source = (group: string): string => `arn:aws:scheduler:us-east-1:000000000000:schedule/${group}/x`;
    expect(roles.trusts(roleArn, 'scheduler.amazonaws.com', source('mine'))).toBe(true);
    expect(roles.trusts(roleArn, 'scheduler.amazonaws.com', source('other'))).toBe(false);
  });
});
