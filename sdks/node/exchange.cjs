/** One request and its answer, over a connection of its own. */
const http = require('node:http');
const https = require('node:https');
const { pipeline } = require('node:stream/promises');
const { setImmediate: turn } = require('node:timers/promises');
const { urlToHttpOptions } = require('node:url');
const { FaxbotError } = require('./faxbot-error.cjs');

/**
 * @typedef {object} Question
 * @property {'GET' | 'POST'} method
 * @property {string} path below the base address, with its slash
 * @property {Readonly<Record<string, string>>} headers
 * @property {(() => AsyncIterable<Buffer>)} [content]
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} text
 */

/**
 * Redirects are not followed: they would carry the key to another server.
 * @param {URL} base whose path has no slash at its end
 * @param {Question} question
 * @param {number} timeoutSeconds the longest silence
 * @returns {Promise<Answer>}
 * @throws {FaxbotError} `no_answer`; whatever `content` throws
 */
function exchange(base, { method, path, headers, content }, timeoutSeconds) {
  return new Promise((resolve, reject) => {
    const { request: open } = base.protocol === 'https:' ? https : http;
    // One by one: with all that Node 18 gives, it would not see the path below.
    const { protocol, hostname, port } = urlToHttpOptions(base);
    const wholePath = `${base.pathname === '/' ? '' : base.pathname}${path}`;
    const request = open({
      protocol,
      hostname,
      port,
      method,
      path: wholePath,
      // A kept connection may have died unnoticed; then nobody could say whether a fax was accepted.
      headers: { Accept: 'application/json', Connection: 'close', ...headers },
      timeout: timeoutSeconds * 1000,
    });
    /** @param {unknown} error */
    const fail = (error) => {
      reject(error instanceof FaxbotError ? error : new FaxbotError(`No answer from ${base.origin}${wholePath}: ${reasonOf(error)}`, { code: 'no_answer', cause: error }));
    };
    request.on('timeout', () => request.destroy(new Error(`nothing came for ${timeoutSeconds} s`)));
    // A server may answer and hang up before it has the whole request: then the answer counts, not the broken upload.
    let answered = false;
    request.on('error', (error) => answered || fail(error));
    request.on('response', (response) => {
      answered = true;
      textOf(response)
        .then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }), fail)
        .finally(() => request.destroy());
    });
    if (content === undefined) request.end();
    else pipeline(readingBetween(content()), request).catch((error) => answered || fail(error));
  });
}

/**
 * Lets what has arrived be read before each chunk goes out: an answer that is there would be lost by writing to a connection
 * that the server has already closed.
 * @param {AsyncIterable<Buffer>} content
 */
async function* readingBetween(content) {
  for await (const chunk of content) {
    await turn();
    yield chunk;
  }
}

/** @param {import('node:http').IncomingMessage} response */
async function textOf(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Where a name has several addresses, the error is made of one for each. @param {unknown} error */
function reasonOf(error) {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(({ message }) => message).join(', ');
  return error instanceof Error ? error.message : String(error);
}

module.exports = { exchange };
