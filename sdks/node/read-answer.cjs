/** Reads what came back: the value of a good answer, or the error that a bad one speaks of. Pure. */
const { FaxbotError } = require('./faxbot-error.cjs');

/**
 * @typedef {import('./exchange.cjs').Answer} Answer
 * @typedef {import('./index.cjs').FaxJob} FaxJob
 */

/** Longer texts are pages for browsers. */
const longestText = 300;

/**
 * The fax of a good answer.
 * @param {Answer} answer
 * @returns {FaxJob}
 * @throws {FaxbotError}
 */
function readJob(answer) {
  const body = readObject(answer);
  if (!isJob(body)) throw notOurs(answer.status, 'is no fax');
  return body;
}

/** The other members are the gateway's word. @param {Record<string, unknown>} body @returns {body is Record<string, unknown> & FaxJob} */
function isJob(body) {
  return typeof body.id === 'string' && typeof body.status === 'string';
}

/**
 * @param {Answer} answer
 * @returns {true}
 * @throws {FaxbotError}
 */
function readHealth(answer) {
  if (readObject(answer).status !== 'ok') throw notOurs(answer.status, 'does not say that it is well');
  return true;
}

/** @param {Answer} answer */
function readObject(answer) {
  const { status, text } = answer;
  if (status < 200 || status > 299) throw errorOf(answer);
  const body = objectOf(text);
  if (body === undefined) throw notOurs(status, 'is not JSON');
  return body;
}

/** @param {number} status @param {string} what */
function notOurs(status, what) {
  return new FaxbotError(`The answer ${what}. Is this the address of a Faxbot gateway?`, { code: 'invalid_answer', status });
}

/** @param {Answer} answer */
function errorOf({ status, headers, text }) {
  const body = objectOf(text) ?? {};
  return new FaxbotError(detailOf(status, headers, text, body), {
    code: typeof body.code === 'string' ? body.code : (codes[status] ?? 'other_error'),
    status,
    retryAfter: /^\d+$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : undefined,
    fields: Array.isArray(body.fields) ? body.fields : undefined,
  });
}

/**
 * For answers that carry no code, because something in front of the gateway gave them.
 * @type {Readonly<Record<number, string>>}
 */
const codes = { 301: 'redirected', 302: 'redirected', 303: 'redirected', 307: 'redirected', 308: 'redirected', 413: 'file_too_large' };

/**
 * @param {number} status
 * @param {Answer['headers']} headers
 * @param {string} text
 * @param {Record<string, unknown>} body
 */
function detailOf(status, headers, text, body) {
  if (typeof body.detail === 'string') return body.detail;
  // Other servers of this contract explain a refused form by a list.
  if (body.detail !== undefined) return JSON.stringify(body.detail);
  if (codes[status] === 'redirected') return `The server redirects to ${headers.location ?? 'another address'}: give the client the address that answers itself`;
  const words = typeof body.message === 'string' ? body.message : /^\s*</.test(text) || text.length > longestText ? '' : text.trim();
  if (status === 413) return `The file is too large for the gateway${words === '' ? '' : `: ${words}`}`;
  return words === '' ? 'The answer says nothing more' : words;
}

/** @param {string} text @returns {Record<string, unknown> | undefined} */
function objectOf(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { readHealth, readJob };
