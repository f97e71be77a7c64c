/** What a method does with a request that got through: call a function, or answer from the template. */
import type { Answer } from './gateway-responses.js';
import type { Exchange } from './exchange.js';

export interface Integration {
  /** @throws GatewayFailure (also before the promise exists) */
  answer(exchange: Exchange, body: Buffer): Promise<Answer>;
}
