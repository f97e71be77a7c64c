/** A Lambda proxy integration (AWS_PROXY): the request becomes an event, the function's answer the response. */
import type { Answer } from './gateway-responses.js';
import type { Exchange } from './exchange.js';
import type { FunctionCaller } from './function-call.js';
import { failures, GatewayFailure } from './gateway-response-types.js';
import type { Integration } from './integration.js';
import { proxyEvent } from './proxy-event.js';
import { readProxyResponse } from './proxy-response.js';

export class FunctionIntegration implements Integration {
  /** @param timeout milliseconds, at most 29,000 */
  constructor(
    private readonly functionArn: string,
    private readonly timeout: number,
    private readonly caller: FunctionCaller,
    private readonly isBinary: (headerValue: string | undefined) => boolean,
    private readonly clock: () => number,
  ) {}

  async answer(exchange: Exchange, body: Buffer): Promise<Answer> {
    const { request, stage } = exchange;
    // AWS takes a body without Content-Type for JSON.
    const binary = this.isBinary(request.headersByLowerCaseName.get('content-type') ?? 'application/json');
    const event = proxyEvent(exchange, body, binary);
    const sourceArn = `arn:aws:execute-api:${stage.region}:${stage.accountId}:${stage.apiId}/${stage.stage}/${request.method}${exchange.resourcePath}`;
    const begin = this.clock();
    const outcome = await this.caller.call(this.functionArn, event, sourceArn, this.timeout);
    const facts: NonNullable<Exchange['integration']> = { latency: this.clock() - begin };
    exchange.integration = facts;
    switch (outcome.kind) {
      case 'returned':
        facts.status = 200;
        return this.#read(outcome.payload, exchange, facts);
      case 'failed':
      case 'timed-out':
        facts.status = 200;
        facts.error = 'Lambda execution failed due to customer function error';
        throw new GatewayFailure(failures.functionFailed);
      case 'throttled':
        facts.status = 429;
        facts.error = 'Rate Exceeded';
        throw new GatewayFailure(failures.integrationThrottled);
      case 'too-large':
        facts.status = 413;
        facts.error = 'Request must be smaller than 6291456 bytes for the InvokeFunction operation';
        throw new GatewayFailure(failures.requestTooLong);
      case 'no-answer-in-time':
        facts.status = 504;
        facts.error = 'Endpoint request timed out';
        throw new GatewayFailure(failures.integrationTimeout);
      case 'not-invocable':
        facts.status = 403;
        facts.error = 'Invalid permissions on Lambda function';
        throw new GatewayFailure(failures.apiConfiguration);
      case 'broken':
        facts.status = 500;
        facts.error = 'Internal server error';
        throw new GatewayFailure(failures.internal);
    }
  }

  #read(payload: string, exchange: Exchange, facts: NonNullable<Exchange['integration']>): Answer {
    const accept = exchange.request.headersByLowerCaseName.get('accept');
    const response = readProxyResponse(payload, this.isBinary(accept));
    if (response.kind === 'answer') return response.answer;
    if (response.kind === 'not-base64') {
      facts.error = 'Unable to base64 decode the body.';
      throw new GatewayFailure(failures.apiConfiguration);
    }
    facts.error = `Malformed Lambda proxy response: ${response.reason}`;
    this.caller.warnOnce(`API Gateway: ${this.functionArn} gave no proxy response: ${response.reason}`);
    throw new GatewayFailure(failures.functionFailed);
  }
}
