/** A queued job, for tests of decisions. */
import { defaultOwner, isFaxNumber, isJobId, type FaxNumber, type JobId } from '../../lambdas/contract/identifiers.js';
import type { QueuedJob } from '../../lambdas/faxes/job.js';

export function jobId(text: string): JobId {
  if (!isJobId(text)) throw new Error(`Not a job id: ${text}`);
  return text;
}

export function faxNumber(text: string): FaxNumber {
  if (!isFaxNumber(text)) throw new Error(`Not a number: ${text}`);
  return text;
}

export function queuedJob(overrides: Partial<QueuedJob> = {}): QueuedJob {
  return {
    state: 'queued',
    notBefore: undefined,
    id: jobId('0123456789abcdef0123456789abcdef'),
    revision: 1,
    owner: defaultOwner,
    to: faxNumber('+15551234567'),
    backend: 'sandbox',
    providers: ['sandbox'],
    document: { key: 'documents/x/y.pdf', bytes: 10, pages: 2, fileName: undefined },
    fingerprint: 'f',
    createdBy: 'bootstrap',
    sessionId: undefined,
    sendAt: undefined,
    cancelRequestedAt: undefined,
    cancelPassedOnAt: undefined,
    resendOf: undefined,
    resentAs: undefined,
    notifyUrl: undefined,
    createdAt: 1_000,
    updatedAt: 1_000,
    attempts: [],
    dueAt: 61_000,
    outbox: [],
    forgetAt: 2_000_000_000,
    ...overrides,
  };
}
