/** Identity-policy evaluation: an explicit deny wins, then an allow, else nobody may. Pure. */
import type { RequestContext } from './conditions.js';
import type { Statement } from './policy-document.js';

export type Decision = 'allowed' | 'explicitly-denied' | 'not-allowed';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account without boundaries. */
export function evaluate(
  statements: readonly Statement[],
  action: string,
  resourceArn: string,
  context: RequestContext,
): Decision {
  let decision: Decision = 'not-allowed';
  for (const statement of statements) {
    if (decision === 'allowed' && statement.effect === 'Allow') continue;
    if (!statement.appliesToAction(action) || !statement.appliesToResource(resourceArn)) continue;
    if (!statement.conditions.every((holds) => holds(context))) continue;
    if (statement.effect === 'Deny') return 'explicitly-denied';
    decision = 'allowed';
  }
  return decision;
}

/** The words of AWS for a refusal; S3 quotes the resource. */
export function refusal(
  decision: Exclude<Decision, 'allowed'>,
  user: string,
  action: string,
  resourceArn: string,
): string {
  const resource = action.startsWith('s3:') ? `"${resourceArn}"` : resourceArn;
  const reason =
    decision === 'explicitly-denied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

/** S3, SQS and STS say AccessDenied, SNS AuthorizationError, all others AccessDeniedException; the JSON services answer 400. */
export function refusalCode(action: string): { readonly code: string; readonly status: number } {
  const service = action.slice(0, action.indexOf(':')).toLowerCase();
  if (service === 'sns') return { code: 'AuthorizationError', status: 403 };
  return {
    code: ['s3', 'sqs', 'sts'].includes(service) ? 'AccessDenied' : 'AccessDeniedException',
    status: ['dynamodb', 'secretsmanager', 'logs', 'kms'].includes(service) ? 400 : 403,
  };
}
