/** An audit event: who did what to which thing, from where, and how it ended. No token, no document, no whole number. */
import type { JobId, KeyId, SessionId } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import type { SettingChange } from '../contract/settings.js';

export type Actor =
  | { readonly type: 'key'; readonly key_id: KeyId }
  /** A session of the console; `key_id` opened it, or the bootstrap key did. */
  | { readonly type: 'session'; readonly session_id: SessionId; readonly key_id?: KeyId }
  | { readonly type: 'bootstrap' }
  /** A request with a document token, or without any key. */
  | { readonly type: 'anonymous' }
  /** The gateway itself: the sender, the sweeper. */
  | { readonly type: 'system' };

/** Where a request came from, as the gateway saw it. */
export interface Origin {
  readonly source_ip: string;
  readonly user_agent: string;
  readonly request_id: string;
  readonly method: string;
  readonly route: string;
}

/** What happened. The names are Faxbot's own where it has one. A new one gets its class below and a row in docs/audit.md. */
export type AuditedFact =
  | { readonly event: 'api_key_created'; readonly target_key_id: KeyId; readonly secret_version: number; readonly diff: KeyDiff }
  | { readonly event: 'api_key_edited'; readonly target_key_id: KeyId; readonly diff: { readonly before: object; readonly after: object } }
  | { readonly event: 'api_key_disabled' | 'api_key_enabled'; readonly target_key_id: KeyId }
  | {
      readonly event: 'api_key_rotated' | 'api_key_rotation_finished' | 'api_key_rotation_cancelled';
      readonly target_key_id: KeyId;
      readonly secret_version: number;
      /** Of api_key_rotated. Without it, the old secret ended at once, unless a consumer's secret is rotated. */
      readonly overlap_seconds?: number;
      /** The ARN of the consumer's secret, where Secrets Manager rotates it. */
      readonly consumer_secret?: string;
    }
  | { readonly event: 'api_key_revoked'; readonly target_key_id: KeyId }
  | {
      /** session_ended: its owner signed out, or signed in anew. session_revoked: an administrator ended it. */
      readonly event: 'session_created' | 'session_ended' | 'session_revoked';
      readonly target_session_id: SessionId;
      /** The key that opened it; absent for the bootstrap key. */
      readonly target_key_id?: KeyId;
    }
  | {
      readonly event: 'settings_changed';
      readonly version: number;
      /** The version that it brought back. */
      readonly restored_version?: number;
      readonly diff: readonly SettingChange[];
    }
  | {
      readonly event: 'provider_saved';
      readonly version: number;
      readonly provider: string;
      /** True where the provider took the credentials before they were saved. */
      readonly validated: boolean;
      /** The names of the fields that differ: a value could be a secret. */
      readonly diff: readonly string[];
    }
  | { readonly event: 'provider_removed'; readonly version: number; readonly provider: string }
  | {
      readonly event: 'provider_order_changed';
      readonly version: number;
      readonly diff: { readonly before: readonly string[]; readonly after: readonly string[] };
    }
  | {
      readonly event: 'auth_refused';
      readonly reason: RefusalReason;
      readonly target_key_id?: KeyId;
      readonly target_session_id?: SessionId;
      /** Refusals of this environment that were not written one by one since the last event: a flood must not cost. */
      readonly suppressed?: number;
    }
  | { readonly event: 'job_created'; readonly job_id: JobId; readonly to: string; readonly pages: number; readonly backend: string }
  | { readonly event: 'job_updated'; readonly job_id: JobId; readonly state: string; readonly error?: string; readonly backend: string }
  | { readonly event: 'job_resent'; readonly job_id: JobId; readonly resend_of: JobId; readonly to: string; readonly pages: number; readonly backend: string }
  /** `state`: in which it was. job_cancel_requested: a provider has it, or may have it. */
  | { readonly event: 'job_cancelled' | 'job_cancel_requested'; readonly job_id: JobId; readonly state: string; readonly backend: string }
  | {
      readonly event: 'job_resolved';
      readonly job_id: JobId;
      readonly resolution: 'delivered' | 'not_delivered' | 'send_again';
      readonly backend: string;
      readonly note?: string;
      /** Of send_again: the new job. */
      readonly resent_as?: JobId;
    }
  | { readonly event: 'job_refreshed'; readonly job_id: JobId; readonly backend: string }
  | { readonly event: 'pdf_served'; readonly job_id: JobId }
  | {
      readonly event: 'audit_chain_broken';
      /** The first link that is not what it must be. */
      readonly broken_sequence: number;
      readonly reason: ChainFault;
    };

