/** AWS::IAM::Role, AWS::IAM::Policy and AWS::IAM::ManagedPolicy of a template. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { resourceType, type ResourceType, type StackIdentity } from '../cloud/resource.js';
import { managedPolicies } from './managed-policies.js';
import { compileIdentityPolicy, identityPolicyDocument, trustPolicyDocument, type Statement } from './policy-document.js';
import type { Roles } from './roles.js';

const maximumNameLength = 64;

/** The IAM resource types, which fill `roles`. */
export function iamResourceTypes(identity: StackIdentity, roles: Roles): readonly ResourceType[] {
  const managed = new Map<string, readonly Statement[]>(
    Object.entries(managedPolicies).map(([arn, document]) => [arn, compileIdentityPolicy(document, arn)]),
  );

  const role = resourceType({
    type: 'AWS::IAM::Role',
    properties: z.strictObject({
      RoleName: z.string().max(maximumNameLength).optional(),
      Path: z.string().default('/'),
      AssumeRolePolicyDocument: trustPolicyDocument,
      ManagedPolicyArns: z.array(z.string()).default([]),
      Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: identityPolicyDocument })).default([]),
    }),
    inert: {
      Description: 'Text.',
      Tags: 'No policy variable or cost report reads them.',
      MaxSessionDuration: 'Credentials end with the local cloud.',
    },
    create: async ({ logicalId, properties, generatedName }) => {
      const name = properties.RoleName ?? shortened(generatedName);
      const roleArn = `arn:aws:iam::${identity.accountId}:role${properties.Path}${name}`;
      roles.add(roleArn, name, properties.AssumeRolePolicyDocument);
      for (const arn of properties.ManagedPolicyArns) {
        const statements = managed.get(arn);
        if (statements === undefined) throw new Error(`the local cloud does not know the managed policy ${arn}`);
        roles.attach(name, statements);
      }
      for (const policy of properties.Policies)
        roles.attach(name, compileIdentityPolicy(policy.PolicyDocument, `${logicalId}, policy ${policy.PolicyName}`));
      return { ref: name, attributes: { Arn: roleArn, RoleId: `AROA${identifier(name)}` } };
    },
  });

  const policy = resourceType({
    type: 'AWS::IAM::Policy',
    properties: z.strictObject({ PolicyName: z.string(), PolicyDocument: identityPolicyDocument, Roles: z.array(z.string()) }),
    inert: {},
    create: async ({ logicalId, properties }) => {
      const statements = compileIdentityPolicy(properties.PolicyDocument, logicalId);
      for (const name of properties.Roles) roles.attach(name, statements);
      return { ref: properties.PolicyName, attributes: { Id: identifier(properties.PolicyName) } };
    },
  });

  const managedPolicy = resourceType({
    type: 'AWS::IAM::ManagedPolicy',
    properties: z.strictObject({
      ManagedPolicyName: z.string().optional(),
      Path: z.string().default('/'),
      PolicyDocument: identityPolicyDocument,
      Roles: z.array(z.string()).default([]),
    }),
    inert: { Description: 'Text.' },
    create: async ({ logicalId, properties, generatedName }) => {
      const statements = compileIdentityPolicy(properties.PolicyDocument, logicalId);
      const name = properties.ManagedPolicyName ?? generatedName;
      const arn = `arn:aws:iam::${identity.accountId}:policy${properties.Path}${name}`;
      managed.set(arn, statements);
      for (const roleName of properties.Roles) roles.attach(roleName, statements);
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
  });

  return [role, policy, managedPolicy];
}

function shortened(name: string): string {
  return name.length <= maximumNameLength ? name : `${name.slice(0, maximumNameLength - 13)}-${identifier(name).slice(0, 12)}`;
}

function identifier(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase();
}
