/** The setting AUDIT_LOG_ENABLED: while it is off, faxes and sign-ins leave no trace. Administrative events always stand. */
import type { Settings } from '../settings/settings.js';
import type { WriteAuditLog } from './audit-log-store.js';
import type { PublishOptions } from './publish-events.js';

type ReadSettings = () => Promise<Pick<Settings, 'auditLogEnabled'>>;

/** For a publisher of all kinds of events, which never asks about administrative ones. */
export function silencedBy(settings: ReadSettings): PublishOptions {
  return { silenced: async () => !(await settings()).auditLogEnabled };
}

/** For the log of sign-ins. */
export function unlessSilenced(write: WriteAuditLog, settings: ReadSettings): WriteAuditLog {
  return async (events) => {
    if ((await settings()).auditLogEnabled) await write(events);
  };
}
