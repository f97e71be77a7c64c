/** The providers that the gateway knows by itself, besides the sandbox. The only table of them that makes any. */
import { documoManifest } from './documo.manifest.js';
import { manifestAdapter } from './manifest.js';
import { phaxioAdapter } from './phaxio.js';
import type { Adapter } from './provider-configuration.js';
import { signalWireAdapter } from './signalwire.js';
import { sinchAdapter } from './sinch.js';
import { telnyxAdapter } from './telnyx.js';

export const adapters: readonly Adapter[] = [sinchAdapter, phaxioAdapter, telnyxAdapter, signalWireAdapter, manifestAdapter(documoManifest)];

export function adapterOf(id: string): Adapter | undefined {
  return adapters.find((adapter) => adapter.id === id);
}
