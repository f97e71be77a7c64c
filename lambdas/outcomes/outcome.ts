/** The outcome of a fax, as it is told to those who wait for it. No number, no document, no name: who hears of it reads the fax. */
import type { AuditEvent } from '../audit/event.js';
import type { JobId, Owner } from '../contract/identifiers.js';

/** How a fax can have come out. `uncertain` may be followed by one of the others. */
export const outcomeStates = ['success', 'failed', 'uncertain', 'cancelled'] as const;

export type OutcomeState = (typeof outcomeStates)[number];

export interface Outcome {
  /** Unique, and the same however often it is told: a receiver knows by it what it has heard. */
  readonly id: string;
  readonly jobId: JobId;
  readonly owner: Owner;
  readonly state: OutcomeState;
  readonly error: string | undefined;
  readonly backend: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The outcomes that stand among a job's audit events: told before the events are taken off the job, so a crash tells them again. */
export function outcomesIn(events: readonly AuditEvent[], owner: Owner): Outcome[] {
  return events.flatMap((event) => {
    const told = outcomeOf(event);
    return told === undefined ? [] : [{ id: event.event_id, owner, at: Date.parse(event.ts), ...told }];
  });
}

function outcomeOf(event: AuditEvent): Pick<Outcome, 'jobId' | 'state' | 'error' | 'backend'> | undefined {
  switch (event.event) {
    case 'job_updated': {
      const state = outcomeStates.find((one) => one === event.state);
      return state === undefined ? undefined : { jobId: event.job_id, state, error: event.error, backend: event.backend };
    }
    case 'job_cancelled':
      return { jobId: event.job_id, state: 'cancelled', error: undefined, backend: event.backend };
    case 'job_resolved':
      return { jobId: event.job_id, state: event.resolution === 'delivered' ? 'success' : 'failed', error: undefined, backend: event.backend };
    default:
      return undefined;
  }
}

/** What is sent: the same to the topic and to an address of the client's. */
export function bodyOf({ id, jobId, owner, state, error, backend, at }: Outcome): string {
  return JSON.stringify({
    id,
    type: `fax.${state}`,
    timestamp: new Date(at).toISOString(),
    data: { id: jobId, owner, state, error: error ?? null, backend },
  });
}
