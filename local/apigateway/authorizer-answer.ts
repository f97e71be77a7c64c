/** Reads what a Lambda authorizer returned. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html */
import { type AuthorizerPolicy, compilePolicy, PolicyProblem } from './authorizer-policy.js';

export interface AuthorizerAnswer {
  readonly principalId: string | undefined;
  readonly usageIdentifierKey: string | undefined;
  /** Strings, numbers and booleans, as strings; null is left out. */
  readonly context: Readonly<Record<string, string>>;
  readonly policy: AuthorizerPolicy;
}

/** AWS takes no larger answer. */
const answerLimit = 8 * 1024;

export class AnswerProblem extends Error {}

/** @throws AnswerProblem for whatever AWS answers with AUTHORIZER_CONFIGURATION_ERROR */
export function readAuthorizerAnswer(payload: string): AuthorizerAnswer {
  if (Buffer.byteLength(payload) > answerLimit) throw new AnswerProblem(`it has more than ${String(answerLimit)} bytes`);
  const answer = parse(payload);
  try {
    return {
      principalId: text(answer, 'principalId'),
      usageIdentifierKey: text(answer, 'usageIdentifierKey'),
      context: contextOf(answer['context']),
      policy: compilePolicy(answer['policyDocument']),
    };
  } catch (error) {
    if (error instanceof PolicyProblem) throw new AnswerProblem(error.message);
    throw error;
  }
}

/** Whether a failed authorizer asks for a 401: it threw an error with exactly this message. */
export function isUnauthorized(errorPayload: string): boolean {
  try {
    const error: unknown = JSON.parse(errorPayload);
    return typeof error === 'object' && error !== null && 'errorMessage' in error && error.errorMessage === 'Unauthorized';
  } catch {
    return false;
  }
}

function parse(payload: string): Readonly<Record<string, unknown>> {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    throw new AnswerProblem('it is not JSON');
  }
  if (!isRecord(answer)) throw new AnswerProblem('it is not an object');
  return answer;
}

function text(answer: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = answer[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AnswerProblem(`${name} is not a string`);
  return value;
}

function contextOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new AnswerProblem('context is not an object');
  const context: Record<string, string> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry === null) continue;
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean')
      throw new AnswerProblem(`context.${name} is neither text, a number, nor true or false`);
    context[name] = String(entry);
  }
  return context;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
