/**
 * A CloudFront Function (cloudfront-js-2.0): inline code that runs alone, in a context without any global of Node, with
 * nothing kept from one run to the next. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
import { createContext, Script } from 'node:vm';

/**
 * CloudFront ends a function after about a millisecond of its own processors. Here the clock counts, on a machine that may be
 * busy: this ends one that would never end.
 */
const timeLimitMilliseconds = 2_000;

export interface EdgeContext {
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly requestId: string;
}

export class EdgeFunction {
  readonly #script: Script;

  /** @throws SyntaxError */
  constructor(name: string, code: string) {
    this.#script = new Script(`${code}\n;globalThis.returned = undefined; Promise.resolve(handler(JSON.parse(event))).then((value) => { returned = JSON.stringify(value); }, (error) => { failed = String(error); });`, { filename: `${name}.js` });
  }

  /**
   * Runs the handler for a viewer's request.
   * @returns what it returned, as JSON keeps it
   * @throws whatever it throws; Error where it takes too long or returns nothing
   */
  run(request: object, viewerAddress: string, context: EdgeContext): unknown {
    const event = { version: '1.0', context: { ...context, eventType: 'viewer-request' }, viewer: { ip: viewerAddress }, request };
    const globals: { event: string; returned?: unknown; failed?: string } = { event: JSON.stringify(event) };
    // An async handler ends within the run, and within its limit.
    createContext(globals, { codeGeneration: { strings: false, wasm: false }, microtaskMode: 'afterEvaluate' });
    this.#script.runInContext(globals, { timeout: timeLimitMilliseconds });
    if (globals.failed !== undefined) throw new Error(globals.failed);
    if (typeof globals.returned !== 'string') throw new Error('the function returned nothing');
    return JSON.parse(globals.returned);
  }
}
