/** Which jobs of a list are wanted, and how DynamoDB is told. Pure. */
import type { JobState } from './job.js';

export interface JobFilter {
  readonly states: readonly JobState[] | undefined;
  readonly backend: string | undefined;
}

/** What a query says of a filter, beside its own values. */
export function filterExpressions({ states, backend }: JobFilter): {
  readonly names: { readonly FilterExpression?: string; readonly ExpressionAttributeNames?: Readonly<Record<string, string>> };
  readonly values: Readonly<Record<string, unknown>>;
} {
  const conditions: string[] = [];
  const values: Record<string, unknown> = {};
  if (states !== undefined) {
    states.forEach((state, index) => (values[`:state${index}`] = state));
    // `IN ()` is no expression: no state at all matches no job.
    conditions.push(states.length === 0 ? 'attribute_not_exists(id)' : `#state IN (${states.map((_, index) => `:state${index}`).join(', ')})`);
  }
  if (backend !== undefined) {
    values[':backend'] = backend;
    conditions.push('backend = :backend');
  }
  return {
    names: {
      ...(conditions.length === 0 ? {} : { FilterExpression: conditions.join(' AND ') }),
      ...(states === undefined || states.length === 0 ? {} : { ExpressionAttributeNames: { '#state': 'state' } }),
    },
    values,
  };
}
