/** Audit events in words. Pure. */
import type { AuditEvent } from '../gateway/operation-types.js';

const titles: Readonly<Record<string, string>> = {
  api_key_created: 'Key created',
  api_key_edited: 'Key edited',
  api_key_disabled: 'Key disabled',
  api_key_enabled: 'Key enabled',
  api_key_rotated: 'Key rotated',
  api_key_rotation_finished: 'Rotation finished',
  api_key_rotation_cancelled: 'Rotation cancelled',
  api_key_revoked: 'Key revoked',
  settings_changed: 'Settings changed',
  auth_refused: 'Sign-in refused',
  job_created: 'Fax accepted',
  job_updated: 'Fax moved on',
  job_resent: 'Fax sent again',
  job_cancelled: 'Fax cancelled',
  job_cancel_requested: 'Cancelling asked for',
  job_resolved: 'Uncertain fax resolved',
  job_refreshed: 'Provider asked',
  pdf_served: 'Document opened',
  audit_chain_broken: 'Audit chain broken',
  session_created: 'Signed in to the console',
  session_ended: 'Signed out of the console',
  session_revoked: 'Session ended by an administrator',
};

/** The names that the filter offers. */
export const eventNames = Object.keys(titles);

/** An event's name in words; one that this console does not know is shown as it is. */
export function eventTitle(event: string): string {
  return titles[event] ?? event;
}

export function actorTitle({ actor }: AuditEvent): string {
  if (actor.key_id !== undefined) return actor.key_id;
  const words: Readonly<Record<string, string>> = { bootstrap: 'Bootstrap key', session: 'Bootstrap key', anonymous: 'Nobody', system: 'The gateway' };
  return words[actor.type] ?? actor.type;
}

/** What an event is about: the key, the fax, the version. */
export function subjectOf(event: AuditEvent): { readonly text: string; readonly href?: string } {
  if (event.target_key_id !== undefined) return { text: event.target_key_id, href: `/api-keys/${event.target_key_id}` };
  const job = event['job_id'];
  if (typeof job === 'string') return { text: job, href: `/jobs/${job}` };
  const version = event['version'];
  if (typeof version === 'number') return { text: `Version ${version}`, href: '/settings/security' };
  return { text: event.reason ?? '–' };
}
