/** A Lambda authorizer at work: identity sources, invocation, cache, and the policy's decision. */
import { AnswerProblem, type AuthorizerAnswer, isUnauthorized, readAuthorizerAnswer } from './authorizer-answer.js';
import type { Variable } from './context-variables.js';
import type { AuthorizerFacts, Exchange } from './exchange.js';
import type { FunctionCaller } from './function-call.js';
import { failures, GatewayFailure } from './gateway-response-types.js';
import { requestAuthorizerEvent } from './proxy-event.js';

export interface AuthorizerDefinition {
  readonly id: string;
  readonly name: string;
  readonly type: 'REQUEST' | 'TOKEN';
  readonly functionArn: string;
  /** In the order in which they were declared; all must be there. */
  readonly identitySources: readonly Variable[];
  /** TOKEN only: a token that does not match is a 401 without an invocation. */
  readonly tokenPattern: RegExp | undefined;
  /** How long an answer counts for the same identity, in seconds; 0: not at all. */
  readonly timeToLive: number;
}

/** API Gateway waits as long as for an integration. */
const timeout = 29_000;
const cacheSize = 10_000;

export class Authorizer {
  readonly #cache = new Map<string, { readonly answer: AuthorizerAnswer; readonly expiresAt: number }>();
  readonly #sourceArn: string;

  constructor(
    private readonly definition: AuthorizerDefinition,
    private readonly caller: FunctionCaller,
    private readonly clock: () => number,
    apiArn: string,
  ) {
    this.#sourceArn = `${apiArn}/authorizers/${definition.id}`;
  }

  /**
   * Lets the exchange pass, with `$context.authorizer` filled.
   * @throws GatewayFailure UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_FAILURE, AUTHORIZER_CONFIGURATION_ERROR
   */
  async authorize(exchange: Exchange, methodArn: string): Promise<void> {
    const facts: AuthorizerFacts = { context: {}, integrationLatency: 0 };
    exchange.authorizer = facts;
    try {
      const identity = this.#identity(exchange);
      const answer = this.#cached(identity) ?? (await this.#ask(exchange, methodArn, identity, facts));
      facts.context = answer.context;
      if (answer.principalId !== undefined) facts.principalId = answer.principalId;
      if (answer.usageIdentifierKey !== undefined) facts.usageIdentifierKey = answer.usageIdentifierKey;
      const decision = answer.policy.decide(methodArn);
      if (decision === 'explicitly-denied') throw new GatewayFailure(failures.explicitlyDenied);
      if (decision === 'implicitly-denied') throw new GatewayFailure(failures.accessDenied);
      facts.status = 200;
    } catch (error) {
      if (error instanceof GatewayFailure) {
        facts.status = error.failure.status;
        facts.error ??= error.failure.message ?? error.failure.type;
      }
      throw error;
    }
  }

  #identity(exchange: Exchange): readonly string[] {
    const values = this.definition.identitySources.map((source) => source(exchange) ?? '');
    const [token] = values;
    const refused =
      values.includes('') || (this.definition.tokenPattern !== undefined && !this.definition.tokenPattern.test(token ?? ''));
    if (refused) throw new GatewayFailure(failures.unauthorized);
    return values;
  }

  async #ask(
    exchange: Exchange,
    methodArn: string,
    identity: readonly string[],
    facts: AuthorizerFacts,
  ): Promise<AuthorizerAnswer> {
    const { definition, clock } = this;
    const event =
      definition.type === 'REQUEST'
        ? requestAuthorizerEvent(exchange, methodArn)
        : JSON.stringify({ type: 'TOKEN', methodArn, authorizationToken: identity[0] });
    const begin = clock();
    const outcome = await this.caller.call(definition.functionArn, event, this.#sourceArn, timeout);
    facts.integrationLatency = clock() - begin;
    facts.integrationStatus = outcome.kind === 'throttled' ? 429 : outcome.kind === 'not-invocable' ? 403 : 200;
    if (outcome.kind === 'returned') {
      const answer = this.#read(outcome.payload, facts);
      this.#remember(identity, answer);
      return answer;
    }
    if (outcome.kind === 'failed' && isUnauthorized(outcome.payload)) throw new GatewayFailure(failures.unauthorized);
    facts.error = `authorizer ${definition.name}: ${outcome.kind}`;
    throw new GatewayFailure(
      outcome.kind === 'failed' || outcome.kind === 'timed-out' || outcome.kind === 'not-invocable'
        ? failures.authorizerConfiguration
        : failures.authorizerFailure,
    );
  }

  #read(payload: string, facts: AuthorizerFacts): AuthorizerAnswer {
    try {
      return readAuthorizerAnswer(payload);
    } catch (error) {
      if (!(error instanceof AnswerProblem)) throw error;
      facts.error = `the answer of authorizer ${this.definition.name} is no good: ${error.message}`;
      this.caller.warnOnce(`API Gateway: ${facts.error}`);
      throw new GatewayFailure(failures.authorizerConfiguration);
    }
  }

  #cached(identity: readonly string[]): AuthorizerAnswer | undefined {
    if (this.definition.timeToLive === 0) return undefined;
    const found = this.#cache.get(JSON.stringify(identity));
    return found !== undefined && this.clock() < found.expiresAt ? found.answer : undefined;
  }

  #remember(identity: readonly string[], answer: AuthorizerAnswer): void {
    if (this.definition.timeToLive === 0) return;
    const key = JSON.stringify(identity);
    this.#cache.delete(key);
    this.#cache.set(key, { answer, expiresAt: this.clock() + this.definition.timeToLive * 1000 });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > cacheSize && oldest !== undefined) this.#cache.delete(oldest);
  }
}
