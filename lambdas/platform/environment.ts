/** A function's own environment, typed by the contract and complete before the first request. */
import { functionEnvironments, type FunctionEnvironment, type FunctionName } from '../contract/environment.js';

/**
 * Reads the variables of one function.
 * @throws Error that names a missing variable: the function then fails at its start, not in the middle of a request.
 */
export function readEnvironment<F extends FunctionName>(functionName: F): FunctionEnvironment<F> {
  const names: readonly string[] = functionEnvironments[functionName];
  const variables = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  if (isComplete(functionName, variables)) return variables;
  const missing = names.filter((name) => !isSet(variables[name]));
  throw new Error(`The environment variable ${missing.join(', ')} of the function ${functionName} is not set`);
}

function isComplete<F extends FunctionName>(
  functionName: F,
  variables: Readonly<Record<string, string | undefined>>,
): variables is FunctionEnvironment<F> {
  return functionEnvironments[functionName].every((name) => isSet(variables[name]));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** A variable that the stack sets to a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`Not a whole number in the environment: ${text}`);
  return Number(text);
}
