/** What the sender's use cases work with. */
import type { PublishAudit } from '../audit/audit-log-store.js';
import type { AttemptId, JobId } from '../contract/identifiers.js';
import type { AnnounceOutcomes } from '../outcomes/announce-outcomes.js';
import type { ProviderDirectory } from '../providers/provider-directory.js';
import type { DestinationLeaseStore } from './destination-lease-store.js';
import type { OpenDocument } from './document-reader.js';
import type { Heard } from './heard.js';
import type { JobStore } from './job-store.js';
import type { RedialRules } from './redial.js';

export interface Sending {
  readonly store: JobStore;
  readonly leases: DestinationLeaseStore;
  readonly providers: Pick<ProviderDirectory, 'find'>;
  readonly openDocument: (key: string) => Promise<OpenDocument>;
  /** An address of a document that works for an hour. */
  readonly documentUrl: (key: string) => URL;
  /** Where a provider reports on an attempt. */
  readonly callbackUrl: (provider: string, attemptId: AttemptId) => URL | undefined;
  readonly nudge: (id: JobId, delaySeconds: number) => Promise<void>;
  /** Puts what a provider reported back into the queue. */
  readonly hearLater: (heard: Heard, delaySeconds: number) => Promise<void>;
  readonly publish: PublishAudit;
  readonly announce: AnnounceOutcomes;
  readonly redialRules: () => Promise<RedialRules>;
  readonly sending: 'on' | 'off';
  readonly claimSeconds: number;
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}
