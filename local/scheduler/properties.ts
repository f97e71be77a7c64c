/** The properties of schedules and rules that are enforced; a target is a Lambda function. */
import { z } from 'zod';

const name = z.string().regex(/^[\w.-]{1,64}$/, 'a name has letters, digits and _ . -, at most 64');
const functionArn = z
  .string()
  .regex(/^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/, 'the local cloud schedules Lambda functions alone, by their ARN');
const json = z.string().refine(isJson, 'must be JSON');
const retryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
  MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
});
const state = z.enum(['ENABLED', 'DISABLED']).optional();

export const scheduleProperties = z
  .strictObject({
    Name: name.optional(),
    GroupName: name.optional(),
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.string().optional(),
    StartDate: z.iso.datetime().optional(),
    EndDate: z.iso.datetime().optional(),
    State: state,
    FlexibleTimeWindow: z
      .discriminatedUnion('Mode', [
        z.strictObject({ Mode: z.literal('OFF') }),
        z.strictObject({ Mode: z.literal('FLEXIBLE'), MaximumWindowInMinutes: z.number().int().min(1).max(1440) }),
      ]),
    Target: z.strictObject({
      Arn: functionArn,
      RoleArn: z.string().min(1),
      Input: json.optional(),
      RetryPolicy: retryPolicy.optional(),
    }),
  });
export type ScheduleProperties = z.infer<typeof scheduleProperties>;

export const scheduleGroupProperties = z.strictObject({ Name: name.optional() });

export const ruleProperties = z.strictObject({
  Name: name.optional(),
  ScheduleExpression: z.string(),
  State: state,
  Targets: z
    .array(
      z.strictObject({
        Id: z.string().min(1).max(64),
        Arn: functionArn,
        Input: json.optional(),
        RetryPolicy: retryPolicy.optional(),
      }),
    )
    .min(1)
    .max(5),
});
export type RuleProperties = z.infer<typeof ruleProperties>;

/** @throws never: defaults are those of AWS */
export function retryPolicyOf(policy: z.infer<typeof retryPolicy> | undefined): { readonly maximumAttempts: number; readonly maximumAge: number } {
  return {
    maximumAttempts: policy?.MaximumRetryAttempts ?? 185,
    maximumAge: (policy?.MaximumEventAgeInSeconds ?? 86_400) * 1000,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
