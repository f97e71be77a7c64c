/** Holds what the gateway answered against the schemas of the operations table: from here on it has its type. */
import * as z from 'zod/mini';
import { operationSchemas, type OperationSchemas } from '../../../lambdas/contract/operation-schemas.js';
import type { OperationId } from '../../../lambdas/contract/operations.js';
import { errorSchema } from '../../../lambdas/contract/schemas.js';
import { GatewayError } from './gateway-error.js';
import type { AnswerOf } from './operation-types.js';

// Compiling a schema takes `new Function`, which the Content-Security-Policy forbids.
z.config({ jitless: true });

/** @throws GatewayError with the server's detail, also where the answer is not what the contract says */
export function readAnswer<Id extends OperationId>(id: Id, answer: HttpAnswer): AnswerOf<Id>;
export function readAnswer(id: OperationId, answer: HttpAnswer): unknown {
  const { answers }: OperationSchemas = operationSchemas[id];
  const schema = answers[answer.status];
  if (schema === undefined) throw refusal(answer);
  if (schema === 'redirect') return undefined;
  const read = z.safeParse(schema, parse(answer.text));
  if (!read.success) throw new GatewayError(answer.status, `The gateway's answer to ${id} is not what this console understands: reload the page`, 'bad_answer', [], undefined);
  return read.data;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

function refusal({ status, text, retryAfter }: HttpAnswer): GatewayError {
  const wait = retryAfter === null ? undefined : Number(retryAfter);
  const body = z.safeParse(errorSchema, parse(text));
  if (!body.success) return new GatewayError(status, `The gateway answered with the status ${status}`, 'unreadable', [], wait);
  return new GatewayError(status, body.data.detail, body.data.code, body.data.fields ?? [], wait);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
