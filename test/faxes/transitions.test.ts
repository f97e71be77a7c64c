/** The transitions of a fax job: what absorbs, what may lead to a POST, and what an item of an earlier release reads as. */
import fc from 'fast-check';
import { auditEvent, type AuditEvent } from '../../lambdas/audit/event.js';
import { attemptIdOf, fromItem, toItem } from '../../lambdas/faxes/job-item.js';
import type { Job, JobState } from '../../lambdas/faxes/job.js';
import {
  cancelNoted,
  cancelPassedOn,
  cancelled,
  claim,
  ended,
  held,
  isEnded,
  isOpen,
  isSettled,
  postponed,
  published,
  redialled,
  released,
  settledByPerson,
  stillInProgress,
  stillUncertain,
  submitted,
} from '../../lambdas/faxes/transitions.js';
import { queuedJob } from './job.fixture.js';

const event = (job: Job, now: number): AuditEvent =>
  auditEvent({ event: 'job_updated', job_id: job.id, state: 'x', backend: job.backend }, { actor: { type: 'system' } }, { id: `${job.id}-${job.revision}`, now });

/** Every transition; undefined where it does not take a job of this state (the compiler refuses that). */
const transitions = {
  claim: (job: Job, now: number) =>
    job.state === 'queued' || job.state === 'held' ? claim(job, { now, attemptId: attemptIdOf(job.id, job.attempts.length + 1), claimSeconds: 90 }) : undefined,
  held: (job: Job, now: number) => (job.state === 'queued' || job.state === 'held' ? held(job, { now, reason: 'sending_off', dueAt: now + 1 }) : undefined),
  postponed: (job: Job, now: number) => (job.state === 'queued' || job.state === 'held' ? postponed(job, { now, notBefore: now + 5 }) : undefined),
  cancelled: (job: Job, now: number) => (job.state === 'queued' || job.state === 'held' ? cancelled(job, { now, event: event(job, now) }) : undefined),
  submitted: (job: Job, now: number) => (job.state === 'submitting' || job.state === 'uncertain' ? submitted(job, { now, providerSid: 'sid', pollAt: now + 5 }) : undefined),
  released: (job: Job, now: number) =>
    job.state === 'submitting' || job.state === 'uncertain'
      ? released(job, { now, error: 'refused', cause: 'not_connected', retryAt: now + 5, backend: 'other' })
      : undefined,
  redialled: (job: Job, now: number) =>
    isOpen(job) ? redialled(job, { now, error: 'busy', facts: { cause: 'busy' }, retryAt: now + 5, backend: job.backend }) : undefined,
  stillInProgress: (job: Job, now: number) => (job.state === 'in_progress' ? stillInProgress(job, { now, pollAt: now + 5 }) : undefined),
  stillUncertain: (job: Job, now: number) => (job.state === 'uncertain' ? stillUncertain(job, { now, evidence: 'Nothing is known of it' }) : undefined),
  succeeded: (job: Job, now: number) => (isOpen(job) ? ended(job, { now, end: { kind: 'success' }, facts: { pages: 2 }, event: event(job, now) }) : undefined),
  failed: (job: Job, now: number) =>
    isOpen(job) ? ended(job, { now, end: { kind: 'failed', error: 'number' }, facts: { cause: 'number' }, event: event(job, now) }) : undefined,
  uncertain: (job: Job, now: number) =>
    job.state === 'submitting' || job.state === 'in_progress' ? ended(job, { now, end: { kind: 'uncertain', error: 'no answer' }, event: event(job, now) }) : undefined,
  endedCancelled: (job: Job, now: number) => (isOpen(job) ? ended(job, { now, end: { kind: 'cancelled' }, event: event(job, now) }) : undefined),
  cancelNoted: (job: Job, now: number) => (isOpen(job) ? cancelNoted(job, { now, event: event(job, now) }) : undefined),
  cancelPassedOn: (job: Job, now: number) => (job.state === 'in_progress' ? cancelPassedOn(job, { now, evidence: 'asked' }) : undefined),
  delivered: (job: Job, now: number) =>
    job.state === 'uncertain' ? settledByPerson(job, { now, delivered: true, evidence: 'A person says so', event: event(job, now) }) : undefined,
  notDelivered: (job: Job, now: number) =>
    job.state === 'uncertain' ? settledByPerson(job, { now, delivered: false, evidence: 'A person says so', event: event(job, now) }) : undefined,
  published: (job: Job) => (job.outbox.length > 0 ? published(job, job.outbox) : undefined),
};
type Transition = keyof typeof transitions;
const names = Object.keys(transitions).filter((name): name is Transition => name in transitions);

interface Step {
  readonly name: Transition;
  readonly before: Job;
  readonly after: Job;
}

/** A life: transitions in any order, of which those count that the job takes. */
function live(wanted: readonly Transition[]): Step[] {
  let job: Job = queuedJob();
  const steps: Step[] = [];
  for (const [index, name] of wanted.entries()) {
    const after: Job | undefined = transitions[name](job, 2_000 + index * 10);
    if (after === undefined) continue;
    steps.push({ name, before: job, after });
    job = after;
  }
  return steps;
}

