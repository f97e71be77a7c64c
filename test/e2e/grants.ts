/** What the roles of the synthesized template may do, one grant for each action on each resource, in words that a person can compare. */
import * as z from 'zod';
import { functionId, type Template } from './stack-resources.js';

/** One action of one allow statement, on one of its resources. */
export interface Grant {
  /** Logical id of the policy. */
  readonly policy: string;
  /** Position of the statement in it. */
  readonly statement: number;
  readonly action: string;
  /** `<logical id>` where the resource is one of the template, with whatever stands around it; `*` for all. */
  readonly resource: string;
}

const strings = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const policyShape = z.object({
  Roles: z.array(z.object({ Ref: z.string() })),
  PolicyDocument: z.object({
    Statement: z.array(
      z.strictObject({
        Effect: z.literal('Allow'),
        Action: strings,
        Resource: z.unknown(),
      }),
    ),
  }),
});
const functionRole = z.object({ Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) });

const intrinsic = z.union([
  z.strictObject({ Ref: z.string() }).transform(({ Ref: id }) => `<${id}>`),
  z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }).transform(({ 'Fn::GetAtt': [id = ''] }) => `<${id}>`),
]);
const part = z.union([z.string(), intrinsic]);
const resource = z.union([
  part,
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(part)]) }).transform(({ 'Fn::Join': [glue, parts] }) => parts.join(glue)),
]);
const resources = z.union([z.array(resource), resource.transform((one) => [one])]);

/** All grants to a function's role. @throws Error for a policy that is written in any other way */
export function grantsOf(template: Template, functionName: string): readonly Grant[] {
  const {
    Role: {
      'Fn::GetAtt': [role],
    },
  } = functionRole.parse(template.Resources[functionId(template, functionName)]?.Properties);
  return Object.entries(template.Resources).flatMap(([policy, { Type, Properties }]) => {
    if (Type !== 'AWS::IAM::Policy') return [];
    const { Roles, PolicyDocument } = policyShape.parse(Properties);
    if (!Roles.some(({ Ref: id }) => id === role)) return [];
    return PolicyDocument.Statement.flatMap(({ Action, Resource }, statement) =>
      Action.flatMap((action) => resources.parse(Resource).map((one) => ({ policy, statement, action, resource: one }))),
    );
  });
}

/** A statement's resource, or one of them, as a grant names it. */
export function resourceName(written: unknown): string {
  return resource.parse(written);
}

/** `action on resource`, without the digits that the CDK adds to a logical id. */
export function words({ action, resource: on }: Pick<Grant, 'action' | 'resource'>): string {
  return `${action} on ${on.replace(/<(\w+?)[0-9A-F]{8}>/, '$1')}`;
}
