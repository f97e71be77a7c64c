/** The simulated providers, with the credentials that each of them takes. */
import type { ProviderDefinition } from './definition.js';
import { phaxioCredentials, phaxioDefinition } from './phaxio.js';
import { sinchCredentials, sinchDefinition } from './sinch.js';

export interface Simulated {
  readonly definition: ProviderDefinition;
  /** As the adapter's configuration has them. */
  readonly configuration: Readonly<Record<string, string>>;
}

export const simulated: Readonly<Record<string, Simulated>> = {
  sinch: { definition: sinchDefinition, configuration: sinchCredentials },
  phaxio: { definition: phaxioDefinition, configuration: phaxioCredentials },
};