/** Holds for each step of every life. */
function always(check: (step: Step) => void): void {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { maxLength: 40 }), (wanted) => {
      live(wanted).forEach(check);
    }),
    { numRuns: 500 },
  );
}

const waiting: readonly JobState[] = ['queued', 'held'];

describe('in every life of a job', () => {
  it('success, failed and cancelled absorb: nothing but the outbox changes after them', () => {
    always(({ name, before, after }) => {
      if (!isSettled(before)) return;
      expect(name).toBe('published');
      expect({ ...after, revision: 0, outbox: [], dueAt: 0 }).toEqual({ ...before, revision: 0, outbox: [], dueAt: 0 });
    });
  });

  it('a new attempt begins only by a claim, and a claim takes only a job that is queued or held', () => {
    always(({ name, before, after }) => {
      if (name === 'claim') expect(waiting).toContain(before.state);
      expect(after.attempts.length - before.attempts.length).toBe(name === 'claim' ? 1 : 0);
    });
  });

  it('an attempt leads back to the queue only where it is certain that no page went out', () => {
    always(({ name, before, after }) => {
      if (waiting.includes(before.state) || !waiting.includes(after.state)) return;
      expect(['released', 'redialled']).toContain(name);
      expect(['not_submitted', 'failed']).toContain(after.attempts.at(-1)?.result.kind);
      expect(['busy', 'not_connected']).toContain(after.attempts.at(-1)?.cause);
    });
  });

  it('a job that is not at its end is due some time', () => {
    always(({ after }) => {
      if (!isEnded(after) || after.outbox.length > 0) expect(after.dueAt).toEqual(expect.any(Number));
    });
  });

  it('each write is the next revision, is read back as it was written, and loses no attempt', () => {
    always(({ before, after }) => {
      expect(after.revision).toBe(before.revision + 1);
      expect(fromItem(JSON.parse(JSON.stringify(toItem(after))))).toEqual(after);
      expect(after.attempts.slice(0, before.attempts.length).map(({ id }) => id)).toEqual(before.attempts.map(({ id }) => id));
    });
  });

  it('only the last attempt is open, and no attempt that ended opens again but an uncertain one', () => {
    always(({ before, after }) => {
      for (const attempt of after.attempts.slice(0, -1)) expect(['failed', 'not_submitted']).toContain(attempt.result.kind);
      before.attempts.forEach((attempt, index) => {
        if (['success', 'failed', 'cancelled', 'not_submitted'].includes(attempt.result.kind)) expect(after.attempts[index]).toEqual(attempt);
      });
    });
  });
});

describe('an uncertain job', () => {
  const submitting = claim(queuedJob(), { now: 2_000, attemptId: attemptIdOf(queuedJob().id, 1), claimSeconds: 90 });
  const uncertain = (job: Parameters<typeof ended>[0]) => {
    const next = ended(job, { now: 10_000, end: { kind: 'uncertain', error: 'reset' }, event: event(job, 10_000) });
    if (next.state !== 'uncertain') throw new Error('not uncertain');
    return next;
  };
  const timesOf = (job: ReturnType<typeof uncertain>): number[] => {
    const next = stillUncertain(job, { now: job.reconcileAt ?? 0 });
    return job.reconcileAt === undefined ? [] : [(job.reconcileAt - 10_000) / 60_000, ...timesOf(next)];
  };

  it('without an id is looked for after 1, 5, 15 and 60 minutes', () => {
    expect(timesOf(uncertain(submitting))).toEqual([1, 5, 15, 60]);
  });

  it('with an id keeps it, and is asked for until a week is over', () => {
    const job = uncertain(submitted(submitting, { now: 3_000, providerSid: 'sid', pollAt: 4_000 }));
    expect(job.attempts.at(-1)?.result).toMatchObject({ kind: 'uncertain', providerSid: 'sid' });
    expect(timesOf(job)).toEqual([1, 5, 15, 60, 360, 1_440, 4_320, 10_080]);
  });

  it('keeps the same words of the provider once, and twenty different ones at most', () => {
    let job = uncertain(submitting);
    for (let turn = 0; turn < 30; turn += 1) job = stillUncertain(job, { now: 20_000 + turn, evidence: 'the same' });
    expect(job.attempts[0]?.evidence).toEqual([{ at: 20_000, text: 'the same' }]);
    for (let turn = 0; turn < 30; turn += 1) job = stillUncertain(job, { now: 30_000 + turn, evidence: `word ${turn}` });
    expect(job.attempts[0]?.evidence.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `word ${index + 10}`));
  });
});

it('an item of the first release is read: it has one provider, and its attempts have no facts beside their result', () => {
  const job = claim(queuedJob(), { now: 2_000, attemptId: attemptIdOf(queuedJob().id, 1), claimSeconds: 90 });
  const { providers: _, ...item } = toItem(job);
  const attempts = job.attempts.map(({ id, backend, startedAt, result }) => ({ id, backend, startedAt, result }));
  expect(fromItem(JSON.parse(JSON.stringify({ ...item, attempts })))).toEqual(job);
  const heldItem: unknown = JSON.parse(JSON.stringify({ ...toItem(held(queuedJob(), { now: 1, reason: 'sending_off', dueAt: 2 })), reason: undefined }));
  expect(fromItem(heldItem)).toMatchObject({ state: 'held', reason: 'sending_off' });
});
