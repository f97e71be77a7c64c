/** Why a call failed: the gateway's own words and code, or what kept its answer away. */
const { STATUS_CODES } = require('node:http');

/**
 * @typedef {import('./index.cjs').FaxbotError} Declared what programs are promised
 *
 * @typedef {object} Facts
 * @property {string} code
 * @property {number} [status]
 * @property {number} [retryAfter]
 * @property {readonly { field: string, message: string }[]} [fields]
 * @property {unknown} [cause]
 */

/** @implements {Declared} */
class FaxbotError extends Error {
  /** The Idempotency-Key of a send that failed. @type {string | undefined} */
  idempotencyKey;

  /**
   * @param {string} detail what went wrong, for people
   * @param {Facts} facts
   */
  constructor(detail, { code, status, retryAfter, fields, cause }) {
    super(status === undefined ? detail : `${STATUS_CODES[status] ?? 'Error'} (${status}): ${detail}`, cause === undefined ? {} : { cause });
    this.name = 'FaxbotError';
    this.detail = detail;
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.fields = fields;
  }
}

module.exports = { FaxbotError };
