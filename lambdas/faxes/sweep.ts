/** The sweeper's use case: nudge what is due, finish what a crash left in an outbox. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { JobId } from '../contract/identifiers.js';
import type { KeyStore } from '../keys/key-store.js';
import { settleOutbox } from '../keys/settle-outbox.js';
import type { ProviderSettingsStore } from '../provider-settings/provider-settings-store.js';
import { settleProviders } from '../provider-settings/settle-outbox.js';
import type { SettingsStore } from '../settings/settings-store.js';
import { settleSettings } from '../settings/settle-outbox.js';
import type { SessionStore } from '../sessions/session-store.js';
import { settleSession } from '../sessions/settle-outbox.js';
import type { JobStore } from './job-store.js';

export interface Sweep {
  readonly jobs: JobStore;
  readonly keys: KeyStore;
  readonly settings: Pick<SettingsStore, 'current' | 'clearOutbox'>;
  readonly providers: Pick<ProviderSettingsStore, 'current' | 'clearOutbox'>;
  readonly sessions: Pick<SessionStore, 'listWithOutbox' | 'clearOutbox'>;
  readonly nudgeTen: (ids: readonly JobId[]) => Promise<void>;
  readonly publish: PublishAudit;
  readonly now: number;
}

export interface SweepReport {
  readonly nudgedJobs: number;
  readonly settledKeys: number;
  /** Events of changed settings and providers. */
  readonly settledSettings: number;
  readonly settledSessions: number;
}

/** So many jobs a run at most: a function has its time limit, and the next run is a minute away. */
const jobsPerRun = 1_000;

/** A job that was nudged is due again after this long, so that a backlog does not gather a message a minute for each. */
const sweepPatience = 120_000;

/** Looks at everything that is due. Safe to run twice at once. */
export async function sweep({ jobs, keys, settings, providers, sessions, nudgeTen, publish, now }: Sweep): Promise<SweepReport> {
  const due = await jobs.due(now, jobsPerRun);
  const mine: JobId[] = [];
  for (let start = 0; start < due.length; start += 10) {
    const ten = due.slice(start, start + 10);
    // Nudged first: a crash in between costs a second message, which finds nothing to do, and loses nothing.
    await nudgeTen(ten.map(({ id }) => id));
    await Promise.all(ten.map(({ id, dueAt }) => jobs.postpone(id, dueAt, now + sweepPatience)));
    mine.push(...ten.map(({ id }) => id));
  }
  const unsettled = await keys.listWithOutbox();
  for (const key of unsettled) await settleOutbox(key, keys, publish);
  const settledSettings =
    (await settleSettings(await settings.current(), settings, publish)) + (await settleProviders(await providers.current(), providers, publish));
  const unsettledSessions = await sessions.listWithOutbox();
  for (const session of unsettledSessions) await settleSession(session, sessions, publish);
  return { nudgedJobs: mine.length, settledKeys: unsettled.length, settledSettings, settledSessions: unsettledSessions.length };
}
