/** Providers in the words that people read. Pure. */
import type { ProviderSettings } from '../gateway/operation-types.js';

export type Provider = ProviderSettings['providers'][number];

/** Its place in words. */
export function roleOf({ position, configured }: Pick<Provider, 'position' | 'configured'>): string {
  if (position === 0) return configured ? 'Default' : 'Default, but not set up: faxes are held';
  if (position !== null) return `Fallback ${position}`;
  return configured ? 'Set up, not used' : 'Not set up';
}
