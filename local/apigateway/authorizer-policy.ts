/** Decides by the policy that a Lambda authorizer returned whether its caller may invoke a method. */
import { matchesAction, matchesResource } from '../iam/pattern.js';

export type Decision = 'allowed' | 'explicitly-denied' | 'implicitly-denied';

/** Compiled, so that a cached answer is not read again for each request. */
export interface AuthorizerPolicy {
  readonly decide: (methodArn: string) => Decision;
}

/** The policy document is none, or has parts that don't run here. */
export class PolicyProblem extends Error {}

/** @throws PolicyProblem */
export function compilePolicy(document: unknown): AuthorizerPolicy {
  if (!isRecord(document)) throw new PolicyProblem('there is no policyDocument');
  const statements = [document['Statement'] ?? []].flat().map(compileStatement);
  return {
    decide: (methodArn) => {
      let decision: Decision = 'implicitly-denied';
      for (const { effect, applies } of statements) {
        if (!applies(methodArn)) continue;
        if (effect === 'Deny') return 'explicitly-denied';
        decision = 'allowed';
      }
      return decision;
    },
  };
}

function compileStatement(statement: unknown): {
  readonly effect: 'Allow' | 'Deny';
  readonly applies: (methodArn: string) => boolean;
} {
  if (!isRecord(statement)) throw new PolicyProblem('a Statement is not an object');
  if (statement['Condition'] !== undefined)
    throw new PolicyProblem('the local cloud does not evaluate a Condition in an authorizer policy');
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyProblem('Effect is neither Allow nor Deny');
  const action = element(statement, 'Action', matchesAction)('execute-api:Invoke');
  const resource = element(statement, 'Resource', matchesResource);
  return { effect, applies: (methodArn) => action && resource(methodArn) };
}

function element(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  matcher: (patterns: readonly string[]) => (value: string) => boolean,
): (value: string) => boolean {
  const [own, other] = [statement[name], statement[`Not${name}`]];
  if ((own === undefined) === (other === undefined)) throw new PolicyProblem(`a Statement needs ${name} or Not${name}`);
  const patterns = [own ?? other].flat();
  if (!patterns.every((pattern) => typeof pattern === 'string')) throw new PolicyProblem(`${name} is not a list of strings`);
  const matches = matcher(patterns);
  return own === undefined ? (value) => !matches(value) : matches;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
