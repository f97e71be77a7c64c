/** The sender's surroundings, for tests of its decisions. */
import { Readable } from 'node:stream';
import type { AuditEvent } from '../../lambdas/audit/event.js';
import type { JobId } from '../../lambdas/contract/identifiers.js';
import type { DestinationLease } from '../../lambdas/faxes/destination-lease.js';
import type { DestinationLeaseStore } from '../../lambdas/faxes/destination-lease-store.js';
import type { Heard } from '../../lambdas/faxes/heard.js';
import type { Job } from '../../lambdas/faxes/job.js';
import type { Sending } from '../../lambdas/faxes/sending.js';
import type { FaxProvider, ProviderStatus, SubmissionOutcome } from '../../lambdas/providers/provider.js';
import { settingsOf } from '../../lambdas/settings/settings.js';
import { fakeJobStore } from './job-store.fake.js';

const defaultRules = settingsOf().redial;

/** A directory with these providers and no others. */
export function only(...providers: FaxProvider[]): Sending['providers'] {
  return { find: (id) => Promise.resolve(providers.find((one) => one.id === id)) };
}

/** The leases in memory, under the conditions of the table. */
export function fakeLeaseStore(): DestinationLeaseStore {
  const leases = new Map<string, DestinationLease>();
  return {
    find: (id) => Promise.resolve(leases.get(id)),
    take: (lease, stale) => {
      const current = leases.get(lease.id);
      if (current?.attemptId !== stale?.attemptId || current?.takenAt !== stale?.takenAt) return Promise.resolve(false);
      leases.set(lease.id, lease);
      return Promise.resolve(true);
    },
  };
}

/** A provider that answers as told and counts its calls. */
export function provider(answers: { id?: string; send?: SubmissionOutcome | Error; status?: ProviderStatus | Error } = {}): FaxProvider & { sends: string[] } {
  const sends: string[] = [];
  const give = <T>(answer: T | Error): Promise<T> => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  return {
    id: answers.id ?? 'sandbox',
    sends,
    send: ({ attemptId }) => {
      sends.push(attemptId);
      return give<SubmissionOutcome>(answers.send ?? { kind: 'submitted', providerSid: 'sid-1', pollAfterSeconds: 5 });
    },
    status: () => give<ProviderStatus>(answers.status ?? { kind: 'success' }),
    validate: () => Promise.resolve({ kind: 'valid' }),
  };
}

export interface TestedSending extends Sending {
  readonly nudges: [JobId, number][];
  readonly later: [Heard, number][];
  readonly published: AuditEvent[];
  readonly time: { now: number };
  readonly current: () => Promise<Job>;
}

/** The sender with a store in memory, a clock that stands, and lists of what it said. */
export function sending(job: Job, overrides: Partial<Sending> = {}): TestedSending {
  const nudges: [JobId, number][] = [];
  const later: [Heard, number][] = [];
  const published: AuditEvent[] = [];
  const time = { now: 2_000 };
  const wiring: Sending = {
    store: fakeJobStore(job),
    leases: fakeLeaseStore(),
    providers: only(provider()),
    openDocument: () => Promise.resolve({ stream: Readable.from([Buffer.alloc(10)]), bytes: 10 }),
    documentUrl: (key) => new URL(`https://documents.example/${key}`),
    nudge: (id, seconds) => {
      nudges.push([id, seconds]);
      return Promise.resolve();
    },
    hearLater: (heard, seconds) => {
      later.push([heard, seconds]);
      return Promise.resolve();
    },
    publish: (events) => {
      published.push(...events);
      return Promise.resolve();
    },
    announce: () => Promise.resolve(),
    callbackUrl: () => undefined,
    redialRules: () => Promise.resolve(defaultRules),
    sending: 'on',
    claimSeconds: 90,
    clock: () => time.now,
    random: () => 0,
    ...overrides,
  };
  const current = async () => {
    const found = await wiring.store.find(job.id);
    if (found === undefined) throw new Error('The job is lost');
    return found;
  };
  return { ...wiring, nudges, later, published, time, current };
}
