/**
 * The policy document of a form upload (presigned POST): what it allows, and whether a form keeps to it. Pure.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';

/** Form fields by lower-case name. */
export type FormFields = Readonly<Record<string, string>>;

type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly kind: 'content-length-range'; readonly minimum: number; readonly maximum: number };

export interface PostPolicy {
  /** Milliseconds since the epoch. */
  readonly expiration: number;
  readonly conditions: readonly Condition[];
}

const length = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const policyDocument = z.strictObject({
  expiration: z.string(),
  conditions: z.array(
    z.union([
      z.record(z.string(), z.string()),
      z.tuple([z.string().regex(/^(eq|starts-with)$/i), z.string().startsWith('$'), z.string()]),
      z.tuple([z.string().regex(/^content-length-range$/i), length, length]),
    ]),
  ),
});

/** Fields that need no condition. */
const uncovered = new Set(['policy', 'x-amz-signature', 'file']);

/**
 * Reads the policy out of its form field.
 * @throws AwsError InvalidPolicyDocument
 */
export function parsePolicy(base64: string): PostPolicy {
  let document: z.infer<typeof policyDocument>;
  try {
    document = policyDocument.parse(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
  } catch {
    throw invalidPolicy('Invalid JSON, or not of the form of a policy.');
  }
  const expiration = Date.parse(document.expiration);
  if (Number.isNaN(expiration)) throw invalidPolicy(`Invalid 'expiration' value: '${document.expiration}'`);
  return { expiration, conditions: document.conditions.flatMap(conditionsOf) };
}

function conditionsOf(condition: z.infer<typeof policyDocument>['conditions'][number]): readonly Condition[] {
  if (!Array.isArray(condition))
    return Object.entries(condition).map(([field, value]) => ({ kind: 'eq', field: field.toLowerCase(), value }));
  const [kind, second, third] = condition;
  if (typeof second === 'number' || typeof third === 'number')
    return [{ kind: 'content-length-range', minimum: Number(second), maximum: Number(third) }];
  return [{ kind: kind.toLowerCase() === 'eq' ? 'eq' : 'starts-with', field: second.slice(1).toLowerCase(), value: third }];
}

/**
 * Lets a form pass that keeps to the policy at `now`.
 * @param fields all fields but the file, with `bucket` set to the bucket that is written to
 * @throws AwsError AccessDenied
 */
export function checkForm(policy: PostPolicy, fields: FormFields, now: number): void {
  if (policy.expiration <= now) throw denied('Policy expired.');
  for (const condition of policy.conditions) {
    if (condition.kind === 'content-length-range') continue;
    const given = fields[condition.field] ?? '';
    if (!meets(condition, given))
      throw denied(`Policy Condition failed: ["${condition.kind}", "$${condition.field}", "${condition.value}"]`);
  }
  const covered = new Set(policy.conditions.flatMap((condition) => ('field' in condition ? [condition.field] : [])));
  const extra = Object.keys(fields).find(
    (name) => name !== 'bucket' && !covered.has(name) && !uncovered.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`);
}

/** The sizes in bytes that a file may have. */
export function allowedSizes(policy: PostPolicy): { readonly minimum: number; readonly maximum: number } {
  let minimum = 0;
  let maximum = 5 * 1024 ** 3;
  for (const condition of policy.conditions) {
    if (condition.kind !== 'content-length-range') continue;
    minimum = Math.max(minimum, condition.minimum);
    maximum = Math.min(maximum, condition.maximum);
  }
  return { minimum, maximum };
}

function meets(condition: Exclude<Condition, { kind: 'content-length-range' }>, given: string): boolean {
  if (condition.kind === 'eq') return given === condition.value;
  // A list of content types matches where each of them does.
  const values = condition.field === 'content-type' ? given.split(',') : [given];
  return values.every((value) => value.startsWith(condition.value));
}

function denied(reason: string): AwsError {
  return new AwsError('AccessDenied', `Invalid according to Policy: ${reason}`, 403);
}

function invalidPolicy(reason: string): AwsError {
  return new AwsError('InvalidPolicyDocument', `Invalid Policy: ${reason}`, 400);
}
