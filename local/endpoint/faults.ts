/**
 * Faults to order, for tests: the Nth matching call of a function, or one in so many, is refused, delayed, cut off, or kills its
 * caller, before the service does the work or after; and messages come twice, late, or before others. Only there where the cloud
 * was started with `--faults`; rules come over `/_faults`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { AwsError, type Authorize, type SignedRequest } from '../cloud/service.js';
import { renderError } from './render-error.js';
import { seededRandom } from './seeded-random.js';

const faultRule = z
  .strictObject({
    /** Logical id of the function whose calls are meant; `*`: of all. */
    function: z.string(),
    /** `after`: the service has done the work, but its answer never arrives. */
    when: z.enum(['before', 'after']),
    /** An IAM action, e.g. dynamodb:UpdateItem; `dynamodb:*` and `*` are all of a service, and all. */
    action: z.string(),
    /** A part of the resource's ARN; without it, calls on any resource count. */
    resource: z.string().default(''),
    /** Which matching call, from 1. */
    nth: z.number().int().min(1).default(1),
    /** In place of `nth`: the chance of each matching call, again and again, by a seed. */
    rate: z.number().min(0).max(1).optional(),
    seed: z.number().int().default(1),
    effect: z.enum(['kill-function', 'error', 'drop-connection', 'delay']),
    /** For `error`. */
    code: z.string().default('InternalFailure'),
    status: z.number().int().min(400).max(599).default(500),
    /** For `delay`. */
    milliseconds: z.number().int().min(0).default(0),
  })
  .refine((rule) => rule.effect !== 'delay' || rule.when === 'after', 'a delay holds back the answer: when must be after');
export type FaultRule = z.input<typeof faultRule>;

const chance = z.number().min(0).max(1).default(0);
/** What happens to the messages of all queues. */
const deliveryRule = z.strictObject({
  delivery: z.strictObject({ duplicate: chance, reorder: chance, delay: chance, delayMilliseconds: z.number().int().min(0).default(0), seed: z.number().int().default(1) }),
});
export type DeliveryRule = z.input<typeof deliveryRule>;

/** The part of the queues that is told. */
interface Delivery {
  set(faults: z.output<typeof deliveryRule>['delivery'] | undefined): void;
  readonly counts: Readonly<Record<string, number>>;
}

interface ActiveRule {
  readonly rule: z.output<typeof faultRule>;
  readonly random: () => number;
  seen: number;
  /** How often it came to be. */
  times: number;
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

export interface FaultSurroundings {
  logicalIdOf(functionName: string): string | undefined;
  /** Kills the execution environment that holds these credentials. */
  killCaller(accessKeyId: string): void;
  readonly delivery: Delivery;
}

export class Faults {
  readonly #scope = new AsyncLocalStorage<CallScope>();
  #rules: ActiveRule[] = [];
  readonly #around: FaultSurroundings;

  constructor(around: FaultSurroundings) {
    this.#around = around;
  }

  /** Wraps the services' `authorize`: the actions that a call asks for are what rules match. */
  watch(authorize: Authorize): Authorize {
    return (principal, action, resourceArn) => {
      authorize(principal, action, resourceArn);
      const scope = this.#scope.getStore();
      if (scope === undefined || principal.kind !== 'role') return;
      const logicalId = this.#around.logicalIdOf(principal.functionName);
      for (const active of this.#rules) {
        if (!isMeant(active.rule, { logicalId, action, resourceArn }) || !comesToBe(active)) continue;
        active.times += 1;
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
    const parts: AsyncIterable<Buffer> = request;
    for await (const chunk of parts) chunks.push(chunk);
    if (request.method === 'POST') {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const problem = this.#order(body);
      if (problem !== undefined) {
        response.writeHead(400).end(problem);
        return;
      }
    } else if (request.method === 'DELETE') {
      this.#rules = [];
      this.#around.delivery.set(undefined);
    }
    const rules = this.#rules.map(({ rule, seen, times }) => ({ ...rule, seen, fired: times > 0, times }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ rules, delivery: this.#around.delivery.counts }));
  }

  /** Takes a rule; gives what is wrong with it. */
  #order(body: unknown): string | undefined {
    const messages = deliveryRule.safeParse(body);
    if (messages.success) {
      this.#around.delivery.set(messages.data.delivery);
      return undefined;
    }
    const { data: rule, error } = faultRule.safeParse(body);
    if (error !== undefined) return z.prettifyError(error);
    this.#rules.push({ rule, random: seededRandom(rule.seed), seen: 0, times: 0 });
    return undefined;
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
        if (rule.effect === 'kill-function') this.#around.killCaller(scope.accessKeyId);
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

function isMeant(rule: ActiveRule['rule'], call: { readonly logicalId: string | undefined; readonly action: string; readonly resourceArn: string }): boolean {
  const byAction = rule.action.endsWith('*') ? call.action.startsWith(rule.action.slice(0, -1)) : rule.action === call.action;
  return byAction && call.logicalId !== undefined && (rule.function === '*' || rule.function === call.logicalId) && call.resourceArn.includes(rule.resource);
}

function comesToBe(active: ActiveRule): boolean {
  const { rate, nth } = active.rule;
  if (rate === undefined && active.times > 0) return false;
  active.seen += 1;
  return rate === undefined ? active.seen === nth : active.random() < rate;
}