/** How a link of the audit chain is not what it must be: verify-chain.ts finds it. */
export type ChainFault = 'malformed' | 'missing' | 'inserted' | 'prev_hash_differs' | 'hash_differs' | 'anchor_differs' | 'log_differs';

/** Administrative events always stand; the others fall silent where the setting AUDIT_LOG_ENABLED says so. */
export type EventClass = 'administrative' | 'fax' | 'sign-in';

export const eventClasses: Readonly<Record<AuditedFact['event'], EventClass>> = {
  api_key_created: 'administrative',
  api_key_edited: 'administrative',
  api_key_disabled: 'administrative',
  api_key_enabled: 'administrative',
  api_key_rotated: 'administrative',
  api_key_rotation_finished: 'administrative',
  api_key_rotation_cancelled: 'administrative',
  api_key_revoked: 'administrative',
  session_created: 'administrative',
  session_ended: 'administrative',
  session_revoked: 'administrative',
  settings_changed: 'administrative',
  provider_saved: 'administrative',
  provider_removed: 'administrative',
  provider_order_changed: 'administrative',
  auth_refused: 'sign-in',
  job_created: 'fax',
  job_updated: 'fax',
  job_resent: 'fax',
  job_cancelled: 'fax',
  job_cancel_requested: 'fax',
  job_resolved: 'administrative',
  job_refreshed: 'fax',
  pdf_served: 'fax',
  audit_chain_broken: 'administrative',
};

export function classOf({ event }: Pick<AuditEvent, 'event'>): EventClass {
  return eventClasses[event];
}

export interface KeyDiff {
  readonly name: string | null;
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly tier: string;
  readonly expires_at: string | null;
  readonly allowed_ips: readonly string[];
  readonly requests_per_minute: number | null;
  readonly rotate_every_days: number | null;
}

export type AuditEvent = AuditedFact & {
  /** Version of this schema. */
  readonly v: 1;
  /** Unique; an event that was published twice after a crash has the same one. */
  readonly event_id: string;
  /** ISO 8601, UTC. */
  readonly ts: string;
  readonly actor: Actor;
  readonly outcome: 'success' | 'refused' | 'failed' | 'uncertain';
} & Partial<Origin>;

/** Puts an event together. `id` is unique, `now` in epoch milliseconds. */
export function auditEvent(
  fact: AuditedFact,
  by: { readonly actor: Actor; readonly origin?: Origin },
  at: { readonly id: string; readonly now: number },
  outcome: AuditEvent['outcome'] = 'success',
): AuditEvent {
  return { v: 1, event_id: at.id, ts: new Date(at.now).toISOString(), actor: by.actor, outcome, ...fact, ...by.origin };
}

/**
 * Reads back an event that was stored as its JSON.
 * @throws Error when the text is no event
 */
export function parseAuditEvent(text: string): AuditEvent {
  const value: unknown = JSON.parse(text);
  if (!isAuditEvent(value)) throw new Error('The stored audit event is not one of ours');
  return value;
}

/** What names an event; the rest was written with it by auditEvent. */
function isAuditEvent(value: unknown): value is AuditEvent {
  return typeof value === 'object' && value !== null && 'v' in value && value.v === 1 && 'event_id' in value && 'event' in value && 'ts' in value;
}
