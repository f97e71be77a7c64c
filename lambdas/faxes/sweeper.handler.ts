/** The sweeper: runs every minute. */
import { readFinding } from '../audit/finding-queue.js';
import { auditPublisher } from '../audit/publish-events.js';
import { silencedBy } from '../audit/silence.js';
import { dynamoKeyStore } from '../keys/key-store.js';
import { readEnvironment } from '../platform/environment.js';
import { log } from '../platform/log.js';
import { dynamoProviderSettingsStore } from '../provider-settings/provider-settings-store.js';
import { dynamoSessionStore } from '../sessions/session-store.js';
import { settingsReader } from '../settings/settings-reader.js';
import { dynamoSettingsStore } from '../settings/settings-store.js';
import { dynamoJobStore } from './job-store.js';
import { nudgeTen } from './send-queue.js';
import { sweep, type SweepReport } from './sweep.js';

const environment = readEnvironment('sweeper');
const jobs = dynamoJobStore(environment.FAXES_TABLE);
const keys = dynamoKeyStore(environment.KEYS_TABLE);
const settings = dynamoSettingsStore(environment.SETTINGS_TABLE);
const providers = dynamoProviderSettingsStore(environment.SETTINGS_TABLE);
const sessions = dynamoSessionStore(environment.SESSIONS_TABLE);
const publish = auditPublisher(environment, silencedBy(settingsReader(environment.SETTINGS_TABLE)));

/** @param occasion of its schedule, or a finding of the audit chain's verification */
export async function handler(occasion?: unknown): Promise<SweepReport> {
  const finding = readFinding(occasion);
  if (finding !== undefined) await publish([finding]);
  const report = await sweep({ jobs, keys, settings, providers, sessions, publish, nudgeTen: (ids) => nudgeTen(environment.SEND_QUEUE, ids), now: Date.now() });
  if (report.nudgedJobs + report.settledKeys + report.settledSettings + report.settledSessions > 0) log.info('Swept', { ...report });
  return report;
}
