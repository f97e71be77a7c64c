/**
 * Faults to order, for tests: the Nth matching call of a function is refused, delayed, cut off, or kills its caller, before
 * the service does the work or after. Only there where the cloud was started with `--faults`; rules come over `/_faults`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { AwsError, type Authorize, type SignedRequest } from '../cloud/service.js';
import { renderError } from './render-error.js';

const faultRule = z
  .strictObject({
    /** Logical id of the function whose calls are meant. */
    function: z.string(),
    /** `after`: the service has done the work, but its answer never arrives. */
    when: z.enum(['before', 'after']),
    /** An IAM action, e.g. dynamodb:UpdateItem. */
    action: z.string(),
    /** A part of the resource's ARN; without it, calls on any resource count. */
    resource: z.string().default(''),
    /** Which matching call, from 1. */
    nth: z.number().int().min(1).default(1),
    effect: z.enum(['kill-function', 'error', 'drop-connection', 'delay']),
    /** For `error`. */
    code: z.string().default('InternalFailure'),
    status: z.number().int().min(400).max(599).default(500),
    /** For `delay`. */
    milliseconds: z.number().int().min(0).default(0),
  })
  .refine((rule) => rule.effect !== 'delay' || rule.when === 'after', 'a delay holds back the answer: when must be after');
export type FaultRule = z.input<typeof faultRule>;

interface ActiveRule {
  readonly rule: z.output<typeof faultRule>;
  seen: number;
  fired: boolean;
}

interface CallScope {
  readonly request: SignedRequest;
  readonly accessKeyId: string;
  /** Signing name. */
  readonly service: string;
  /** Rules that take the place of the service's answer. */
  readonly due: z.output<typeof faultRule>[];
}

/** Stops a service in `authorize`, before it has done anything. Its answer to this never leaves. */
class FaultFired extends Error {}

export class Faults {
  readonly #scope = new AsyncLocalStorage<CallScope>();
  #rules: ActiveRule[] = [];
  readonly #logicalIdOf: (functionName: string) => string | undefined;
  readonly #killCaller: (accessKeyId: string) => void;

  constructor(
    logicalIdOf: (functionName: string) => string | undefined,
    /** Kills the execution environment that holds these credentials. */
    killCaller: (accessKeyId: string) => void,
  ) {
    this.#logicalIdOf = logicalIdOf;
    this.#killCaller = killCaller;
  }

  /** Wraps the services' `authorize`: the actions that a call asks for are what rules match. */
  watch(authorize: Authorize): Authorize {
    return (principal, action, resourceArn) => {
      authorize(principal, action, resourceArn);
      const scope = this.#scope.getStore();
      if (scope === undefined || principal.kind !== 'role') return;
      const logicalId = this.#logicalIdOf(principal.functionName);
      for (const active of this.#rules) {
        if (active.fired || active.rule.function !== logicalId || active.rule.action !== action || !resourceArn.includes(active.rule.resource)) continue;
        active.seen += 1;
        if (active.seen !== active.rule.nth) continue;
        active.fired = true;
        if (active.rule.when === 'before' && active.rule.effect === 'error')
          throw new AwsError(active.rule.code, 'Injected fault', active.rule.status);
        scope.due.push(active.rule);
        if (active.rule.when === 'before') throw new FaultFired('Injected fault');
      }
    };
  }

  /** Handles one call under the rules. */
  async run(
    request: SignedRequest,
    { accessKeyId, service }: { readonly accessKeyId: string; readonly service: string },
    response: ServerResponse,
    handle: () => Promise<void>,
  ): Promise<void> {
    const scope: CallScope = { request, accessKeyId, service, due: [] };
    this.#interceptAnswer(response, scope);
    try {
      await this.#scope.run(scope, handle);
    } catch (error) {
      if (!(error instanceof FaultFired)) throw error;
      // Any answer will do to let the rule take its place.
      response.end();
    }
  }

  /** The control path: POST a rule, GET what fired, DELETE all. */
  async control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    const body: AsyncIterable<Buffer> = request;
    for await (const chunk of body) chunks.push(chunk);
    if (request.method === 'POST') {
      const parsed = faultRule.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      if (!parsed.success) {
        response.writeHead(400).end(z.prettifyError(parsed.error));
        return;
      }
      this.#rules.push({ rule: parsed.data, seen: 0, fired: false });
    } else if (request.method === 'DELETE') this.#rules = [];
    const rules = this.#rules.map(({ rule, seen, fired }) => ({ ...rule, seen, fired }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ rules }));
  }

  /** The first byte of the answer shows that the work is done; a rule that is due takes the answer's place. */
  #interceptAnswer(response: ServerResponse, scope: CallScope): void {
    const end = response.end.bind(response);
    const write = response.write.bind(response);
    const writeHead = response.writeHead.bind(response);
    const taken = (): boolean => {
      const rule = scope.due.find(({ effect }) => effect !== 'delay');
      if (rule === undefined) return false;
      Object.assign(response, { end, write, writeHead });
      if (rule.effect === 'error') {
        const { headers, requestId } = scope.request;
        renderError(response, scope.service, headers['content-type'], new AwsError(rule.code, 'Injected fault', rule.status), requestId);
      } else {
        if (rule.effect === 'kill-function') this.#killCaller(scope.accessKeyId);
        response.destroy();
      }
      // Whatever the service still writes goes nowhere.
      Object.assign(response, { end: () => response, write: () => true, writeHead: () => response });
      return true;
    };
    Object.assign(response, {
      writeHead: (...args: Parameters<typeof writeHead>) => (taken() ? response : writeHead(...args)),
      write: (...args: Parameters<typeof write>) => taken() || write(...args),
      end: (...args: Parameters<typeof end>) => {
        if (taken()) return response;
        const delay = scope.due.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
        if (delay === 0) return end(...args);
        setTimeout(() => end(...args), delay);
        return response;
      },
    });
  }
}
