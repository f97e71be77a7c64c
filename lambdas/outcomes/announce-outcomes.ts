/** Announces how a job came out: a notice for the topic, and one for the address that came with the fax. */
import type { AuditEvent } from '../audit/event.js';
import type { JobId, Owner } from '../contract/identifiers.js';
import type { Notice } from './notice-message.js';
import { queueNotice } from './notice-queue.js';
import { outcomesIn } from './outcome.js';

export interface AnnouncedJob {
  readonly id: JobId;
  readonly owner: Owner;
  readonly notifyUrl: string | undefined;
}

export type AnnounceOutcomes = (job: AnnouncedJob, events: readonly AuditEvent[]) => Promise<void>;

/** Safe to repeat: a notice that is queued twice has the same id. @throws AwsCallError where the queue refuses */
export function outcomeAnnouncer(queueUrl: string, clock: () => number = Date.now): AnnounceOutcomes {
  return async (job, events) => {
    for (const notice of outcomesIn(events, job.owner).flatMap((outcome) => noticesOf(outcome, job.notifyUrl))) await queueNotice(queueUrl, notice, clock());
  };
}

function noticesOf(outcome: Notice['outcome'], notifyUrl: string | undefined): Notice[] {
  const fresh = { outcome, tries: 0, notBefore: 0 };
  return [{ ...fresh, to: { kind: 'topic' } }, ...(notifyUrl === undefined ? [] : [{ ...fresh, to: { kind: 'address', url: notifyUrl } } as const])];
}
