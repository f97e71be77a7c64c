/** Why a request has no answer: the gateway refused it, or could not be reached. */
import type { ErrorBody } from '../../../lambdas/contract/errors.js';

/** The gateway answered, and did not do it. The message is the server's own detail. */
export class GatewayError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly code: string,
    readonly fields: NonNullable<ErrorBody['fields']>,
    /** After how many seconds to try again, where the gateway says it. */
    readonly retryAfter: number | undefined,
  ) {
    super(detail);
    this.name = 'GatewayError';
  }
}

/** No answer came: the connection is lost, or the gateway is away. Whether the request arrived is unknown. */
export class ConnectionLost extends Error {
  constructor(cause?: unknown) {
    super('The gateway could not be reached. Check your connection, then try again: nothing that you typed is lost.', { cause });
    this.name = 'ConnectionLost';
  }
}

/** True for an error with this code of the contract. */
export function isErrorCode(error: unknown, code: ErrorBody['code']): error is GatewayError {
  return error instanceof GatewayError && error.code === code;
}

/** Field → what is wrong with it, for a form. */
export function fieldProblems(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof GatewayError)) return {};
  return Object.fromEntries(error.fields.map(({ field, message }) => [field.replace(/[.[].*$/, ''), sentence(message)]));
}

/** `must not be empty` → `Must not be empty.` */
export function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}
