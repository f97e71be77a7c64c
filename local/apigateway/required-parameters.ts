/** What a request validator checks: that the required headers, query parameters and path parameters are there. */
import type { Variable } from './context-variables.js';
import type { Exchange } from './exchange.js';
import { GatewayFailure } from './gateway-response-types.js';
import { requestParameter } from './text-template.js';

export class RequiredParameters {
  readonly #required: readonly { readonly name: string; readonly value: Variable }[];

  /** @param parameters `method.request.header.X` → whether it is required */
  constructor(parameters: Readonly<Record<string, boolean>>) {
    this.#required = Object.entries(parameters).flatMap(([parameter, required]) => {
      const [, location, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(parameter) ?? [];
      const value = requestParameter(location, name);
      return required && value !== undefined ? [{ name, value }] : [];
    });
  }

  /** @throws GatewayFailure BAD_REQUEST_PARAMETERS */
  check(exchange: Exchange): void {
    if (this.#required.length === 0) return;
    const missing = this.#required.filter(({ value }) => (value(exchange) ?? '') === '').map(({ name }) => name);
    if (missing.length === 0) return;
    const message = `Missing required request parameters: [${missing.join(', ')}]`;
    throw new GatewayFailure({
      type: 'BAD_REQUEST_PARAMETERS',
      status: 400,
      message,
      errorType: 'BadRequestException',
      validation: message,
    });
  }
}
