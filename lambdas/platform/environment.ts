/** A function's own environment, typed by the contract and complete before the first request. */
import { functionEnvironments, type FunctionEnvironment, type FunctionName } from '../contract/environment.js';

/**
 * Reads the variables of one function.
 * @throws Error that names a missing variable: the function then fails at its start, not in the middle of a request.
 */
export function readEnvironment<F extends FunctionName>(functionName: F): FunctionEnvironment<F> {
  const names: readonly string[] = functionEnvironments[functionName];
  const entries = names.map((name) => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new Error(`The environment variable ${name} of the function ${functionName} is not set`);
    return [name, value];
  });
  const environment: FunctionEnvironment<F> = Object.fromEntries(entries);
  return environment;
}

/** A variable that the stack sets to a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`Not a whole number in the environment: ${text}`);
  return Number(text);
}
