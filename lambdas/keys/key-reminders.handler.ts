/** The reminders: once a day, one notice of all keys that need attention. */
import { readEnvironment } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { noticeOf, remindersOf, type KeyReminder } from './key-reminders.js';
import { dynamoKeyStore } from './key-store.js';
import type { KeyPosition } from './key-position.js';
import { noticePublisher } from './notice-store.js';

const environment = readEnvironment('key-reminders');
const store = dynamoKeyStore(environment.KEYS_TABLE);
const publish = noticePublisher(environment.NOTICES_TOPIC);

export async function handler(): Promise<{ readonly reminders: number }> {
  const now = Date.now();
  const reminders: KeyReminder[] = [];
  let position: KeyPosition | undefined;
  do {
    const { keys, hasMore } = await store.page(position);
    reminders.push(...keys.flatMap((key) => remindersOf(key, now)));
    const last = keys.at(-1);
    position = hasMore && last !== undefined ? { createdAt: last.createdAt, id: last.id } : undefined;
  } while (position !== undefined);
  const notice = noticeOf(reminders, environment.STAGE);
  if (notice !== undefined) await publish(notice);
  log.info('Keys were looked through for reminders', { reminders: reminders.length });
  return { reminders: reminders.length };
}
