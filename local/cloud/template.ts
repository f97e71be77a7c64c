/** The CloudFormation template as the CDK synthesizes it: its sections, checked for shape before anything runs. */
import * as z from 'zod';

/** Any JSON value, with or without intrinsics in it. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

const templateValue: z.ZodType<TemplateValue> = z.json();
const properties = z.record(z.string(), templateValue);

const resource = z.strictObject({
  Type: z.string(),
  Properties: properties.optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  // Inert: they speak to CloudFormation's updates and deletions; here data stays until `--reset`.
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  // Inert: construct paths and asset hints for tools.
  Metadata: templateValue.optional(),
});

const output = z.strictObject({
  Value: templateValue,
  Description: z.string().optional(),
  Condition: z.string().optional(),
  // Inert: one stack runs here, so nobody imports.
  Export: templateValue.optional(),
});

const parameter = z.object({ Type: z.string(), Default: templateValue.optional() });

const template = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: templateValue.optional(),
  Parameters: z.record(z.string(), parameter).default({}),
  Rules: z.record(z.string(), templateValue).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), templateValue))).default({}),
  Conditions: z.record(z.string(), templateValue).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), output).default({}),
});

export type Template = z.infer<typeof template>;
export type TemplateResource = z.infer<typeof resource>;

/**
 * Checks a parsed template for sections and resource attributes that the local cloud does not know.
 * @throws DeploymentError with all of them
 */
export function parseTemplate(json: unknown): Template {
  const parsed = template.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DeploymentError(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'Template'}: ${issue.message}`));
}

/** What keeps a template from running here: one sentence for each problem. */
export class DeploymentError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? `The template can't run here: ${problems[0]}`
        : `The template can't run here, for ${problems.length} reasons:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'DeploymentError';
  }
}
