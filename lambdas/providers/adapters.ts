/** The providers that the gateway knows by itself, besides the sandbox. The only table of them that makes any. */
import { phaxioAdapter } from './phaxio.js';
import type { Adapter } from './provider-configuration.js';
import { sinchAdapter } from './sinch.js';

export const adapters: readonly Adapter[] = [sinchAdapter, phaxioAdapter];

export function adapterOf(id: string): Adapter | undefined {
  return adapters.find((adapter) => adapter.id === id);
}
