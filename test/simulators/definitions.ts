/** The simulated providers, with the credentials that each of them takes. */
import type { ProviderDefinition } from './definition.js';
import { documoCredentials, documoDefinition } from './documo.js';
import { phaxioCredentials, phaxioDefinition } from './phaxio.js';
import { signalWireCredentials, signalWireDefinition } from './signalwire.js';
import { sinchCredentials, sinchDefinition } from './sinch.js';
import { telnyxCredentials, telnyxDefinition } from './telnyx.js';

export interface Simulated {
  readonly definition: ProviderDefinition;
  /** As the adapter's configuration has them. */
  readonly configuration: Readonly<Record<string, string>>;
}

export const simulated: Readonly<Record<string, Simulated>> = {
  sinch: { definition: sinchDefinition, configuration: sinchCredentials },
  phaxio: { definition: phaxioDefinition, configuration: phaxioCredentials },
  telnyx: { definition: telnyxDefinition, configuration: telnyxCredentials },
  signalwire: { definition: signalWireDefinition, configuration: signalWireCredentials },
  documo: { definition: documoDefinition, configuration: documoCredentials },
};
