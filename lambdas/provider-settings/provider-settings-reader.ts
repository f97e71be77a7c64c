/** How the functions on a fax's way read the providers: rarely enough to cost nothing, often enough that a change counts within 30 seconds. */
import { kept } from '../platform/kept.js';
import { readItem } from '../platform/read-item.js';
import { providersFrom, providersKey } from './provider-settings-item.js';
import type { ProviderSettings } from './provider-settings.js';

/** A change counts when this is over, and the calls that were under way with it. */
const keptSeconds = 15;

export interface ProviderSettingsReader {
  /** The providers in force, at most 15 seconds old; undefined where none was ever saved. @throws where they can't be read */
  kept(): Promise<ProviderSettings | undefined>;
  /** As they are now. @throws where they can't be read */
  now(): Promise<ProviderSettings | undefined>;
}

export function providerSettingsReader(tableName: string): ProviderSettingsReader {
  const now = async (): Promise<ProviderSettings | undefined> => {
    const item = await readItem(tableName, providersKey);
    return item === undefined ? undefined : providersFrom(item);
  };
  return { kept: kept(now, keptSeconds), now };
}
