/** How the mutation proof of the permissions finds out that a grant is missing. */
import { call, type GatewayAnswer, type GatewayRequest } from './gateway-client.js';
import type { RunningLocalCloud } from './local-cloud.js';

export const failed = { status: 500, body: { detail: 'Internal Server Error', code: 'internal_error' } };

/** What a round works on: all of it was made by an unchanged stack, on the same state. */
export interface Scene {
  readonly cloud: RunningLocalCloud;
  readonly key: string;
  /** A key that a round may revoke. */
  readonly spareKey: string;
  /** A fax that has ended; accepted under the Idempotency-Key `replay`. */
  readonly fax: string;
  /** A fax that is queued, whose message is gone. */
  readonly queued: string;
}

export interface Probe {
  /** Asks for what needs the grant, and holds the answer against what a caller must read then. */
  readonly ask: (scene: Scene) => Promise<void>;
  /** What the function's log says, where it is not AWS's refusal of the action on the resource; undefined: nothing. */
  readonly says?: RegExp | undefined;
}

export const request = (scene: Scene, method: string, path: string, more: GatewayRequest = {}): Promise<GatewayAnswer> => call(scene.cloud.gatewayUrl, method, path, { key: scene.key, ...more });
export const expecting =
  (answer: object, ask: (scene: Scene) => Promise<GatewayAnswer>): Probe['ask'] =>
  async (scene) => {
    expect(await ask(scene)).toMatchObject(answer);
  };
