/** What a key policy may say here: it hands the key to the account's IAM policies, which the local cloud evaluates. */
import { z } from 'zod';

const oneOrMore = z.union([z.string(), z.array(z.string())]);

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Allow', { error: 'the local cloud does not evaluate Deny in a key policy' }),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: z.record(z.string(), z.unknown()).optional(),
});

export const keyPolicy = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.array(statement),
});

/**
 * Whether the account root has every right, which makes IAM policies decide: the only kind of key policy that is
 * evaluated rightly by looking at identity policies alone. Statements for others beside it only add.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function leavesTheKeyToIdentityPolicies(policy: z.infer<typeof keyPolicy>, accountId: string): boolean {
  const root = [`arn:aws:iam::${accountId}:root`, accountId];
  return policy.Statement.some(
    ({ Principal, Action, Resource, Condition }) =>
      typeof Principal === 'object' &&
      [Principal['AWS'] ?? []].flat().some((principal) => root.includes(principal)) &&
      [Action].flat().some((action) => action === 'kms:*' || action === '*') &&
      [Resource].flat().includes('*') &&
      Condition === undefined,
  );
}
