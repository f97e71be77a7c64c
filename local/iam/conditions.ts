/** The Condition block of a policy statement, for the operators that the CDK writes. Everything else stops the start. */
import { arnLike, wildcard } from './pattern.js';

/** What is known about a request, by condition key in lower case (keys are case-insensitive). */
export type RequestContext = Readonly<Record<string, string>>;
export type Conditions = readonly ((context: RequestContext) => boolean)[];

/** The condition keys that the local cloud fills in; another key would silently never match. */
const knownKeys: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:resourceaccount',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  's3:tlsversion',
]);

interface Operator {
  readonly matcher: (expected: string) => (actual: string) => boolean;
  /** Negated operators are true when no expected value matches, and when the key is absent. */
  readonly negated: boolean;
}

const exactly = (expected: string) => (actual: string) => actual === expected;
const ignoringCase = (expected: string) => (actual: string) => actual.toLowerCase() === expected.toLowerCase();
const like = (expected: string) => wildcard(expected);

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { matcher: exactly, negated: false },
  StringNotEquals: { matcher: exactly, negated: true },
  StringEqualsIgnoreCase: { matcher: ignoringCase, negated: false },
  StringLike: { matcher: like, negated: false },
  StringNotLike: { matcher: like, negated: true },
  ArnEquals: { matcher: arnLike, negated: false },
  ArnLike: { matcher: arnLike, negated: false },
  ArnNotEquals: { matcher: arnLike, negated: true },
  ArnNotLike: { matcher: arnLike, negated: true },
  Bool: { matcher: ignoringCase, negated: false },
  NumericLessThan: { matcher: (expected: string) => (actual: string) => Number(actual) < Number(expected), negated: false },
};

/**
 * Compiles a Condition block.
 * @param label names the statement in errors
 * @throws Error for operators and keys that the local cloud does not evaluate
 */
export function parseConditions(
  block: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  label: string,
): Conditions {
  return Object.entries(block).flatMap(([operatorName, keys]) => {
    const optional = operatorName.endsWith('IfExists');
    const operator = operators[optional ? operatorName.slice(0, -'IfExists'.length) : operatorName];
    if (operator === undefined)
      throw new Error(`${label}: the local cloud does not evaluate the condition operator ${operatorName}`);
    return Object.entries(keys).map(([key, expected]) => {
      const name = key.toLowerCase();
      if (!knownKeys.has(name)) throw new Error(`${label}: the local cloud does not evaluate the condition key ${key}`);
      const matchers = expected.map(operator.matcher);
      return (context: RequestContext) => {
        const actual = context[name];
        if (actual === undefined) return optional || operator.negated;
        return matchers.some((matches) => matches(actual)) !== operator.negated;
      };
    });
  });
}
