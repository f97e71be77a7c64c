/** What a person has to be reminded of today: keys that will end, and secrets that should be new. Pure. */
import { stateOf, type ApiKey } from './key.js';

export interface KeyReminder {
  readonly key: Pick<ApiKey, 'id' | 'name' | 'owner'>;
  /** What is coming, and what to do. */
  readonly detail: string;
}

export interface Notice {
  /** One line. */
  readonly subject: string;
  readonly text: string;
}

/** An expiry is spoken of on each of these days before it. */
const expiryReminderDays: ReadonlySet<number> = new Set([30, 14, 7, 3, 1, 0]);

/** A rotation is spoken of so many days ahead, on its day, and every so many days until it is done. */
const rotationReminderDays = 7;

/** A notice names so many keys; the list of keys has them all. */
const mostInOneNotice = 200;

const dayMilliseconds = 86_400_000;

/** The reminders of one key on the UTC day of `now`. Asked once a day, each comes once. */
export function remindersOf(key: ApiKey, now: number): KeyReminder[] {
  if (stateOf(key, now) !== 'active') return [];
  return [expiryReminder(key, now), rotationReminder(key, now)].flatMap((detail) => (detail === undefined ? [] : [{ key, detail }]));
}

/** All reminders of a day in one notice; undefined where there are none. It names keys, and never a token. */
export function noticeOf(reminders: readonly KeyReminder[], stage: string): Notice | undefined {
  if (reminders.length === 0) return undefined;
  const lines = reminders.slice(0, mostInOneNotice).map(({ key, detail }) => `- ${key.name ?? 'without a name'} (${key.id}, owner ${key.owner}): ${detail}`);
  const more = reminders.length - lines.length;
  return {
    subject: `Faxbot ${stage}: ${reminders.length === 1 ? '1 API key needs' : `${reminders.length} API keys need`} attention`,
    text: [...lines, ...(more > 0 ? [`... and ${more} more: the list of keys has them all.`] : [])].join('\n'),
  };
}

function expiryReminder(key: ApiKey, now: number): string | undefined {
  if (key.expiresAt === undefined) return undefined;
  const days = daysBetween(now, key.expiresAt);
  if (!expiryReminderDays.has(days)) return undefined;
  return `expires ${days === 0 ? 'today' : inDays(days)}, at ${new Date(key.expiresAt).toISOString()}: extend it, or create its successor`;
}

function rotationReminder(key: ApiKey, now: number): string | undefined {
  const secret = key.secrets.at(-1);
  if (key.rotateEveryDays === undefined || secret === undefined) return undefined;
  const days = daysBetween(now, secret.createdAt + key.rotateEveryDays * dayMilliseconds);
  if (days > rotationReminderDays || days % rotationReminderDays !== 0) return undefined;
  const when = days > 0 ? `should get a new secret ${inDays(days)}` : days === 0 ? 'should get a new secret today' : `should have had a new secret ${-days} days ago`;
  return `${when}, by its policy of ${key.rotateEveryDays} days: rotate it`;
}

/** Days of the calendar, UTC: the same for every moment of a day, so that a run which is late says the same. */
function daysBetween(from: number, to: number): number {
  return Math.floor(to / dayMilliseconds) - Math.floor(from / dayMilliseconds);
}

function inDays(days: number): string {
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}
