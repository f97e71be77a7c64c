/** Values of mapped headers: `'a literal'`, `context.requestId`, `stageVariables.x`, `method.request.header.Origin`. */
import { contextVariable, type Variable } from './context-variables.js';
import { requestParameter } from './text-template.js';

/**
 * Compiles an expression; its value is undefined where the request doesn't have it (the header is then left out).
 * @throws Error for an expression that can't run here
 */
export function valueExpression(expression: string): Variable {
  const literal = /^'(.*)'$/s.exec(expression)?.[1];
  if (literal !== undefined) return () => literal;
  if (expression.startsWith('context.')) return contextVariable(expression.slice('context.'.length));
  const stageVariable = /^stageVariables\.(\w+)$/.exec(expression)?.[1];
  if (stageVariable !== undefined) return ({ stage }) => stage.stageVariables?.[stageVariable];
  const [, location, name] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(expression) ?? [];
  const parameter = requestParameter(location, name);
  if (parameter !== undefined) return parameter;
  throw new Error(`the local cloud does not evaluate the parameter mapping ${JSON.stringify(expression)}`);
}
