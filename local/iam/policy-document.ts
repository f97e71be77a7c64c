/**
 * IAM policy documents: their schema, and statements compiled for matching.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import * as z from 'zod';
import { parseConditions, type Conditions } from './conditions.js';
import { matchesAction, matchesResource } from './pattern.js';

const strings = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const conditionBlock = z.record(
  z.string(),
  z.record(
    z.string(),
    z
      .union([z.string(), z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))])
      .transform((value) => [value].flat().map(String)),
  ),
);

const common = {
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Condition: conditionBlock.optional(),
};

const identityStatement = z
  .strictObject({ ...common, Resource: strings.optional(), NotResource: strings.optional() })
  .refine((statement) => (statement.Action === undefined) !== (statement.NotAction === undefined), 'a statement needs Action or NotAction')
  .refine(
    (statement) => (statement.Resource === undefined) !== (statement.NotResource === undefined),
    'a statement needs Resource or NotResource',
  )
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
  .refine(
    (statement) => !JSON.stringify(statement).includes('${'),
    'policy variables (${…}) are not supported by the local cloud',
  );

const principal = z.union([z.literal('*'), z.partialRecord(z.enum(['Service', 'AWS', 'Federated', 'CanonicalUser']), strings)]);
const trustStatement = z.strictObject({ ...common, Principal: principal });
const resourceStatement = z.strictObject({ ...common, Principal: principal, Action: strings, Resource: strings });

const version = z.enum(['2012-10-17', '2008-10-17']).optional();
/** IAM takes one statement without its list. */
const list = <Item extends z.ZodType>(item: Item) => z.union([z.array(item), item.transform((one) => [one])]);

/** An identity policy as a template writes it. */
export const identityPolicyDocument = z.strictObject({ Version: version, Id: z.string().optional(), Statement: list(identityStatement) });
export type IdentityPolicyDocument = z.output<typeof identityPolicyDocument>;

/** A role's AssumeRolePolicyDocument. */
export const trustPolicyDocument = z.strictObject({ Version: version, Id: z.string().optional(), Statement: list(trustStatement) });
export type TrustPolicyDocument = z.output<typeof trustPolicyDocument>;

/** A resource's own policy, such as a bucket's. */
export const resourcePolicyDocument = z.strictObject({ Version: version, Id: z.string().optional(), Statement: list(resourceStatement) });
export type ResourcePolicyDocument = z.output<typeof resourcePolicyDocument>;

/** One statement, ready to match. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly appliesToAction: (action: string) => boolean;
  readonly appliesToResource: (resourceArn: string) => boolean;
  readonly conditions: Conditions;
}

/**
 * Compiles a document's statements.
 * @param label names the policy in errors
 * @throws Error for condition operators and keys that the local cloud does not evaluate
 */
export function compileIdentityPolicy(document: IdentityPolicyDocument, label: string): readonly Statement[] {
  return document.Statement.map((statement, index) => {
    const actions = statement.Action ?? statement.NotAction ?? [];
    const resources = statement.Resource ?? statement.NotResource ?? [];
    return {
      effect: statement.Effect,
      appliesToAction: inverted(statement.Action === undefined, matchesAction(actions)),
      appliesToResource: inverted(statement.Resource === undefined, matchesResource(resources)),
      conditions: parseConditions(statement.Condition ?? {}, `${label}, statement ${statement.Sid ?? index}`),
    };
  });
}

function inverted(invert: boolean, matches: (value: string) => boolean): (value: string) => boolean {
  return invert ? (value) => !matches(value) : matches;
}

/**
 * Compiles those statements of a resource's policy that speak of an AWS service.
 * @param service such as cloudfront.amazonaws.com
 * @param label names the policy in errors
 * @throws Error for condition operators and keys that the local cloud does not evaluate
 */
export function compileResourcePolicy(document: ResourcePolicyDocument, service: string, label: string): readonly Statement[] {
  const statements = document.Statement.filter(
    ({ Principal: who }) => who === '*' || who.AWS?.includes('*') === true || who.Service?.includes(service) === true,
  );
  return compileIdentityPolicy(identityPolicyDocument.parse({ Statement: statements.map(({ Principal: _who, ...statement }) => statement) }), label);
}
