/** How every function reads the settings: rarely enough to cost nothing, often enough that a change counts within 30 seconds. */
import { logFailure } from '../platform/failure-log.js';
import { kept } from '../platform/kept.js';
import { readItem } from '../platform/read-item.js';
import { currentKey } from './current-key.js';
import { settingsOf, type Settings } from './settings.js';

/** A change counts when this is over, and the calls that were under way with it. */
const keptSeconds = 15;

/**
 * The settings in force, kept for 15 seconds in each execution environment; the defaults where nothing was ever saved.
 * It never fails. Where they can't be read, the last ones that were known stand, or else the defaults, with one exception:
 * a key is then required, whatever they said. The next call reads again.
 */
export function settingsReader(tableName: string): () => Promise<Settings> {
  let lastKnown = settingsOf(undefined);
  const read = kept(async () => {
    lastKnown = settingsOf((await readItem(tableName, currentKey))?.['chosen']);
    return lastKnown;
  }, keptSeconds);
  return async () => {
    try {
      return await read();
    } catch (error) {
      logFailure('The settings could not be read: the last known ones stand, and a key is required', error);
      return { ...lastKnown, requireApiKey: true };
    }
  };
}
