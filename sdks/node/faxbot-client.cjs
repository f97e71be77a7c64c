/** What a program calls: send a fax, read how it stands, ask whether the gateway is there. */
const { randomUUID } = require('node:crypto');
const { exchange } = require('./exchange.cjs');
const { openFaxForm } = require('./fax-form.cjs');
const { FaxbotError } = require('./faxbot-error.cjs');
const { readHealth, readJob } = require('./read-answer.cjs');

/** @typedef {import('./index.cjs')} Declared what programs are promised */

/** @implements {Declared} */
class FaxbotClient {
  #base;
  #timeoutSeconds;
  /** Not enumerable, so that a logged client shows no key. @type {Readonly<Record<string, string>>} */
  #keyHeader;

  /**
   * @param {string} [baseUrl]
   * @param {string | null} [apiKey]
   * @param {{ timeoutSeconds?: number }} [options]
   * @throws {TypeError} where an argument is not what it should be
   */
  constructor(baseUrl = 'http://localhost:8080', apiKey = null, { timeoutSeconds = 60 } = {}) {
    if (!(timeoutSeconds > 0)) throw new TypeError('timeoutSeconds must be a number above 0');
    this.#base = baseOf(baseUrl);
    this.#keyHeader = keyHeaderOf(apiKey);
    this.#timeoutSeconds = timeoutSeconds;
    this.baseUrl = this.#base.href.replace(/\/$/, '');
  }

  /**
   * @param {string} to
   * @param {string} filePath
   * @param {{ idempotencyKey?: string }} [options]
   */
  async sendFax(to, filePath, { idempotencyKey = randomUUID() } = {}) {
    mustBeText('to', to);
    mustBeText('filePath', filePath);
    if (!/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) throw new TypeError('idempotencyKey must be 1 to 200 printable ASCII characters without blanks');
    try {
      const { headers, content, close } = await openFaxForm(to, filePath);
      try {
        return readJob(await this.#ask({ method: 'POST', path: '/fax', headers: { ...this.#keyHeader, 'Idempotency-Key': idempotencyKey, ...headers }, content }));
      } finally {
        await close();
      }
    } catch (error) {
      if (error instanceof FaxbotError) error.idempotencyKey = idempotencyKey;
      throw error;
    }
  }

  /** @param {string} jobId */
  async getStatus(jobId) {
    mustBeText('jobId', jobId);
    return readJob(await this.#ask({ method: 'GET', path: `/fax/${encodeURIComponent(jobId)}`, headers: this.#keyHeader }));
  }

  async checkHealth() {
    return readHealth(await this.#ask({ method: 'GET', path: '/health', headers: {} }));
  }

  /** @param {import('./exchange.cjs').Question} question */
  #ask(question) {
    return exchange(this.#base, question, this.#timeoutSeconds);
  }
}

/** @param {string} baseUrl */
function baseOf(baseUrl) {
  const base = parseUrl(baseUrl);
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new TypeError(`baseUrl must be an address such as http://localhost:8080, not ${JSON.stringify(baseUrl)}`);
  }
  if (base.username !== '' || base.search !== '' || base.hash !== '') throw new TypeError('baseUrl must end with its path: no user, no query');
  base.pathname = base.pathname.replace(/\/+$/, '');
  return base;
}

/** @param {string} text */
function parseUrl(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** @param {string | null} apiKey */
function keyHeaderOf(apiKey) {
  if (apiKey === null) return {};
  if (typeof apiKey !== 'string') throw new TypeError('apiKey must be a string');
  // A key that was read from a file ends with a line break.
  const key = apiKey.trim();
  if (!/^[\x20-\x7e]*$/.test(key)) throw new TypeError('apiKey must be printable ASCII characters');
  /** @type {Record<string, string>} */
  const header = key === '' ? {} : { 'X-API-Key': key };
  return header;
}

/** @param {string} name @param {unknown} value */
function mustBeText(name, value) {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a string, and not empty`);
}

module.exports = { FaxbotClient };
