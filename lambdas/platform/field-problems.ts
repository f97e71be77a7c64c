/** What is wrong with a request, field by field, in the contract's shape. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';

export interface FieldProblem {
  /** The way to the field in the request, such as `values.MAX_FILE_SIZE_MB`. */
  readonly field: string;
  readonly message: string;
}

/** The words of zod/mini where a schema has none of its own. */
const noWords = 'Invalid input';

/** One problem for each field and message: a number can break two rules that are told in the same words. */
export function fieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
  const problems = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: [...issue.path, key].join('.'),
          message: issue.message === noWords ? 'is not a field of this operation' : issue.message,
        }))
      : [{ field: issue.path.join('.') || 'body', message: issue.message }],
  );
  return [...new Map(problems.map((problem) => [`${problem.field}: ${problem.message}`, problem])).values()];
}

/** The 422 that names them. */
export function invalidRequest(problems: readonly FieldProblem[]): ContractError {
  return new ContractError('invalid_request', { detail: problems.map(({ field, message }) => `${field}: ${message}`).join('; '), fields: problems });
}
